"""The library that is stood in for, to compare with."""

import importlib
import warnings
from collections.abc import Iterator
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def theirs() -> Iterator[ModuleType]:
    """The library as plain Python: compiled, its first call takes longer than all tests here."""
    import numba

    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setattr(numba.config, "DISABLE_JIT", True)
        yield importlib.import_module("stumpy")
