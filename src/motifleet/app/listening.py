"""What servers of a home have in common: one at a time, and nothing in the clear to others."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from motifleet.errors import InvalidArgumentError, ServingError
from motifleet.serving import Listen

_LOCAL = ("127.0.0.1", "::1", "localhost")


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One server of a home at a time: two would both run its deployments.

    Raises:
        ServingError: there is one already.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ServingError(
            "expected that nobody serves this home, but another server does: stop that one first"
        ) from None
    finally:
        os.close(descriptor)


def is_taken(path: Path) -> bool:
    """Whether a server of the home runs, by its lock: a killed one holds none."""
    try:
        with alone(path):
            return False
    except ServingError:
        return True


def check_private(listen: Listen, insecure_public: bool) -> None:
    """See that keys do not travel in the clear.

    Raises:
        InvalidArgumentError: other machines would be listened to without TLS.
    """
    if listen.host not in _LOCAL and listen.certificate is None and not insecure_public:
        raise InvalidArgumentError(
            f"expected TLS files to listen on {listen.host}, since keys would travel in the "
            "clear: give certificate and key, or say --insecure-public"
        )


def address_of(listen: Listen, port: int) -> str:
    """Where something answers that listens there.

    >>> address_of(Listen("::1"), 8000)
    'http://[::1]:8000'
    """
    scheme = "http" if listen.certificate is None else "https"
    host = f"[{listen.host}]" if ":" in listen.host else listen.host
    return f"{scheme}://{host}:{port}"
