"""What the models room tells: runs, versions, lineage."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from motifleet.errors import InvalidArgumentError

PREFIX = "motifleet."
"""What the names of Motifleet's tags begin with."""


class _Told:
    """A value that can be written as JSON."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON has them, times in ISO 8601."""
        fields = asdict(self)  # type: ignore[call-overload]
        times = {key: at.isoformat() for key, at in fields.items() if isinstance(at, datetime)}
        return {**fields, **times}


@dataclass(frozen=True, slots=True)
class Lineage(_Told):
    """Which data a model was trained on.

    Args:
        table: the table's name.
        snapshot_id: the snapshot that was read.
        committed_at: when it was committed, in ISO 8601.
        parent_id: the snapshot before it; None: it was the first.
        rows: rows of the table at that snapshot.
        schema_hash: of the columns' names and types.
        selection: the part of the table that was read, as words; "" for all of it.
        code_version: of Motifleet.
    """

    table: str
    snapshot_id: int
    committed_at: str
    parent_id: int | None
    rows: int
    schema_hash: str
    selection: str
    code_version: str

    def tags(self) -> dict[str, str]:
        """The lineage as a run's tags."""
        fields = {name: value for name, value in asdict(self).items() if value is not None}
        return {PREFIX + name: str(value) for name, value in fields.items()}

    @classmethod
    def of(cls, tags: Mapping[str, str]) -> "Lineage | None":
        """The lineage that a run's tags tell; None where they tell none.

        >>> lineage = Lineage("fleet", 7, "2026-03-02T00:00:00+00:00", None, 9, "ab", "", "0.1.0")
        >>> Lineage.of(lineage.tags()) == lineage
        True
        """
        told = {name: tags.get(PREFIX + name) for name in cls.__slots__}
        if told["table"] is None or told["snapshot_id"] is None:
            return None
        parent = told["parent_id"]
        return cls(
            table=told["table"],
            snapshot_id=int(told["snapshot_id"]),
            committed_at=told["committed_at"] or "",
            parent_id=None if parent is None else int(parent),
            rows=int(told["rows"] or 0),
            schema_hash=told["schema_hash"] or "",
            selection=told["selection"] or "",
            code_version=told["code_version"] or "",
        )


@dataclass(frozen=True, slots=True)
class Run(_Told):
    """A training that the tracking server knows.

    Args:
        id: the run's id.
        experiment: its experiment's name.
        kind: the model kind.
        status: as MLflow tells it, such as "FINISHED".
        started_at: when it was logged, in UTC.
        params: what was chosen.
        metrics: what was measured.
        lineage: the data; None where the run tells none.
        model_uri: where its model is, as MLflow writes it; None: it has none.
    """

    id: str
    experiment: str
    kind: str
    status: str
    started_at: datetime
    params: Mapping[str, str]
    metrics: Mapping[str, float]
    lineage: Lineage | None
    model_uri: str | None


@dataclass(frozen=True, slots=True)
class Version(_Told):
    """A version of a registered model.

    Args:
        name: the model's name.
        version: its number.
        kind: the model kind.
        aliases: such as "champion".
        run_id: the run that made it.
        created_at: when it was registered, in UTC.
        digest: SHA-256 of its files as they were registered.
        lineage: the data that it was trained on.
    """

    name: str
    version: int
    kind: str
    aliases: tuple[str, ...]
    run_id: str
    created_at: datetime
    digest: str
    lineage: Lineage | None

    @property
    def reference(self) -> str:
        """The version as commands take it, such as ``failures@3``."""
        return f"{self.name}@{self.version}"


def parse_reference(reference: str) -> tuple[str, str]:
    """Read ``name@alias`` or ``name@version``; without ``@`` the champion is meant.

    Raises:
        InvalidArgumentError: a part is empty.

    >>> parse_reference("failures@3"), parse_reference("failures")
    (('failures', '3'), ('failures', 'champion'))
    """
    name, at, which = reference.partition("@")
    if not name or (at and not which):
        raise InvalidArgumentError(
            f"expected a model such as 'failures@champion' or 'failures@3', got {reference!r}"
        )
    return name, which or "champion"
