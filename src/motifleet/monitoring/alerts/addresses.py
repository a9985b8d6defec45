"""Which addresses a webhook may be sent to: public ones, unless private ones are allowed.

A name is looked up once, all that it stands for is checked, and what was checked is connected to:
a name that stands for something else a moment later changes nothing.
"""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from motifleet.errors import InvalidArgumentError, MonitoringError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def checked_url(url: str) -> SplitResult:
    """The address of a webhook, in its parts.

    Raises:
        InvalidArgumentError: it is no address of HTTP or HTTPS, or holds a name and password.

    >>> checked_url("https://hooks.example.org/in").hostname
    'hooks.example.org'
    """
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1) > 0
    except ValueError:
        good = False
    plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not good or not plain or "@" in parts.netloc or len(url) > 2_000:
        raise InvalidArgumentError(
            f"expected the address of a webhook, as in https://host/path, got {url[:100]!r}"
        )
    return parts


def is_public(address: Address) -> bool:
    """Whether an address is one of the open internet, also by what is embedded in it.

    >>> is_public(ipaddress.ip_address("8.8.8.8"))
    True
    >>> [is_public(ipaddress.ip_address(each)) for each in
    ...  ("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1")]
    [False, False, False, False, False, False]
    """
    if not address.is_global or address.is_multicast or address.is_reserved:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED:
        inner.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return all(each is None or is_public(each) for each in inner)


def resolved(parts: SplitResult, *, private: bool) -> tuple[str, int]:
    """The address and port to connect to.

    Args:
        parts: of the webhook's address.
        private: whether addresses of this machine and this network are allowed.

    Raises:
        MonitoringError: the name stands for nothing, or for an address that is not allowed.
    """
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise MonitoringError(f"no address of {parts.hostname!r} is found: {error}") from error
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    if not private and not all(is_public(each) for each in addresses):
        raise MonitoringError(
            f"expected a public address, but {parts.hostname!r} stands for one of this machine or "
            "network: the setting webhook_private allows that"
        )
    return str(addresses[0]), port
