"""An index of devices by the shapes that they have, so that alike ones are found among many."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError
from motifleet.matrixprofile import index_file, kernels
from motifleet.matrixprofile.device_distance import SHARE
from motifleet.matrixprofile.embedding import Embedding, Scaling
from motifleet.matrixprofile.index_cells import Cells
from motifleet.matrixprofile.index_file import Saved
from motifleet.matrixprofile.measure import flag
from motifleet.matrixprofile.mp_distance import checked_share, fitting
from motifleet.matrixprofile.options import Progress, progress_function
from motifleet.matrixprofile.series import SeriesLike, fleet_values
from motifleet.matrixprofile.votes import Hits
from motifleet.types import FleetSeries, Floats, Ints

DIMENSIONS = 24
"""Cosines of a vector."""
WINDOWS = 96
"""Windows of each device that are stored at most."""
SOUGHT = 1024
"""Windows of a series that are sought at most."""
HITS = 512
"""Stored windows that are found for each."""
PROBES = 24
"""Cells that each is sought in."""
CANDIDATES = 200
"""Devices that are worth comparing window by window."""
TOGETHER = 512
"""Devices whose windows are added at once."""


class DeviceIndex:
    """Devices by the shapes that they have: which of many are worth comparing with one.

    Of each device some windows are stored, evenly spread over those that can be compared, as
    short vectors (the first cosines of the window's shape). To find the devices that are like one,
    each of its windows is sought among them, and what was found is counted for each device as
    MPdist counts it. `similar_devices` then compares the few that come first window by window.

    Args:
        m: the window length, at least 3.
        constant: whether windows count that hold one value for more than half their length.
        normalize: whether a window's level and scale are taken out before it is compared; False
            for the plain Euclidean distance, which sees both.
        windows: how many windows of each device are stored at most.
        seed: the same devices in the same order and the same seed give the same index.

    Raises:
        InvalidArgumentError: an argument is out of its bounds.
        MissingExtraError: faiss is not installed, from the first device on.

    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> values = rng.normal(size=(400, 300))
    >>> values[123, 100:200] = 5 * values[0, 80:180]  # does what the first did
    >>> names = tuple(f"truck-{number}" for number in range(400))
    >>> fleet = FleetSeries(values.ravel(), np.arange(401) * 300, names)
    >>> index = DeviceIndex(20)
    >>> index.extend(fleet)
    >>> len(index), index.candidates(fleet["truck-0"], 5)[0]
    (400, 'truck-123')
    """

    def __init__(
        self,
        m: int,
        *,
        constant: bool = False,
        normalize: bool = True,
        windows: int = WINDOWS,
        seed: int = 0,
    ) -> None:
        m = kernels.window_length(m)
        normalize = flag("normalize", normalize)
        dimensions = min(DIMENSIONS, m - 1 if normalize else m)
        self._embedding = Embedding(m, normalize, flag("constant", constant), dimensions)
        self._most = kernels.integer_from("a number of windows", windows, 1)
        self._cells = Cells(self._embedding.size, kernels.integer_from("a seed", seed, 0))
        self._scaling: Scaling | None = None
        self._places: dict[str, int] = {}
        self._counts: list[Ints] = []
        self.source: dict[str, Any] = {}

    @property
    def m(self) -> int:
        """The window length."""
        return self._embedding.m

    @property
    def normalize(self) -> bool:
        """Whether shapes are compared, or values as they are."""
        return self._embedding.normalize

    @property
    def constant(self) -> bool:
        """Whether windows that hold a single value count."""
        return self._embedding.constant

    @property
    def device_ids(self) -> tuple[str, ...]:
        """The devices in the index, in the order in which they came."""
        return tuple(self._places)

    @property
    def vectors(self) -> int:
        """How many windows are stored."""
        return len(self._cells)

    @property
    def nbytes(self) -> int:
        """How much memory the vectors take, in bytes."""
        return self._cells.nbytes + 8 * len(self)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, device_id: object) -> bool:
        return device_id in self._places

    def __repr__(self) -> str:
        return f"DeviceIndex(m={self.m}, devices={len(self):,}, vectors={self.vectors:,})"

    def extend(
        self, fleet: FleetSeries, *, progress: Progress | None = None, threads: int = 0
    ) -> None:
        """Add devices; those that are too short, or never vary, are known but never found.

        What was added before the work was stopped stays.

        Args:
            fleet: one signal of devices that are not in the index yet.
            progress: called with the devices added so far and their number; what it raises stops
                the work, as Ctrl-C does.
            threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.

        Raises:
            InvalidArgumentError: a device is in the index already, or the values are no numbers.
        """
        fleet, told = fleet_values(fleet), progress_function(progress)
        twice = [name for name in fleet.device_ids if name in self._places]
        if twice or len(set(fleet.device_ids)) < len(fleet):
            name = twice[0] if twice else "a device"
            raise InvalidArgumentError(
                f"expected devices that are not in the index yet, got {name!r} again: "
                "build a new index for devices that have new reports"
            )
        self._cells.threads = kernels.resolve_threads(threads)
        for start in range(0, len(fleet), TOGETHER):
            if told is not None:
                told(start, len(fleet))
            self._add(fleet, range(start, min(start + TOGETHER, len(fleet))))
        self._cells.settle()
        if told is not None:
            told(len(fleet), len(fleet))

    def _add(self, fleet: FleetSeries, devices: range) -> None:
        if self._scaling is None:
            self._scaling = Scaling.of(fleet.values, self.normalize)
        offsets = fleet.offsets[devices.start : devices.stop + 1]
        values = self._scaling.apply(fleet.values[offsets[0] : offsets[-1]])
        starts, owners, counts = self._embedding.chosen(values, offsets - offsets[0], self._most)
        vectors = self._embedding.vectors(values, starts)
        firsts = np.searchsorted(owners, owners)
        numbers = (len(self) + owners) * self._most + np.arange(len(owners)) - firsts
        self._cells.add(vectors, numbers)
        for device in devices:
            self._places[fleet.device_ids[device]] = len(self._places)
        self._counts.append(counts)

    def candidates(
        self,
        series: SeriesLike,
        count: int = CANDIDATES,
        *,
        share: float = SHARE,
        threads: int = 0,
    ) -> tuple[str, ...]:
        """Choose the devices that are most likely the nearest to a series, the likeliest first.

        Args:
            series: n values, at least m; the device that it is of is left out.
            count: how many at most.
            share: which of the windows' distances counts, as for `device_distances`.
            threads: how many to use; 0: ``MOTIFLEET_THREADS``, else one for each core.

        Raises:
            InvalidArgumentError: the series is shorter than m or no series of numbers, or the count
                or the share is out of its bounds.
        """
        count, share = kernels.result_count(count), checked_share(share)
        one = fitting(series, self.m, "of the device")
        self._cells.threads = kernels.resolve_threads(threads)
        order = self._ranking(one.values, share)
        own = self._places.get(one.device_id or "", -1)
        names = self.device_ids
        return tuple(names[place] for place in order[order != own][:count].tolist())

    def _ranking(self, values: Floats, share: float) -> Ints:
        if self._scaling is None or not self.vectors:
            return np.zeros(0, np.int64)
        values = self._scaling.apply(values)
        whole = np.array([0, len(values)], np.int64)
        starts, _, (total,) = self._embedding.chosen(values, whole, SOUGHT)
        if not total:
            return np.zeros(0, np.int64)
        vectors = self._embedding.vectors(values, starts)
        distances, numbers = self._cells.search(vectors, HITS, PROBES)
        counts = np.concatenate(self._counts)
        hits = Hits(distances, numbers, self._most, int(total), counts, self.m - 1)
        return hits.ranking(share)

    def save(self, path: Path | str, source: Mapping[str, Any] | None = None) -> None:
        """Write the index to a file, which appears whole or not at all.

        Args:
            path: where; what is there is replaced.
            source: plain values that say what it was built from; `load` gives them back.

        Raises:
            IndexFileError: the file cannot be written.
        """
        self._cells.settle()
        scaling = self._scaling or Scaling()
        head = {
            "m": self.m,
            "constant": self.constant,
            "normalize": self.normalize,
            "windows": self._most,
            "seed": self._cells.seed,
            "scaling": [scaling.centre, scaling.scale],
            "suited": self._cells.suited,
            "source": dict(source or self.source),
        }
        names = json.dumps(self.device_ids).encode()
        arrays = {
            "names": Saved("u1", len(names), [np.frombuffer(names, np.uint8)]),
            "counts": Saved("i8", len(self), self._counts),
        }
        index_file.write(Path(path), head, arrays | self._cells.saved())

    @classmethod
    def load(cls, path: Path | str) -> "DeviceIndex":
        """Read an index that was saved.

        Raises:
            IndexFileError: the file is not there, is another one or of another version, or is
                damaged.
            MissingExtraError: faiss is not installed.
        """
        head, arrays = index_file.read(Path(path))
        try:
            index = cls(
                head["m"],
                constant=head["constant"],
                normalize=head["normalize"],
                windows=head["windows"],
                seed=head["seed"],
            )
            index.source = dict(head["source"])
            index._restore(head, arrays)
        except (KeyError, TypeError, ValueError) as error:
            raise index_file.damaged(Path(path)) from error
        return index

    def _restore(self, head: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        names = json.loads(bytes(arrays["names"]))
        self._places = {str(name): place for place, name in enumerate(names)}
        if len(self) != len(names) or len(arrays["counts"]) != len(names):
            raise ValueError
        if names:
            centre, scale = map(float, head["scaling"])
            self._scaling, self._counts = Scaling(centre, scale), [arrays["counts"]]
        self._cells.restore(int(head["suited"]), len(names) * self._most, arrays)
