"""What the platforms share that listen for HTTP themselves."""

import errno
import ipaddress
import re
import socket
from typing import TYPE_CHECKING

from bot.errors import ConfigError

if TYPE_CHECKING:
    # Whoever only reads what can be set need not wait for it.
    from aiohttp import web


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """The address that a server has there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_free(what: str, section: str, host: str, port: int) -> None:
    """Fail at once where a port is taken, for the only platform that there is: trying again would only hide that.

    Args:
        what: What people call what wants to listen there.
        section: Where its address is set.
        host: The address.
        port: The port; 0 for any.

    Raises:
        ConfigError: nothing can listen there.
    """
    try:
        addresses = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        for family, _, _, _, place in addresses[:1]:
            socket.create_server(place[:2], family=family).close()
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "another program uses that port; stop it, or choose" if taken else f"{error.strerror}; choose"
        variables = f"WHOBOT_{section.upper()}__PORT or WHOBOT_{section.upper()}__HOST"
        raise ConfigError(
            f"{what} cannot listen on {host} port {port}: {reason} another address with {variables}"
        ) from error


def explain(error: OSError, what: str, section: str, host: str, port: int) -> str:
    """Say why nothing can listen there, and what to do about it."""

    def key(name: str) -> str:
        return f"{section}.{name} (WHOBOT_{section.upper()}__{name.upper()})"

    match error.errno:
        case errno.EADDRINUSE:
            reason = f"another program has taken it. Stop that program, or set {key('port')} to another"
        case errno.EACCES:
            reason = f"this user may not. Set {key('port')} to one above 1023"
        case _:
            reason = f"this machine has no such address. Correct {key('host')}"
    return f"{what} cannot listen on {host} port {port}: {reason}."


def preferred_language(request: "web.Request") -> str | None:
    """The first language in Accept-Language, as a BCP 47 tag; browsers name the preferred one first."""
    header = request.headers.get("Accept-Language", "")
    tag = re.match(r"\s*([A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3})\s*(?:[,;]|$)", header)
    return tag.group(1) if tag else None
