"""``motifleet deployment``: replicas of a build, changed without dropping a request."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from motifleet.cli import options
from motifleet.cli.output import Output

if TYPE_CHECKING:
    from motifleet.app import Deployment, Resources

app = typer.Typer(no_args_is_help=True)

Name = Annotated[
    str, typer.Argument(metavar="DEPLOYMENT", help="Its id, or an endpoint's present one.")
]
Wait = Annotated[
    float, typer.Option("--wait", min=0, metavar="SECONDS", help="Wait until it is done.")
]


@app.command("create")
def create(
    build: Annotated[
        str, typer.Argument(metavar="BUILD", help="A build's id, or an endpoint for its newest.")
    ],
    cpu: Annotated[
        float | None, typer.Option("--cpu", metavar="CORES", help="Cores of each replica.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option("--memory", metavar="SIZE", help="Of each, as in 4GB or 512MB.")
    ] = None,
    replicas: Annotated[
        str | None, typer.Option("--replicas", metavar="N", help="How many: 2, or 1:4, or 0:2.")
    ] = None,
    idle: Annotated[
        float | None,
        typer.Option("--idle", metavar="SECONDS", help="Scale to zero after this (of 0:N)."),
    ] = None,
    canary: Annotated[
        float | None,
        typer.Option("--canary", metavar="SHARE", help="Answer this share of requests only."),
    ] = None,
    shadow: Annotated[
        bool, typer.Option("--shadow", help="Be asked everything, and answer nobody.")
    ] = False,
    wait: Wait = 0.0,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Deploy a build: once its replicas are ready, it takes over from the one before."""
    from motifleet.app import open_home

    if canary is not None and shadow:
        raise typer.BadParameter("expected --canary or --shadow, got both")
    role: Literal["primary", "canary", "shadow"] = "shadow" if shadow else "primary"
    serving = open_home(home).serving
    _render(
        as_json,
        serving.deploy(
            build,
            _resources(serving.resources(build), cpu, memory, replicas, idle),
            role="canary" if canary is not None else role,
            share=canary or 0.0,
            wait=wait,
        ),
    )


@app.command("list")
def list_deployments(
    endpoint: Annotated[
        str | None, typer.Argument(metavar="[ENDPOINT]", help="Only this endpoint's.")
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """List the deployments, the oldest first."""
    from motifleet.app import open_home

    columns = ["id", "endpoint", "number", "serves", "role", "status", "cpu", "memory", "replicas"]
    options.listed(
        as_json,
        "deployments",
        open_home(home).serving.deployments(endpoint),
        [*columns, "created_at"],
        serves=lambda each: each.version,
        cpu=lambda each: each.resources.cpu,
        memory=lambda each: f"{each.resources.memory / (1 << 30):g} GB",
        replicas=lambda each: f"{each.resources.least}:{each.resources.most}",
    )


@app.command()
def show(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Show a deployment and the logs of its replicas, those that have ended too."""
    from motifleet.app import open_home

    output = Output(as_json)
    serving = open_home(home).serving
    told, logs = serving.deployment(name), serving.deployment_logs(name)
    output.document({**told.to_dict(), "logs": logs})
    output.line(f"{told.id}: {told.version} for {told.endpoint}, {told.role}, {told.status}")
    if told.reason:
        output.line(f"because: {told.reason}")
    for replica, log in logs.items():
        output.line(f"\n{replica}")
        output.line(log.rstrip() or "(it said nothing)")


@app.command()
def stop(
    name: Name, wait: Wait = 0.0, home: options.Home = None, as_json: options.Json = False
) -> None:
    """Let a deployment answer what it has, and stop it."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).serving.stop(name, wait=wait))


@app.command()
def restart(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Put new replicas in the place of a deployment's."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).serving.restart(name))


@app.command()
def promote(name: Name, home: options.Home = None, as_json: options.Json = False) -> None:
    """Let a canary or a shadow answer all requests."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).serving.promote(name))


@app.command()
def rollback(
    endpoint: Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")],
    to: Annotated[
        str | None, typer.Option("--to", metavar="DEPLOYMENT", help="Not the one before: this.")
    ] = None,
    wait: Wait = 0.0,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Deploy once more what was deployed before."""
    from motifleet.app import open_home

    _render(as_json, open_home(home).serving.roll_back(endpoint, to, wait=wait))


def _resources(
    before: "Resources",
    cpu: float | None,
    memory: str | None,
    replicas: str | None,
    idle: float | None,
) -> "Resources":
    from motifleet.app import Resources

    least, most = (before.least, before.most) if replicas is None else _counts(replicas)
    return Resources(
        before.cpu if cpu is None else cpu,
        before.memory if memory is None else options.bytes_of(memory),
        least,
        most,
        before.idle_seconds if idle is None else idle,
    )


def _counts(text: str) -> tuple[int, int]:
    least, _, most = text.partition(":")
    try:
        return int(least), int(most or least)
    except ValueError:
        raise typer.BadParameter(f"expected replicas as 2 or 1:4, got {text!r}") from None


def _render(as_json: bool, told: "Deployment") -> None:
    output = Output(as_json)
    output.document(told.to_dict())
    output.line(f"{told.id}: {told.version} for {told.endpoint}, {told.role}, {told.status}")
