"""Deployments: what is desired of them, and how far they have come."""

from dataclasses import asdict, dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, Select, and_, func, insert, or_, select, update

from motifleet.errors import DeploymentError, UnknownDeploymentError
from motifleet.workspace.allowed import OWNER, allow, check_source, seen
from motifleet.workspace.builds import FAILED as BUILD_FAILED
from motifleet.workspace.builds import READY, build_of, model_id
from motifleet.workspace.ids import new_id, now_ms
from motifleet.workspace.roles import Actor
from motifleet.workspace.schema import builds, deployments, models
from motifleet.workspace.store import Store

Role = Literal["primary", "canary", "shadow"]
STARTING, RUNNING, STOPPING = "starting", "running", "stopping"
STOPPED, FAILED = "stopped", "failed"
ACTIVE = (STARTING, RUNNING, STOPPING)


@dataclass(frozen=True, slots=True)
class Resources:
    """What each replica gets, and how many there are.

    Args:
        cpu: cores.
        memory: bytes.
        least: the least number of replicas; 0: scaled to zero where nobody asks.
        most: the greatest.
        idle_seconds: without requests, after which it is scaled to zero.

    Raises:
        DeploymentError: they are out of their bounds.
    """

    cpu: float = 1.0
    memory: int = 2 << 30
    least: int = 1
    most: int = 1
    idle_seconds: float = 300.0

    def __post_init__(self) -> None:
        if not 0 < self.cpu <= 1024:
            raise DeploymentError(f"expected a number of cores above 0, got {self.cpu}")
        if self.memory < 64 << 20:
            raise DeploymentError(f"expected at least 64 MB of memory, got {self.memory:,} bytes")
        if not 0 <= self.least <= self.most or not 1 <= self.most <= 256:
            raise DeploymentError(
                f"expected 0 to 256 replicas, the least first, got {self.least} and {self.most}"
            )
        if not self.idle_seconds > 0:
            raise DeploymentError(f"expected seconds above 0, got {self.idle_seconds}")


@dataclass(frozen=True, slots=True)
class Deployment:
    """One deployment.

    Args:
        id: of it.
        endpoint: whom it answers for.
        number: 1 for the endpoint's first.
        build_id: what it serves.
        version: what the build was made of.
        role: whether it answers all requests, a share of them, or none.
        share: of the requests, for a canary.
        status: "starting", "running", "stopping", "stopped" or "failed".
        reason: why it failed.
        resources: of its replicas.
        restart: grows when new replicas are asked for.
        crn: its long name, which answers hold.
        created_at: milliseconds since 1970.
        started_at: when it took over.
        ended_at: when it had stopped, or failed.
    """

    id: str
    endpoint: str
    number: int
    build_id: str
    version: str
    role: Role
    share: float
    status: str
    reason: str | None
    resources: Resources
    restart: int
    created_at: int
    started_at: int | None
    ended_at: int | None
    crn: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


def add_deployment(
    store: Store,
    build: str,
    resources: Resources,
    role: Role = "primary",
    share: float = 0.0,
    *,
    actor: Actor = OWNER,
) -> Deployment:
    """Desire a deployment of a build, given by its id or its model's name.

    Raises:
        UnknownBuildError: there is no such build.
        DeploymentError: the build failed, or a canary has no share.
    """
    check_share(role, share)
    with store.write() as connection:
        made = build_of(connection, build, actor)
        if made.status == BUILD_FAILED:
            raise DeploymentError(
                f"expected a build that is ready, but {made.id} failed: {made.reason}"
            )
        check_source(connection, made.endpoint, made.source)
        model = model_id(connection, made.endpoint)
        last = select(func.max(deployments.c.number)).where(deployments.c.model_id == model)
        name = new_id("dep")
        values = {
            "id": name,
            "model_id": model,
            "build_id": made.id,
            "number": (connection.scalar(last) or 0) + 1,
            "role": role,
            "share": share,
            "status": STARTING,
            "restart": 0,
            "created_at": now_ms(),
            **asdict(resources),
        }
        connection.execute(insert(deployments).values(**values))
        details = {"build": made.id, "role": role, **asdict(resources)}
        allow(connection, actor, "deployment.create", made.endpoint, name, **details)
        return deployment_of(connection, name)


def find_deployment(store: Store, name: str, *, actor: Actor = OWNER) -> Deployment:
    """A deployment by its id, or an endpoint's present one by the endpoint's name.

    Raises:
        UnknownDeploymentError: there is none that they see.
    """
    with store.read() as connection:
        return deployment_of(connection, name, actor)


def list_deployments(
    store: Store, endpoint: str | None = None, *, actor: Actor = OWNER
) -> list[Deployment]:
    """All deployments that somebody sees, or those of an endpoint; the oldest first.

    Raises:
        UnknownEndpointError: there is no such endpoint that they see.
    """
    with store.read() as connection:
        ordered = _query().order_by(deployments.c.created_at, deployments.c.number)
        query = ordered.where(seen(actor))
        if endpoint is not None:
            query = query.where(deployments.c.model_id == model_id(connection, endpoint, actor))
        return [_deployment(row) for row in connection.execute(query)]


def desired_deployments(store: Store) -> list[Deployment]:
    """Those that start, run or stop; those whose build failed are noted as failed."""
    with store.read() as connection:
        query = _query().add_columns(builds.c.status.label("build_status"))
        rows = list(connection.execute(query.where(deployments.c.status.in_(ACTIVE))))
    failed = [row.id for row in rows if row.build_status == BUILD_FAILED]
    for name in failed:
        fail_deployment(store, name, "its build failed")
    return [
        _deployment(row)
        for row in rows
        if row.build_status == READY or (row.id not in failed and row.status == STOPPING)
    ]


def start_deployment(store: Store, name: str) -> None:
    """Note that it runs: what had its role at its endpoint before is to stop."""
    with store.write() as connection:
        told = deployment_of(connection, name)
        if told.status != STARTING:
            return
        model = model_id(connection, told.endpoint)
        others = and_(
            deployments.c.model_id == model,
            deployments.c.status == RUNNING,
            deployments.c.role == told.role,
        )
        newer = and_(others, deployments.c.number > told.number)
        late = connection.scalar(select(func.count()).where(newer))
        connection.execute(
            update(deployments)
            .where(others, deployments.c.number < told.number)
            .values(status=STOPPING)
        )
        change(connection, name, status=STOPPING if late else RUNNING, started_at=now_ms())


def fail_deployment(store: Store, name: str, reason: str) -> None:
    """Note why it could not be started."""
    with store.write() as connection:
        change(connection, name, status=FAILED, reason=reason[:4000], ended_at=now_ms())


def end_deployment(store: Store, name: str) -> None:
    """Note that its replicas are gone."""
    with store.write() as connection:
        change(connection, name, status=STOPPED, ended_at=now_ms())


def running_deployment(connection: Connection, name: str, actor: Actor = OWNER) -> Deployment:
    """A deployment that runs.

    Raises:
        UnknownDeploymentError: there is none that they see.
        DeploymentError: it does not run.
    """
    told = deployment_of(connection, name, actor)
    if told.status != RUNNING:
        raise DeploymentError(f"expected a deployment that runs, but {told.id} is {told.status}")
    return told


def change(connection: Connection, name: str, **values: Any) -> None:
    """Write columns of a deployment."""
    connection.execute(update(deployments).where(deployments.c.id == name).values(**values))


def deployment_of(connection: Connection, name: str, actor: Actor = OWNER) -> Deployment:
    """See `find_deployment`."""
    rank = deployments.c.status.in_(ACTIVE)
    primary = deployments.c.role == "primary"
    visible = _query().where(seen(actor))
    query = visible.where(or_(deployments.c.id == name, and_(models.c.name == name, primary)))
    order = (rank.desc(), deployments.c.number.desc())
    row = connection.execute(query.order_by(*order)).first()
    if row is None:
        raise UnknownDeploymentError(name, [each.id for each in connection.execute(visible)])
    return _deployment(row)


def check_share(role: Role, share: float) -> None:
    """See that a canary answers a share of the requests: more than none, less than all."""
    if role == "canary" and not 0 < share < 1:
        raise DeploymentError(f"expected a canary's share between 0 and 1, got {share}")


def _query() -> Select[Any]:
    columns = [each for each in deployments.c if each.name != "model_id"]
    source = builds.c.source.label("version")
    joined = deployments.join(models).join(builds, deployments.c.build_id == builds.c.id)
    return select(models.c.name.label("endpoint"), source, *columns).select_from(joined)


def _deployment(row: Row[Any]) -> Deployment:
    told = row._mapping
    resources = Resources(**{name: told[name] for name in Resources.__dataclass_fields__})
    made = ("resources", "crn")
    named = {name: told[name] for name in Deployment.__dataclass_fields__ if name not in made}
    crn = f"crn:motifleet:deployment:{told['endpoint']}:{told['id']}"
    return Deployment(**named, resources=resources, crn=crn)
