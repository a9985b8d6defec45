"""Every public name has an example, which the run of all docstrings executes."""

import doctest
import inspect
from types import ModuleType
from typing import Any

import pytest

from motifleet import matrixprofile
from motifleet.compat import stumpy

# Values and types of arguments, which have no docstring or do nothing of their own.
VALUES = {
    "ANOMALY_KINDS",
    "SHARED_GROUPS",
    "ChannelsLike",
    "Progress",
    "SeriesLike",
    "SharedStep",
}
ROOMS: list[ModuleType] = [matrixprofile, stumpy]
NAMES = [(room, name) for room in ROOMS for name in room.__all__]


def documented(each: Any) -> list[str]:
    """The docstrings in which the example may be: its own, and those of its methods."""
    methods = vars(each).values() if inspect.isclass(each) else ()
    return [doc for one in (each, *methods) if (doc := inspect.getdoc(one)) is not None]


@pytest.mark.parametrize(("room", "name"), NAMES, ids=[name for _, name in NAMES])
def test_it_has_an_example(room: ModuleType, name: str) -> None:
    each = getattr(room, name)
    if name in VALUES or inspect.ismodule(each):
        assert not callable(each) or name in VALUES
        return
    examples = [
        one for doc in documented(each) for one in doctest.DocTestParser().get_examples(doc)
    ]
    assert any(one.want for one in examples), f"{name} needs an example that prints something"


def test_values_are_what_is_left_out() -> None:
    assert set(matrixprofile.__all__) >= VALUES
    assert not [name for name in VALUES if inspect.isfunction(getattr(matrixprofile, name))]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_the_run_of_docstrings_finds_them(room: ModuleType) -> None:
    """The names are looked for where they are defined, which is within what is run."""
    for name in room.__all__:
        each = getattr(room, name)
        if name not in VALUES and not inspect.ismodule(each):
            assert each.__module__.startswith("motifleet."), name
