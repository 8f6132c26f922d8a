"""Where a message over HTTP may go: never into our own network, whatever an address is called or resolves to.

Pure: the caller resolves a name at the time of sending, asks here about what it found, and connects to exactly that
address, so that a name which answers differently a moment later leads nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

#: Carries an IPv4 address in its last 32 bits (RFC 6052): what it leads to is that address.
_NAT64: Final = IPv6Network("64:ff9b::/96")
_LONGEST: Final = 2000
#: Names that no public resolver may answer (RFC 6761, RFC 6762, RFC 8375), and what houses call their own machines.
_OURS: Final = (".localhost", ".local", ".internal", ".intranet", ".lan", ".home.arpa", ".corp", ".private")


class BadTarget(ValueError):
    """An address that nothing is sent to; `reason` is a code: malformed, scheme, credentials or internal."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Target:
    """An address taken apart: the port is that of the scheme where none is given."""

    scheme: str
    host: str
    port: int
    path: str


def is_internal(address: str) -> bool:
    """Whether an IP address is anything but a host of the public internet: private, loopback, link-local, multicast,
    reserved, or an IPv6 address that only wraps such a one. What is no address at all counts as internal."""
    try:
        found = ip_address(address.split("%")[0])
    except ValueError:
        return True
    return any(
        not one.is_global or one.is_multicast or one.is_reserved or (one.version == 6 and one.is_site_local)
        for one in _meant(found)
    )


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address with those it stands for."""
    if isinstance(address, IPv4Address):
        return [address]
    inner: list[IPv4Address | IPv6Address] = []
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    if address.sixtofour is not None:
        inner.append(address.sixtofour)
    if address.teredo is not None:
        inner.extend(address.teredo)
    if address in _NAT64:
        return [IPv4Address(int(address) & 0xFFFFFFFF)]
    return [address, *inner]


def parse(url: str, *, development: bool = False) -> Target:
    """Take an address apart that a message may be sent to, as far as its text says.

    `development` allows plain http and the own machine. Raises BadTarget.
    """
    if len(url) > _LONGEST or any(ord(c) <= 32 or ord(c) == 127 for c in url) or "\\" in url:
        raise BadTarget("malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
        host = (parts.hostname or "").rstrip(".").encode("idna").decode() if parts.hostname else ""
    except (ValueError, UnicodeError) as error:
        raise BadTarget("malformed") from error
    if parts.scheme not in (("https", "http") if development else ("https",)):
        raise BadTarget("scheme")
    if not host or port == 0:
        raise BadTarget("malformed")
    if "@" in parts.netloc:
        raise BadTarget("credentials")
    if not development and _is_ours(host):
        raise BadTarget("internal")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path)


def _is_ours(host: str) -> bool:
    name = host.lower()
    if name == "localhost" or name.endswith(_OURS):
        return True
    try:
        ip_address(name)
    except ValueError:
        # One word is a machine of the house; and the last label of a public name is never a number, so that 127.1,
        # 0x7f000001 and 2130706433 (all loopback, to a resolver) are no names.
        last = name.rsplit(".", 1)[-1]
        return "." not in name or not last.startswith("xn--") and not last.isalpha()
    return is_internal(name)


def pin(addresses: Sequence[str], *, development: bool = False) -> str:
    """The one of a name's addresses to connect to. Raises BadTarget when there is none, or when any of them is
    internal: a name that also leads inside is not trusted with the others."""
    if not addresses:
        raise BadTarget("malformed")
    if not development and any(is_internal(address) for address in addresses):
        raise BadTarget("internal")
    return addresses[0]
