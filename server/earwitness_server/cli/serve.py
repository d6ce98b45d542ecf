"""`serve`: check the settings, take the port, print the address, serve until told to stop."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress

import uvicorn
from earwitness.errors import ModelError

from earwitness_server.app import create_app, missing_packages
from earwitness_server.drain import Drain
from earwitness_server.http.protocol import header_timeout_protocol
from earwitness_server.http.server import DrainingServer
from earwitness_server.settings import Settings, StartError

CONNECTIONS_S = 1
"""For connections to close once they have their answers."""


def check(settings: Settings) -> None:
    """Refuse settings that cannot work, or that would expose the server by accident.

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
            f"Refusing to listen on {settings.host} without TLS: other machines can reach it.",
            hint="Give --tls-cert and --tls-key, or --behind-proxy if a proxy terminates TLS, "
            "or --insecure to accept it (browsers then deny storage and offline use).",
        )
    if "*" in settings.cors_origins and not settings.keys_required:
        raise StartError(
            "EARWITNESS_CORS_ORIGINS=* would let every site read this server: it needs no keys.",
            hint="Name the origins, or set EARWITNESS_REQUIRE_KEYS=true.",
        )


def take_port(settings: Settings) -> socket.socket:
    """Bind the address and return its socket, so that a taken port is one clear sentence.

    Raises:
        StartError: the port is taken or not allowed, or this machine lacks the address.
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
        return f"Port {settings.port} is reserved. Choose one above 1023: --port 8400."
    return f"Cannot listen on {settings.host}: {error.strerror or error}. Correct --host."


def address(settings: Settings, port: int) -> str:
    """Return the address to open."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    if settings.host in ("0.0.0.0", "::"):  # noqa: S104, compared
        host = socket.gethostname()
    return f"{'https' if settings.tls else 'http'}://{host}:{port}/"


def fetch_first_model(settings: Settings) -> None:
    """Fetch the default model if there is none. The page works without one."""
    # Imported here: a page alone needs none of their packages.
    from earwitness_server.cli.terminal import note
    from earwitness_server.inference.install import install_missing
    from earwitness_server.inference.model_folder import installed_models

    if installed_models(settings.models):
        return
    try:
        install_missing(settings.default_model, settings.models, note)
    except ModelError as error:
        note(f"{error} Until then the API transcribes nothing; --models names another folder.")


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises:
        EarwitnessError: the settings do not allow a start, or a service is unavailable.
    """
    check(settings)
    server_socket = take_port(settings)
    drain = Drain()
    app = create_app(settings, drain=drain)
    config = uvicorn.Config(
        app,
        # Errors of requests are logged by the request log, and a failed start is raised here.
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
        print(f"The API is off: {', '.join(missing)} not installed (server/pyproject.toml).")
    elif settings.role in ("all", "worker") and settings.fetch_models:
        fetch_first_model(settings)

    def delete_temporary_files() -> None:
        if services := getattr(app.state, "services", None):
            services.temporary.close()

    server = DrainingServer(
        config,
        drain,
        address=address(settings, server_socket.getsockname()[1]),
        grace_s=settings.drain_s,
        before_exit=delete_temporary_files,
    )
    with suppress(SystemExit):
        server.run([server_socket])
    if drain.start_error is not None:
        raise drain.start_error
