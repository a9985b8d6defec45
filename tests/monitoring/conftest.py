"""A home with an endpoint whose prediction log is filled by hand, on each database."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.workspace.conftest import postgres, url  # noqa: F401

from motifleet.app import Motifleet, open_home
from motifleet.workspace import (
    Prediction,
    Resources,
    Store,
    add_build,
    add_deployment,
    add_predictions,
    end_build,
    start_deployment,
)

BASE = 1_790_000_000_000
"""When the first prediction was asked, in milliseconds since 1970."""


@dataclass
class Endpoint:
    """An endpoint that ran, and what was asked of it.

    Args:
        store: the database.
        name: of it.
        build, deployment: what answers.
        uuids: of the predictions, in order.
    """

    store: Store
    name: str
    build: str
    deployment: str
    uuids: list[str] = field(default_factory=list)

    def answer(
        self,
        at: int,
        outputs: object = None,
        *,
        inputs: object = None,
        status: int = 200,
        took: int = 5,
        shadow: bool = False,
        **metrics: float | str | bool,
    ) -> str:
        """Log one prediction, so many milliseconds after the first; its uuid."""
        uuid = uuid_at(BASE + at, len(self.uuids))
        written = None if outputs is None else json.dumps(outputs)
        given = None if inputs is None else json.dumps(inputs)
        line = Prediction(
            uuid,
            self.deployment,
            self.build,
            f"{self.name}@1",
            BASE + at,
            BASE + at + took,
            status,
            given,
            written,
            shadow,
            metrics,
        )
        add_predictions(self.store, [line])
        self.uuids.append(uuid)
        return uuid


def uuid_at(milliseconds: int, number: int) -> str:
    text = f"{milliseconds:012x}7{number:03x}8{random.Random(number).getrandbits(60):015x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def endpoint_in(store: Store, name: str = "failures", project: str = "default") -> Endpoint:
    made = add_build(store, name, f"{name}@1", project=project)
    build = end_build(store, made.id, digest="0" * 64, reason=None).id
    deployment = add_deployment(store, build, Resources()).id
    start_deployment(store, deployment)
    return Endpoint(store, name, build, deployment)


@pytest.fixture
def fleet(tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Motifleet]:  # noqa: F811
    monkeypatch.setenv("MOTIFLEET_DATABASE_URL", url)
    opened = open_home(tmp_path / "home")
    yield opened
    opened.monitoring.store.close()


@pytest.fixture
def endpoint(fleet: Motifleet) -> Endpoint:
    return endpoint_in(fleet.monitoring.store)
