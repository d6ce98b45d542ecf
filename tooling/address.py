"""Check that an address can be bound, before the minutes of setting up."""

from __future__ import annotations

import errno
import socket

from tooling.say import BuildError


def ensure_free(host: str, port: int) -> None:
    """Bind the address and release it.

    Raises:
        BuildError: another program has the port, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            what = f"listening on {host}, port {port}"
            if error.errno == errno.EADDRINUSE:
                fix = f"Stop the other program, or choose another port: --port {port % 65_535 + 1}"
                raise BuildError(what, "another program has this port.", fix) from error
            if error.errno == errno.EACCES:
                fix = "Choose a port above 1023: --port 8400"
                raise BuildError(what, "this port is reserved.", fix) from error
            fix = f"Use an address of this machine instead of {host}."
            raise BuildError(what, f"{error.strerror or error}.", fix) from error
