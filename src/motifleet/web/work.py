"""Work that takes its time: in a thread, with its progress on the page."""

import logging
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio.to_thread import run_sync
from nicegui import ui
from nicegui.element import Element

from motifleet.app import Progress
from motifleet.errors import MotifleetError, NotLoggedInError
from motifleet.web.parts import failed

_LOG = logging.getLogger(__name__)
Answer = TypeVar("Answer")


async def thread(work: Callable[..., Answer], *arguments: Any) -> Answer:
    """Do short work in a thread, so that all other visits go on meanwhile."""
    return await run_sync(partial(work, *arguments))


class LeftError(Exception):
    """Nobody waits for the answer any more."""


class Told:
    """How far work is; whoever left the page stops it with that."""

    def __init__(self, unit: str) -> None:
        self.unit, self.done, self.total, self.left = unit, 0, 0, False

    def __call__(self, done: int, total: int | None = None) -> None:
        """Take the news."""
        if self.left:
            raise LeftError
        self.done, self.total = done, total or self.total

    def words(self) -> str:
        """How far it is, in words."""
        if not self.done:
            return ""
        of = f" of {self.total:,}" if self.total else ""
        return f"{self.done:,}{of} {self.unit}"


async def worked(
    place: Element, what: str, work: Callable[[Progress], Answer], unit: str = "reports"
) -> Answer | None:
    """Do work in a thread while a place of the page shows how far it is.

    Args:
        place: emptied first; where the progress is shown, and what went wrong.
        what: what is being done, in words.
        work: told its progress.
        unit: of what the progress counts.

    Returns:
        The work's answer; None where it failed, which the place then says.
    """
    told = Told(unit)
    client = place.client
    place.clear()
    with place, ui.element("div").classes("working").props('role=status aria-live="polite"'):
        ui.label(what)
        bar = ui.linear_progress(0, show_value=False).props(
            'indeterminate aria-label="progress" size=4px'
        )
        words = ui.label("").classes("quiet")

    def look() -> None:
        told.left = client.is_deleted
        words.text = told.words()
        if told.total:
            bar.props(remove="indeterminate")
            bar.value = min(told.done / told.total, 1.0)

    with place:
        timer = ui.timer(0.3, look)
    try:
        answer = await thread(work, told)
    except LeftError:
        return None
    except NotLoggedInError:
        raise
    except MotifleetError as error:
        place.clear()
        with place:
            failed(error)
        return None
    except Exception:
        place.clear()  # so that nothing seems to go on; who hears of it says so
        raise
    finally:
        timer.cancel()
    if not place.is_deleted:
        place.clear()
    return answer
