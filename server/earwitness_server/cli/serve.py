"""Starting: check the settings, take the port, say the address, serve until told to stop."""

from __future__ import annotations

import errno
import os
import signal
import socket
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType

import uvicorn
from fastapi import FastAPI
from uvicorn.server import HANDLED_SIGNALS

from earwitness_server.app import create_app, missing_packages
from earwitness_server.errors import StartError
from earwitness_server.http.protocol import header_timeout_protocol
from earwitness_server.settings import Settings

END_S = 4.0
"""After the grace: for refusals and for closing everything. Then it ends, whatever hangs."""
CONNECTIONS_S = 1
"""For connections to close once they have their answers."""


def check(settings: Settings) -> None:
    """Refuse settings that cannot work or would expose the server by accident.

    Raises:
        StartError: naming the setting and the fix.
    """
    if settings.role != "worker" and not (settings.dist / "index.html").is_file():
        raise StartError(
            f"There is no page in {settings.dist}.",
            hint="Build it with `python3 build.py build`, or point --dist at a built one.",
        )
    if (settings.tls_cert is None) != (settings.tls_key is None):
        raise StartError(
            "TLS needs both a certificate and its key.", hint="Give --tls-cert and --tls-key."
        )
    for path in (settings.tls_cert, settings.tls_key):
        if path is not None and not path.is_file():
            raise StartError(f"{path} does not exist.", hint="Correct --tls-cert or --tls-key.")
    secure = settings.tls or settings.behind_proxy
    if not settings.loopback and not secure and not settings.insecure:
        raise StartError(
            f"{settings.host} can be reached by other machines, and nothing encrypts the way.",
            hint="Give --tls-cert and --tls-key, or --behind-proxy if a proxy terminates TLS, "
            "or --insecure to accept it (browsers then take storage and offline use away).",
        )


def take_port(settings: Settings) -> socket.socket:
    """Bind the address now, so that a taken port is one clear sentence.

    Raises:
        StartError: the port is taken, not allowed, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    server_socket = socket.socket(family, socket.SOCK_STREAM)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((settings.host, settings.port))
        server_socket.listen(2048)
    except OSError as error:
        server_socket.close()
        raise StartError(_bind_problem(settings, error)) from error
    server_socket.set_inheritable(True)
    return server_socket


def _bind_problem(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = settings.port + 1
        return (
            f"Port {settings.port} is taken by another program. "
            f"Stop it, or choose another port: --port {free}."
        )
    if error.errno == errno.EACCES:
        return f"Port {settings.port} is reserved. Choose one above 1023: --port 8000."
    return f"Cannot listen on {settings.host}: {error.strerror or error}. Correct --host."


def address(settings: Settings, port: int) -> str:
    """The one address to open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if settings.host in ("0.0.0.0", "::"):
        host = socket.gethostname()
    return f"{'https' if settings.tls else 'http'}://{host}:{port}/"


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        EarwitnessError: the settings do not allow a start, or something needed is away.
    """
    check(settings)
    server_socket = take_port(settings)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        # What goes wrong in a request is logged by ourselves, and a failed start is raised here.
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips="*" if settings.behind_proxy else None,
        ssl_certfile=str(settings.tls_cert) if settings.tls_cert else None,
        ssl_keyfile=str(settings.tls_key) if settings.tls_key else None,
        http=header_timeout_protocol(settings.head_s),
        timeout_graceful_shutdown=CONNECTIONS_S,
    )
    missing = [] if settings.role == "page" else missing_packages()
    if missing:
        print(f"The API is off: {', '.join(missing)} not installed (requirements/server.txt).")
    with suppress(SystemExit):
        server = _Server(config, app, address(settings, server_socket.getsockname()[1]))
        server.run([server_socket])
    if error := getattr(app.state, "start_error", None):
        raise error


class _Server(uvicorn.Server):
    """Says the address once requests can be answered; told to stop, drains with the port open."""

    def __init__(self, config: uvicorn.Config, app: FastAPI, address: str) -> None:
        super().__init__(config)
        self._state = app.state
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            # In one piece: a line of the log may be written into the same file at the same moment.
            sys.stdout.write(f"Earwitness is at {self._address}\n")
            sys.stdout.flush()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Take the signals until the process is gone.

        uvicorn would raise them again at the end: but a clean stop exits with 0, and a second
        signal ends whatever the process is still waiting for by then.
        """
        for each in HANDLED_SIGNALS:
            signal.signal(each, self.handle_exit)
        yield

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; told so again, end at once."""
        if self.should_exit:
            self._forget()
            signal.signal(sig, signal.SIG_DFL)
            signal.raise_signal(sig)
            # The first process of a container is not killed by its own signals.
            os._exit(128 + sig)
        self.should_exit = True

    async def main_loop(self) -> None:
        """Serve until told to stop, then see what is in flight to its end."""
        await super().main_loop()
        grace_s: float = self._state.settings.drain_s
        # A thread may be in the middle of a batch, or a connection to the database may hang.
        last = threading.Timer(grace_s + END_S, self._end)
        last.daemon = True
        last.start()
        await self._state.drain.run(self.server_state.tasks, grace_s)

    def _end(self) -> None:
        self._forget()
        os._exit(0)

    def _forget(self) -> None:
        if services := getattr(self._state, "services", None):
            services.temporary.close()
