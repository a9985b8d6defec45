"""What every test shares."""

import os
from collections.abc import Generator

import pytest
from hypothesis import settings

# Tests run side by side: a thread that spins while it waits takes its core from another's.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A shared machine may be slow at any example; the gate meets the same examples every time.
settings.register_profile("here", deadline=None)
settings.register_profile("gate", deadline=None, derandomize=True)
settings.load_profile("gate" if os.environ.get("CI") == "true" else "here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """In CI a skip is a failure: what a test needs must have been installed."""
    report = yield
    if report.skipped and os.environ.get("CI") == "true":
        report.outcome = "failed"
    return report


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("MOTIFLEET_")]:
        monkeypatch.delenv(name)
