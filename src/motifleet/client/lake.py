"""Tables of reports and registered models."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, TypedDict, Unpack, cast

from motifleet.client.noun import Noun, at
from motifleet.client.records import Document
from motifleet.errors import ReadError

_MEDIA = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": "application/vnd.apache.arrow.stream",
}


class Columns(TypedDict, total=False):
    """What a file's columns mean; what is not said is guessed from their names."""

    device: str
    time: str
    longitude: str
    latitude: str
    ignore: Sequence[str]
    signal: Sequence[str]
    label: Sequence[str]


class Tables(Noun):
    """Tables."""

    def list(self) -> Iterator[Document]:
        """The tables, by name."""
        return self._wire.pages("/tables")

    def read(self, table: str) -> Document:
        """Describe a table: its columns, its layout, its current snapshot."""
        return cast("Document", self._wire.ask("GET", at("tables", table)))

    def snapshots(self, table: str) -> Iterator[Document]:
        """A table's snapshots, the oldest first."""
        return self._wire.pages(at("tables", table, "snapshots"))

    def rows(
        self,
        table: str,
        *,
        columns: Sequence[str] = (),
        where: str | None = None,
        limit: int = 100,
    ) -> "Sequence[Document]":
        """A table's first rows, of those that a filter takes."""
        query = {"column": [*columns] or None, "where": where, "limit": limit}
        told = self._wire.ask("GET", at("tables", table, "rows"), params=query)
        return cast("Sequence[Document]", told["rows"])

    def land(self, table: str, file: Path | str, **columns: Unpack[Columns]) -> Document:
        """Land a file of reports: .csv, .jsonl, .parquet, or .arrow (a stream of Arrow).

        The same file, read the same way, lands once, however often it is sent.
        """
        return self._send(at("tables", table, "reports"), Path(file), columns)

    def check(self, table: str, file: Path | str, **columns: Unpack[Columns]) -> Document:
        """See what landing a file would accept and reject, and land nothing."""
        return self._send(at("tables", table, "check"), Path(file), columns)

    def _send(self, path: str, file: Path, columns: Columns) -> Document:
        kind = _MEDIA.get(file.suffix.casefold())
        if kind is None:
            raise ReadError(f"expected a file that ends in {', '.join(_MEDIA)}, got {file.name!r}")
        params: Any = columns
        headers = {"Content-Type": kind}
        # As bytes, not as a stream: what is sent again has to begin anew.
        answer = self._wire.send(
            "POST", path, content=file.read_bytes(), params=params, headers=headers
        )
        return cast("Document", answer.json())


class Models(Noun):
    """Registered models, and the trainings behind them."""

    def list(self, name: str | None = None) -> Iterator[Document]:
        """The registered models' versions, or one model's."""
        return self._wire.pages("/models", {"name": name})

    def promote(self, reference: str) -> Document:
        """Make a version, such as ``failures@3``, the champion of its model."""
        return cast("Document", self._wire.ask("POST", at("models", reference, "promote")))

    def roll_back(self, name: str) -> Document:
        """Make a model's previous champion the champion again."""
        return cast("Document", self._wire.ask("POST", at("models", name, "rollback")))

    def experiments(self) -> Iterator[Document]:
        """The experiments, by name."""
        return self._wire.pages("/experiments")

    def runs(self, experiment: str | None = None) -> Iterator[Document]:
        """The trainings that were logged."""
        return self._wire.pages("/runs", {"experiment": experiment})
