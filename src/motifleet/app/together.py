"""Questions about devices together: which behave alike, and what many of them share."""

from dataclasses import dataclass

from motifleet.app import similarity
from motifleet.app.devices import Alike, Devices, Note, unsaid
from motifleet.app.index_store import Indexed
from motifleet.app.progress import Progress, unseen
from motifleet.app.search import Reports, seconds
from motifleet.app.selection import EVERYTHING, Selection
from motifleet.app.shared import SharedMotifs
from motifleet.app.similarity import Similarity
from motifleet.config import Settings
from motifleet.engines import Engine, Kernels, engine_named
from motifleet.matrixprofile import DeviceClusters, SharedAsked, SharedMotif, SimilarDevices
from motifleet.tables import Tables


@dataclass(frozen=True, slots=True)
class Together:
    """The questions that a home answers of devices together; `Motifleet` has them all.

    Args:
        settings: what this installation was told.
        tables: its Iceberg tables.
    """

    settings: Settings
    tables: Tables

    def similar_devices(
        self,
        table: str,
        device: str,
        signal: str,
        alike: Alike | int,
        *,
        k: int = 10,
        exact: bool | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        progress: Progress = unseen,
        note: Note = unsaid,
    ) -> SimilarDevices:
        """Which devices behave like this one? The k nearest by the shapes that they share.

        Args:
            table: the table's name, or a file of reports.
            device: the device.
            signal: the signal's column.
            alike: how devices are compared, or only the window's length.
            k: how many.
            exact: whether to compare all devices; False: those that an index chooses; None: all,
                unless there are many, which is then said.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: a result table to write them to, as in ``"similarity"``; see `keep`.
            progress: told the number of devices done.
            note: told how the answer came about, where a person should know.
        """
        devices = self._alike((table, signal, selection), step, progress, note)
        if into is not None:
            return similarity.of_device(devices, device, k, (_alike(alike), exact), into)
        return devices.similar(device, k, _alike(alike), exact)

    def similarity(
        self,
        table: str,
        signal: str,
        alike: Alike | int,
        *,
        k: int = 10,
        exact: bool | None = None,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str = "similarity",
        engine: Engine | str | None = None,
        progress: Progress = unseen,
        note: Note = unsaid,
    ) -> Similarity:
        """Write the k devices that behave most like each one to a result table.

        Each row has device_id, rank (1 for the nearest), neighbor_device_id and distance. The same
        question about the same snapshot replaces its answer in one commit; stopped, the same call
        goes on with the groups of devices that were not done.

        Args:
            table: the table's name.
            signal: the signal's column.
            alike: how devices are compared, or only the window's length.
            k: how many for each device.
            exact: whether to compare all with all; False: those that an index chooses; None: all,
                unless there are many, which is then said.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: the result table; it is made when there is none.
            engine: who compares the devices, "local" or "spark"; None: by the settings.
            progress: told the number of devices done.
            note: told how the answer came about, where a person should know.

        Raises:
            UnknownTableError, UnknownColumnError: there is no such thing.
            InvalidArgumentError: an argument is out of its bounds, or the table is a file.
        """
        devices = self._alike((table, signal, selection), step, progress, note)
        return similarity.of_each(devices, k, (_alike(alike), exact), into, self._engine(engine))

    def clusters(
        self,
        table: str,
        signal: str,
        alike: Alike | int,
        *,
        k: int | None = None,
        least: int = 3,
        sample: int = 400,
        seed: int = 0,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        progress: Progress = unseen,
    ) -> DeviceClusters:
        """The groups of devices that behave alike, and those that are like no others.

        Args:
            table: the table's name, or a file of reports.
            signal: the signal's column.
            alike: how devices are compared, or only the window's length.
            k: how many clusters; None: as many as there seem to be.
            least: how many devices make a cluster.
            sample: how many devices are compared with one another at most.
            seed: of the choice of the sample.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            progress: told the number of devices done.
        """
        devices = self._alike((table, signal, selection), step, progress)
        return devices.clusters(_alike(alike), k=k, least=least, sample=sample, seed=seed)

    def index_devices(
        self,
        table: str,
        signal: str,
        alike: Alike | int,
        *,
        rebuild: bool = False,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        progress: Progress = unseen,
    ) -> Indexed:
        """Build the index that `similar_devices` chooses by, or add new devices to it.

        Args:
            table: the table's name.
            signal: the signal's column.
            alike: how devices are compared, or only the window's length.
            rebuild: whether to build it anew, so that new reports of its devices count.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            progress: told the number of devices done.
        """
        devices = self._alike((table, signal, selection), step, progress)
        return devices.index(_alike(alike), rebuild)

    def shared_motifs(
        self,
        table: str,
        signal: str,
        m: int,
        *,
        min_devices: float = 0.5,
        k: int = 3,
        max_distance: float | None = None,
        constant: bool = False,
        selection: Selection = EVERYTHING,
        step: float | None = None,
        into: str | None = None,
        engine: Engine | str | None = None,
        progress: Progress = unseen,
    ) -> list[SharedMotif]:
        """What many devices have in common: the shapes that so many share, and every occurrence.

        Exact, see `motifleet.matrixprofile.shared_motifs`; of a table larger than memory, groups
        of devices are compared with one another.

        Args:
            table: the table's name, or a file of reports.
            signal: the signal's column.
            m: the window's length, in reports.
            min_devices: how many devices have to share a motif: a number from 2, or a share up
                to 1.0.
            k: how many motifs at most, the closest first.
            max_distance: how far an occurrence may be; None: as `motif_sets` has it.
            constant: whether windows count that hold one value for more than half their length.
            selection: which reports.
            step: seconds between reports; None: each device's median.
            into: a result table to write every occurrence to, as in ``"motifs"``; see `keep`.
            engine: who compares the devices, "local" or "spark"; None: by the settings.
            progress: told the number of devices that are as good as done.

        Raises:
            UnknownTableError, UnknownColumnError: there is no such thing.
            InvalidArgumentError: fewer devices than that have a window without a gap, or an
                argument is out of its bounds.
        """
        asked = SharedAsked.checked(m, min_devices, k, max_distance, constant=constant)
        reports = Reports(table, (signal,), selection, step)
        search = SharedMotifs(self.settings, self.tables, self._engine(engine), progress)
        return search.run(reports, asked, into)

    def _engine(self, engine: Engine | str | None) -> Engine:
        settings = self.settings
        return engine_named(engine or settings.engine, Kernels(settings.threads, settings.simd))

    def _alike(
        self,
        question: tuple[str, str, Selection],
        step: float | None,
        progress: Progress,
        note: Note = unsaid,
    ) -> Devices:
        return Devices(self.tables, self.settings, *question, seconds(step), progress, note)


def _alike(alike: Alike | int) -> Alike:
    return alike if isinstance(alike, Alike) else Alike(alike)
