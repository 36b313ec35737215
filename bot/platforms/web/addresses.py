"""Whose address a request comes from, so that one person's requests are counted together."""

import ipaddress
from collections.abc import Collection
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from aiohttp import web

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

PREFIX: Final = 64
"""Bits of an IPv6 address that tell people apart: whoever has one has the whole network behind them."""


class Addresses:
    """Tells people apart by where they come from.

    `trusted` are addresses and networks of proxies. What they say in X-Forwarded-For is believed, and no other's
    word: everybody can send that header.

    Raises:
        ValueError: one of them is no address or network.
    """

    def __init__(self, trusted: Collection[str]) -> None:
        self._trusted = tuple(ipaddress.ip_network(network, strict=False) for network in trusted)

    def of(self, request: web.Request) -> str:
        """The IPv4 address, or the first half of the IPv6 address, that a request comes from."""
        address = _parse(request.remote or "")
        said = ",".join(request.headers.getall("X-Forwarded-For", ())).split(",")
        # Each proxy appends the address that asked it: the last one that we do not trust is the client.
        while said and address is not None and self._trusts(address):
            before = _parse(said.pop().strip())
            if before is None:
                break
            address = before
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, PREFIX), strict=False))
        return str(address or "")

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self._trusted)


def _parse(text: str) -> Address | None:
    """Read an address, as some proxies write it with a port; an IPv4 address within an IPv6 one is that."""
    for bare in (text, _host(text)):
        try:
            address = ipaddress.ip_address(bare.partition("%")[0])
        except ValueError:
            continue
        return getattr(address, "ipv4_mapped", None) or address
    return None


def _host(text: str) -> str:
    try:
        return urlsplit(f"//{text}").hostname or ""
    except ValueError:
        return ""
