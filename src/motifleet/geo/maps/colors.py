"""Colours that people with any colour vision can tell apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa

from motifleet.types import Ints

PALETTE: Final = (
    *("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#8b6d00", "#5b3a8e"),
)
"""Okabe and Ito's colours (jfly.uni-koeln.de/color), the yellow darkened, and a violet."""
OTHER: Final = "#8d979c"
RAMP: Final = ("#fee838", "#c8b866", "#948e77", "#666970", "#35456c", "#00224e")
"""Cividis (Nuñez, Anderton and Renslow 2018) in six steps, light to dark."""
MOVING: Final = "#13344a"
FENCE: Final = "#6a3d9a"
FINDINGS: Final = {
    "discord": ("#c8410b", "circle"),
    "match": ("#00785a", "square"),
    "motif": ("#0b5d9a", "diamond"),
}


@dataclass(frozen=True, slots=True)
class Coloring:
    """A colour for each row.

    Args:
        codes: shape (n,), each row's place in ``names``.
        names: what each colour means, the most frequent first; what is rare shares the last.
        colors: as CSS writes them.
        counts: rows of each.
    """

    codes: Ints
    names: list[str]
    colors: list[str]
    counts: list[int]


def by_label(values: "pa.ChunkedArray[Any] | None", rows: int, what: str) -> Coloring:
    """Colour rows by a label; without one all rows alike.

    >>> found = by_label(pa.chunked_array([["ok", "stop", "ok", None]]), 4, "event_type")
    >>> found.names, found.counts, found.codes.tolist()
    (['ok', 'stop', 'no event_type'], [2, 1, 1], [0, 1, 0, 2])
    """
    if values is None:
        return Coloring(np.zeros(rows, np.int64), [what], [PALETTE[0]], [rows])
    codes, names = codes_of(values)
    counts = np.bincount(codes + 1, minlength=len(names) + 1)
    missing, counts = int(counts[0]), counts[1:]
    order = np.argsort(-counts, kind="stable")
    kept = order[: len(PALETTE)]
    place = np.full(len(names) + 1, len(kept), np.int64)
    place[kept] = np.arange(len(kept))
    place[-1] = len(kept) + (len(order) > len(kept))
    rest = int(counts[order[len(kept) :]].sum())
    told = [names[each] for each in kept], list(PALETTE[: len(kept)]), counts[kept].tolist()
    for name, count in ((f"other {what}", rest), (f"no {what}", missing)):
        if count:
            for column, value in zip(told, (name, OTHER, count), strict=True):
                column.append(value)
    return Coloring(place[codes], *told)


def codes_of(values: "pa.ChunkedArray[Any]") -> tuple[Ints, list[str]]:
    """A number for each row's text, -1 where there is none, and the texts."""
    encoded: Any = values.combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes, [str(name) for name in encoded.dictionary.to_pylist()]


def classes(counts: Ints) -> tuple[Ints, list[dict[str, Any]]]:
    """Sort counts into classes of growing width, a colour each.

    >>> codes, found = classes(np.array([1, 2, 9, 1000]))
    >>> codes.tolist(), [(each["from"], each["to"]) for each in found]
    ([0, 0, 1, 2], [(1, 2), (9, 9), (1000, 1000)])
    """
    low, high = np.log(max(int(counts.min()), 1)), np.log(max(int(counts.max()), 1))
    edges = np.linspace(low, high, len(RAMP) + 1)[1:-1]
    raw = np.searchsorted(edges, np.log(np.maximum(counts, 1)), side="left")
    used, codes = np.unique(raw, return_inverse=True)
    return codes.astype(np.int64), [_class(counts[raw == each], int(each)) for each in used]


def _class(counts: Ints, place: int) -> dict[str, Any]:
    return {"from": int(counts.min()), "to": int(counts.max()), "color": RAMP[place]}


def cycle(count: int) -> Sequence[str]:
    """So many colours, each once."""
    return PALETTE[:count]
