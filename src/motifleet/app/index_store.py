"""Where indexes of devices are kept: files in the home folder, each named by what it is for."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from motifleet.errors import IndexFileError
from motifleet.matrixprofile import DeviceIndex

FOLDER = "indexes"


@dataclass(frozen=True, slots=True)
class Indexed:
    """An index and the snapshots of its table.

    Args:
        index: the index.
        snapshot_id: the table's snapshot that it was built from.
        current_id: the table's snapshot now.
    """

    index: DeviceIndex
    snapshot_id: int | None
    current_id: int | None

    @property
    def stale(self) -> bool:
        """Whether the table has moved on since the index was built."""
        return self.snapshot_id != self.current_id

    def to_dict(self) -> dict[str, Any]:
        """The index as plain values."""
        return {
            "devices": len(self.index),
            "vectors": self.index.vectors,
            "bytes": self.index.nbytes,
            "m": self.index.m,
            "snapshot_id": self.snapshot_id,
            "current_id": self.current_id,
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True)
class IndexStore:
    """The indexes of one home folder.

    A file's name is made of a checksum of what the index is for, so that no name of a table or a
    column can lead out of the folder.
    """

    home: Path

    def path(self, key: Mapping[str, Any]) -> Path:
        """The file of the index for that."""
        digest = sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()[:24]
        readable = re.sub(r"[^a-z0-9]+", "-", f"{key['table']}-{key['signal']}".lower())[:40]
        return self.home.expanduser().absolute() / FOLDER / f"{readable.strip('-')}-{digest}.index"

    def save(self, key: Mapping[str, Any], index: DeviceIndex, source: Mapping[str, Any]) -> None:
        """Keep an index; readable by the home's owner alone."""
        path = self.path(key)
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise IndexFileError(f"{path.parent} cannot be made: {error.strerror}") from error
        index.save(path, source)

    def load(self, key: Mapping[str, Any]) -> DeviceIndex | None:
        """The index for that; None where there is none.

        Raises:
            IndexFileError: its file is damaged, of another version, or for something else.
        """
        path = self.path(key)
        if not path.exists():
            return None
        index = DeviceIndex.load(path)
        if any(index.source.get(name) != value for name, value in key.items()):
            raise IndexFileError(f"expected the index for {dict(key)} in {path}, got another one")
        return index
