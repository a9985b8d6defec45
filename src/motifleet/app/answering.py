"""Whether a server answers."""

import asyncio
import ssl
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

_SECONDS = 2.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- asked for, not listened to


async def answers(address: str, path: str) -> bool:
    """Whether what listens at an address of this machine answers a request with success."""
    return await asyncio.to_thread(answers_now, address, path)


def answers_now(address: str, path: str) -> bool:
    """See `answers`.

    >>> answers_now("http://127.0.0.1:9", "/")
    False
    """
    with suppress(OSError, HTTPException), closing(_connection(address)) as connection:
        connection.request("GET", path)
        return 200 <= connection.getresponse().status < 300
    return False


def _connection(address: str) -> HTTPConnection:
    parts = urlsplit(address)
    host = _EVERYWHERE.get(parts.hostname or "", parts.hostname or "")
    if parts.scheme == "http":
        return HTTPConnection(host, parts.port, timeout=_SECONDS)
    # Our own process is asked whether it is there; the certificate is of the name others use.
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    return HTTPSConnection(host, parts.port, timeout=_SECONDS, context=trusting)
