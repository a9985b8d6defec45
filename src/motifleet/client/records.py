"""What the API answers, by name; a test compares each with the API's own description."""

from typing import Any, TypedDict

Document = dict[str, Any]


class Server(TypedDict):
    """The server: its version, and where its endpoints answer."""

    version: str
    gateway: str | None


class Me(TypedDict):
    """Who one is, and in which projects."""

    name: str
    owner: bool
    projects: list[str]


class User(TypedDict):
    """A person, or a program with keys of its own."""

    id: str
    name: str
    owner: bool
    active: bool
    created_at: int


class ApiKey(TypedDict):
    """What is known of an API key."""

    id: str
    user: str
    project: str | None
    role: str
    name: str
    hint: str
    created_at: int
    expires_at: int | None
    used_at: int | None


class MadeKey(TypedDict):
    """An API key, shown this once."""

    id: str
    key: str


class AuditEntry(TypedDict):
    """One line of the audit log."""

    id: str
    at: int
    who: str
    project: str | None
    action: str
    subject: str
    details: Document


class Project(TypedDict):
    """A project."""

    id: str
    name: str
    guarded: bool
    folder: str | None
    origin: str | None
    commit: str | None
    created_at: int


class Member(TypedDict):
    """Who has which role in a project."""

    user: str
    role: str
    created_at: int


class ProjectFile(TypedDict):
    """A file of a project's folder."""

    path: str
    bytes: int
    changed_at: int


class Build(TypedDict):
    """A build: "building", "ready" or "failed"."""

    id: str
    endpoint: str
    number: int
    source: str
    status: str
    reason: str | None
    digest: str | None
    created_at: int
    ended_at: int | None


class Resources(TypedDict):
    """What each replica gets, and how many there are."""

    cpu: float
    memory: int
    least: int
    most: int
    idle_seconds: float


class Deployment(TypedDict):
    """A deployment: "starting", "running", "stopping", "stopped" or "failed"."""

    id: str
    endpoint: str
    number: int
    build_id: str
    version: str
    role: str
    share: float
    status: str
    reason: str | None
    resources: Resources
    restart: int
    created_at: int
    started_at: int | None
    ended_at: int | None
    crn: str


class Endpoint(TypedDict):
    """An endpoint, and the project that it belongs to."""

    name: str
    project: str
    guarded: bool
    created_at: int


class AccessKey(TypedDict):
    """What is known of an access key of an endpoint."""

    id: str
    endpoint: str
    hint: str
    created_at: int
    expires_at: int | None


class MadeAccessKey(TypedDict):
    """An access key, shown this once."""

    id: str
    key: str
    expires_at: int | None


class Keeping(TypedDict):
    """What the prediction log keeps: at most so many bytes, of a share of the predictions."""

    inputs: int
    outputs: int
    sample: float


class Job(TypedDict):
    """A job of a project."""

    id: str
    project: str
    name: str
    kind: str
    target: str
    arguments: list[str]
    cron: str | None
    time_zone: str
    after: str | None
    cpu: float
    memory: int
    timeout_seconds: float
    retries: int
    active: bool
    next_run_at: int | None
    created_at: int


class JobRun(TypedDict):
    """One run of a job."""

    id: str
    project: str
    job: str
    scheduled_for: int
    attempt: int
    cause: str
    status: str
    exit_code: int | None
    reason: str | None
    not_before: int | None
    started_at: int | None
    ended_at: int | None
