"""How long work tells how far it is."""

from typing import Protocol


class Progress(Protocol):
    """Told what is done so far, and of how much, where that is known."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Take the news."""


def unseen(done: int, total: int | None = None) -> None:
    """The progress that nobody watches."""
