"""A request that comes again: done once, on both databases, with two at once too."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text

from motifleet.errors import RequestDiffersError
from motifleet.workspace import Asked, Attempt, Store, begin_once, end_once, forget_once
from motifleet.workspace.idempotency import KEPT_MS, LEASE_MS

ASKED = Asked("usr-1", "k", "a" * 64)


def age(store: Store, milliseconds: int) -> None:
    with store.write() as connection:
        change = text("UPDATE idempotency SET created_at = created_at - :by")
        connection.execute(change, {"by": milliseconds})


def test_an_answer_is_given_again(store: Store) -> None:
    assert begin_once(store, ASKED) == Attempt("new")
    assert begin_once(store, ASKED) == Attempt("running")
    end_once(store, ASKED, 201, b"made")
    assert begin_once(store, ASKED) == Attempt("done", 201, b"made")


def test_another_request_of_the_same_key_is_refused(store: Store) -> None:
    begin_once(store, ASKED)
    with pytest.raises(RequestDiffersError, match="choose a new key"):
        begin_once(store, Asked("usr-1", "k", "b" * 64))
    assert begin_once(store, Asked("usr-2", "k", "b" * 64)).state == "new"


def test_what_came_to_nothing_is_tried_again(store: Store) -> None:
    begin_once(store, ASKED)
    forget_once(store, ASKED)
    assert begin_once(store, ASKED).state == "new"


def test_an_answer_is_forgotten_after_a_day(store: Store) -> None:
    begin_once(store, ASKED)
    end_once(store, ASKED, 201, b"made")
    age(store, KEPT_MS - 60_000)
    assert begin_once(store, ASKED).state == "done"
    age(store, 60_001)
    assert begin_once(store, ASKED).state == "new"


def test_a_request_whose_process_has_ended_is_taken_up(store: Store) -> None:
    begin_once(store, ASKED)
    age(store, LEASE_MS + 1)
    assert begin_once(store, ASKED).state == "new"


def test_of_many_at_once_one_does_it(store: Store) -> None:
    together = Barrier(8)

    def begin(_: int) -> str:
        together.wait()
        return begin_once(store, ASKED).state

    with ThreadPoolExecutor(8) as threads:
        states = list(threads.map(begin, range(8)))
    assert sorted(states) == ["new", *["running"] * 7]
