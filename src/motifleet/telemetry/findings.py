"""What is wrong with which row of a batch."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from motifleet.telemetry.arrow import Mask, nowhere
from motifleet.telemetry.blocks import RawBlock
from motifleet.types import Ints

REJECTED_SCHEMA: Final = pa.schema(
    pa.field(name, kind, nullable=False)
    for name, kind in (("row", pa.int64()), ("reason", pa.string()), ("report", pa.string()))
)


class Findings:
    """The reasons against the rows of one batch, in the order in which they were found."""

    def __init__(self, batch: RawBlock) -> None:
        self._batch = batch
        self._reasons: dict[int, str] = {}
        self.bad = nowhere(len(batch.rows))
        self.counts = Counter(each.kind for each in batch.broken)

    def add(
        self,
        kind: str,
        where: Mask,
        reasons: Callable[[Ints], Sequence[str]] | None = None,
    ) -> None:
        """Note something against rows.

        Args:
            kind: what it is, in the words of the count.
            where: shape (rows of the batch,): the rows.
            reasons: from the rows' places to a sentence for each; without it, ``kind`` itself.
        """
        places = np.flatnonzero(where)
        if not len(places):
            return
        self.bad |= where
        self.counts[kind] += len(places)
        sentences = reasons(places) if reasons else [kind] * len(places)
        for place, sentence in zip(places.tolist(), sentences, strict=True):
            before = self._reasons.get(place)
            self._reasons[place] = f"{before}; {sentence}" if before else sentence

    def rejected(self) -> pa.Table:
        """The rows that something was found against, in the order of the file."""
        places = np.flatnonzero(self.bad)
        broken = self._batch.broken
        reports = self._batch.reports(places).chunks if len(places) else []
        rows = [*self._batch.rows[places].tolist(), *(each.row for each in broken)]
        reasons = [self._reasons[place] for place in places.tolist()]
        reasons += [each.reason for each in broken]
        columns: list[Any] = [
            pa.array(rows, pa.int64()),
            pa.array(reasons, pa.string()),
            pa.chunked_array([*reports, [each.report() for each in broken]], pa.string()),
        ]
        table = pa.table(columns, schema=REJECTED_SCHEMA)
        return table.sort_by("row") if len(places) and broken else table
