"""Everything that Motifleet raises on purpose.

```
MotifleetError
├── InvalidArgumentError       an argument is out of its bounds     (also a ValueError)
│   └── TooShortError          a series has too few values for the window, or none at all
├── SettingsError              a setting or the home folder cannot be used
├── MissingExtraError          a library is needed that is not installed (names the command)
├── IndexFileError             an index of devices cannot be read, or does not fit
├── ReadError                  a file cannot be read as telemetry
├── TableError                 something about a table
│   ├── UnknownTableError      no table of that name                (names the near miss)
│   ├── TableExistsError       a table of that name is there already
│   ├── SchemaConflictError    a column has another type in the table
│   ├── UnknownSnapshotError   the table has no such snapshot
│   ├── CatalogError           the catalog cannot be opened
│   └── StorageError           the storage refused a read or a write (a full disk, say)
├── ModelError                 something about a model
│   ├── UnknownModelError      no model, version, alias or run of that name
│   ├── ModelChangedError      a version's files are not those that were registered
│   └── TrackingError          the tracking server cannot be reached, or refuses
├── StoreError                 the workspace's database cannot be reached, or refuses
├── ServingError               something about serving
│   ├── BuildError             a build cannot be made, or is not as it was made
│   ├── DeploymentError        a deployment cannot be made or changed like this
│   ├── UnknownBuildError      no build of that name
│   ├── UnknownDeploymentError no deployment of that name
│   ├── UnknownReplicaError    no replica of that name
│   ├── UnknownEndpointError   no endpoint of that name             (names the near miss)
│   └── UnknownAccessKeyError  no access key of that id
├── WorkspaceError             something about projects, users or keys
│   ├── UnknownProjectError    no project of that name              (names the near miss)
│   ├── UnknownFileError       no file of that name in a project    (names the near miss)
│   ├── UnknownUserError       no user of that name                 (names the near miss)
│   ├── UnknownKeyError        no API key of that id
│   ├── NameTakenError         there is a project, user or job of that name
│   ├── UnknownJobError        no job of that name                  (names the near miss)
│   ├── UnknownRunError        no run of a job of that id
│   ├── JobError               a job cannot be made, changed or run like this
│   ├── ProjectSourceError     a project cannot be made from that repository or folder
│   ├── RequestDiffersError    an idempotency key came with another request before
│   ├── StillRunningError      a request of that idempotency key is still under way
│   ├── NotLoggedInError       no password, session, key or token that is good
│   ├── NotAllowedError        the role does not reach for it
│   └── TooManyLoginsError     too many wrong passwords; says how long to wait
├── MonitoringError            something about monitoring
│   ├── UnknownPredictionError no prediction of that uuid
│   └── UnknownAlertError      no alert rule of that name           (names the near miss)
├── UnreachableError           a server cannot be reached, or does not answer in time
├── ApiError                   a server answers with an error, here with all of its details
├── GeometryError              a fence, a position or a route cannot be used
├── QueryError                 a spatial query is refused or cannot be run
├── UnknownDeviceError         no device of that name               (names the near miss)
└── UnknownColumnError         no signal or label of that name      (names the near miss)
```

A message says what was expected, what came, and what to do. ``exit_code`` is what the command
line returns: 2 where the request itself was wrong, 1 where it could not be done.
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar


class MotifleetError(Exception):
    """The root of all errors that Motifleet raises on purpose."""

    exit_code: ClassVar[int] = 1


class InvalidArgumentError(MotifleetError, ValueError):
    """An argument is out of its bounds."""

    exit_code = 2


class TooShortError(InvalidArgumentError):
    """A series has too few values for what is asked of it, or none at all."""


class SettingsError(MotifleetError):
    """A setting or the home folder cannot be used."""


class MissingExtraError(MotifleetError):
    """A library is needed that is not installed."""

    def __init__(self, what: str, library: str, extra: str) -> None:
        super().__init__(
            f"{what} needs {library}, which is not installed: `pip install 'motifleet[{extra}]'`"
        )


class IndexFileError(MotifleetError):
    """An index of devices cannot be read, or does not fit what is asked of it."""


class ReadError(MotifleetError):
    """A file cannot be read as telemetry."""


class TableError(MotifleetError):
    """Something about a table went wrong."""


class UnknownTableError(TableError):
    """There is no table of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("table", name, known, "`motifleet table list` shows them all"))


class TableExistsError(TableError):
    """A table of that name is there already."""


class SchemaConflictError(TableError):
    """A column has another type in the table than in the batch."""


class UnknownSnapshotError(TableError):
    """The table has no such snapshot."""


class CatalogError(TableError):
    """The catalog cannot be opened."""


class StorageError(TableError):
    """The storage refused a read or a write."""


class ModelError(MotifleetError):
    """Something about a model went wrong."""


class UnknownModelError(ModelError):
    """There is no model, version, alias or run of that name."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet model list` and `motifleet experiment runs` show them all"
        super().__init__(_unknown(kind, name, known, hint))


class ModelChangedError(ModelError):
    """A version's files are not those that were registered."""


class TrackingError(ModelError):
    """The tracking server cannot be reached, or refuses."""


class StoreError(MotifleetError):
    """The workspace's database cannot be reached, or refuses, or belongs to a newer version."""


class ServingError(MotifleetError):
    """Something about serving went wrong."""


class BuildError(ServingError):
    """A build cannot be made, or is not as it was made."""


class DeploymentError(ServingError):
    """A deployment cannot be made or changed like this."""

    exit_code = 2


class UnknownBuildError(ServingError):
    """There is no build of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("build", name, known, "`motifleet build list` shows them all"))


class UnknownDeploymentError(ServingError):
    """There is no deployment of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet deployment list` shows them all"
        super().__init__(_unknown("deployment", name, known, hint))


class UnknownReplicaError(ServingError):
    """The deployment has no replica of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet deployment show` shows them all"
        super().__init__(_unknown("replica", name, known, hint))


class UnknownEndpointError(ServingError):
    """There is no endpoint of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet endpoint list` shows them all"
        super().__init__(_unknown("endpoint", name, known, hint))


class UnknownAccessKeyError(ServingError):
    """There is no access key of that id."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet endpoint keys` shows them all"
        super().__init__(_unknown("access key", name, known, hint))


class MonitoringError(MotifleetError):
    """Something about monitoring went wrong."""


class UnknownPredictionError(MonitoringError):
    """There is no prediction of that uuid."""

    def __init__(self, uuid: str) -> None:
        super().__init__(
            f"no prediction {uuid!r}: answers hold theirs, and `motifleet monitor predictions` "
            "lists them"
        )


class UnknownAlertError(MonitoringError):
    """There is no alert rule of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("alert", name, known, "`motifleet alert list` shows them all"))


class UnreachableError(MotifleetError):
    """A server cannot be reached, or does not answer in time."""


class ApiError(MotifleetError):
    """A server answers with an error.

    Args:
        status: of HTTP.
        code: the name of the error on the server.
        message: what is the matter, and what to do.
        request_id: what the server's log calls the request.
        seconds: how long to wait before the next try; None: not said.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        request_id: str = "",
        seconds: float | None = None,
    ) -> None:
        self.status, self.code, self.request_id, self.seconds = status, code, request_id, seconds
        super().__init__(f"{message} (status {status}, request {request_id or 'unknown'})")


class GeometryError(MotifleetError):
    """A fence, a position or a route cannot be used."""

    exit_code = 2


class QueryError(MotifleetError):
    """A spatial query is refused or cannot be run."""

    exit_code = 2


class UnknownDeviceError(MotifleetError):
    """There is no device of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("device", name, known, "the table's device_id column has them"))


class UnknownColumnError(MotifleetError):
    """There is no signal or label of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("column", name, known, "`motifleet table show` lists them"))


class WorkspaceError(MotifleetError):
    """Something about projects, users or keys went wrong."""


class UnknownProjectError(WorkspaceError):
    """There is no project of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        hint = "`motifleet project list` shows them all"
        super().__init__(_unknown("project", name, known, hint))


class UnknownFileError(WorkspaceError):
    """There is no file of that name in a project."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("file", name, known, "the project's folder has more"))


class UnknownUserError(WorkspaceError):
    """There is no user of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("user", name, known, "`motifleet user list` shows them all"))


class UnknownKeyError(WorkspaceError):
    """There is no API key of that id."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("API key", name, known, "`motifleet key list` shows them all"))


class UnknownJobError(WorkspaceError):
    """The project has no job of that name."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__(_unknown("job", name, known, "`motifleet job list` shows them all"))


class UnknownRunError(WorkspaceError):
    """There is no run of a job of that id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no run {name!r}: `motifleet job runs` shows them all")


class JobError(WorkspaceError):
    """A job cannot be made, changed or run like this."""

    exit_code = 2


class NameTakenError(WorkspaceError):
    """There is a project, user or job of that name."""

    exit_code = 2

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"expected a new name of a {kind}, got {name!r}, which is taken")


class ProjectSourceError(WorkspaceError):
    """A project cannot be made from that repository or folder."""


class RequestDiffersError(WorkspaceError):
    """An idempotency key came with another request before."""

    exit_code = 2

    def __init__(self, key: str) -> None:
        super().__init__(
            f"expected the request that Idempotency-Key {key!r} came with first, got another: "
            "choose a new key for a new request"
        )


class StillRunningError(WorkspaceError):
    """A request of that idempotency key is still under way.

    Args:
        seconds: how long to wait.
    """

    def __init__(self, key: str, seconds: int = 1) -> None:
        self.seconds = seconds
        super().__init__(
            f"the first request with Idempotency-Key {key!r} is still under way: ask again later"
        )


class NotLoggedInError(WorkspaceError):
    """No password, session, key or token that is good."""


class NotAllowedError(WorkspaceError):
    """The role does not reach for it."""


class TooManyLoginsError(WorkspaceError):
    """Too many wrong passwords.

    Args:
        seconds: how long to wait.
    """

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"too many wrong passwords: expected a pause of {seconds} seconds")


def _unknown(kind: str, name: str, known: Iterable[str], hint: str) -> str:
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"no {kind} {name!r}: did you mean {near[0]!r}?"
    if not names:
        return f"no {kind} {name!r}: there is none yet"
    few = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
    return f"no {kind} {name!r}: there are {few}; {hint}"
