"""Files to read, and one call that reads them to their end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pytest

from motifleet.telemetry import ColumnMapping, read_reports

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class FileRead:
    """All batches of a file, joined."""

    accepted: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    tables: list[pa.Table]
    counts: list[dict[str, int]]
    hints: tuple[str, ...]

    @property
    def reasons(self) -> dict[int, str]:
        return {row["row"]: row["reason"] for row in self.rejected}

    def column(self, name: str) -> list[Any]:
        return [row.get(name) for row in self.accepted]


ReadFile: TypeAlias = Callable[..., FileRead]
WriteFile: TypeAlias = Callable[[str, str | bytes], Path]


@pytest.fixture
def write(tmp_path: Path) -> WriteFile:
    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return written


@pytest.fixture
def read() -> ReadFile:
    def all_of(path: Path, mapping: ColumnMapping | None = None, **options: Any) -> FileRead:
        with read_reports(path, mapping, **{"now": NOW, **options}) as reader:
            batches = list(reader)
            return FileRead(
                [row for batch in batches for row in batch.accepted.to_pylist()],
                [row for batch in batches for row in batch.rejected.to_pylist()],
                [batch.accepted for batch in batches],
                [batch.counts for batch in batches],
                reader.hints,
            )

    return all_of
