"""Where a webhook may go: an address of the open net, resolved and checked, and then connected to as it was checked."""

import asyncio
import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

# Addresses that stand for others: 6to4, Teredo, and both prefixes of NAT64.
_TUNNELS = tuple(map(ipaddress.ip_network, ("2002::/16", "2001::/32", "64:ff9b::/96", "64:ff9b:1::/48")))


class Forbidden(Exception):
    """The webhook leads to where it may not go; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The address to connect to, and the names that the request goes by."""

    url: str
    host: str
    server_name: str


async def checked(url: str, *, allows_private: bool) -> Checked:
    """The webhook's address as it is now. Raises Forbidden, and OSError for a name that is not known.

    A name may change its address between two looks: so what was looked at is what is connected to.
    """
    parts = urlsplit(url)
    name = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if parts.scheme != "https" and not allows_private:
        raise Forbidden("it is not https")
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    addresses = [str(address[0]) for *_, address in found]
    if not allows_private and (inner := [each for each in addresses if not is_open(each)]):
        raise Forbidden(f"{inner[0]} is a private address")
    return Checked(url=_with_address(parts, addresses[0], port), host=_host(parts), server_name=name)


def is_open(address: str) -> bool:
    """Whether the address is one of the open net, and stands for no other."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_open(str(ip.ipv4_mapped))
        if any(ip in network for network in _TUNNELS):
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _with_address(parts: SplitResult, address: str, port: int) -> str:
    host = f"[{address}]" if ":" in address else address
    return parts._replace(netloc=f"{host}:{port}", fragment="").geturl()


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]
