"""``motifleet endpoint``: what answers requests, its access keys, and the gateway."""

from pathlib import Path
from typing import Annotated

import typer

from motifleet.cli import options
from motifleet.cli.build import parsed
from motifleet.cli.endpoint_simulate import simulate
from motifleet.cli.output import Output

app = typer.Typer(no_args_is_help=True)
app.command()(simulate)

Endpoint = Annotated[str, typer.Argument(metavar="ENDPOINT", help="The endpoint's name.")]


@app.command("list")
def list_endpoints(home: options.Home = None, as_json: options.Json = False) -> None:
    """List the endpoints with the deployments that answer for them."""
    from motifleet.app import open_home

    output = Output(as_json)
    found = open_home(home).serving.endpoints()
    output.document({"endpoints": found})
    output.rows(found, ["endpoint", "project", "version", "primary", "canary", "shadow"])


@app.command()
def serve(
    host: Annotated[str, typer.Option("--host", help="On this address.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="On this port.")] = 8000,
    certificate: Annotated[
        Path | None, typer.Option("--certificate", metavar="FILE", help="TLS: the certificate.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--key", metavar="FILE", help="TLS: its private key.")
    ] = None,
    insecure_public: Annotated[
        bool, typer.Option("--insecure-public", help="Listen to other machines without TLS.")
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Run the gateway and all deployments of this home until Ctrl-C."""
    from motifleet.app import Listen, open_home

    if (certificate is None) != (key is None):
        raise typer.BadParameter("expected both --certificate and --key, or neither")
    output = Output(as_json)

    def up(address: str) -> None:
        output.document({"address": address})
        output.line(f"endpoints answer at {address} (Ctrl-C ends them)")

    open_home(home).serving.serve(
        Listen(host, port, certificate, key),
        up,
        output.note,
        insecure_public=insecure_public,
    )


@app.command()
def ask(
    request: Annotated[str, typer.Argument(metavar="JSON", help="The request.")],
    key: Annotated[
        str, typer.Option("--key", metavar="KEY", envvar="MOTIFLEET_KEY", help="An access key.")
    ],
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Ask the endpoint that an access key opens, through the gateway of this home."""
    import json

    from motifleet.app import open_home

    output = Output(as_json)
    told = open_home(home).serving.ask(key, parsed(request))
    output.document(told)
    output.line(json.dumps(told["prediction"]))
    output.note(f"prediction {told['uuid']}")


@app.command("log")
def keep(
    endpoint: Endpoint,
    inputs: Annotated[
        int | None, typer.Option("--inputs", min=0, metavar="BYTES", help="Of a request, at most.")
    ] = None,
    outputs: Annotated[
        int | None, typer.Option("--outputs", min=0, metavar="BYTES", help="Of an answer.")
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option("--sample", metavar="SHARE", help="Of this share of predictions."),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Say, or change, what the prediction log keeps of requests and answers."""
    from dataclasses import replace

    from motifleet.app import open_home

    output = Output(as_json)
    serving = open_home(home).serving
    given = {"inputs": inputs, "outputs": outputs, "sample": sample}
    chosen = {name: value for name, value in given.items() if value is not None}
    kept = replace(serving.keeping(endpoint), **chosen)  # type: ignore[arg-type]
    if chosen:
        serving.keep(endpoint, kept)
    output.document(kept.to_dict())
    output.line(
        f"{endpoint}: requests up to {kept.inputs:,} bytes and answers up to {kept.outputs:,}, "
        f"of {kept.sample:.0%} of the predictions"
    )


@app.command("keys")
def list_keys(endpoint: Endpoint, home: options.Home = None, as_json: options.Json = False) -> None:
    """List an endpoint's access keys; what they are was shown when they were made."""
    from motifleet.app import open_home

    found = open_home(home).serving.keys(endpoint)
    columns = ["id", "begins", "created_at", "expires_at"]
    options.listed(as_json, "keys", found, columns, begins=lambda each: each.hint)


@app.command("make-key")
def make_key(
    endpoint: Endpoint,
    days: Annotated[
        float | None, typer.Option("--days", min=0, help="How long it is good for.")
    ] = None,
    overlap: Annotated[
        float | None,
        typer.Option(
            "--overlap", min=0, metavar="SECONDS", help="Rotate: the others end after this."
        ),
    ] = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Make an access key; it is shown this once."""
    from motifleet.app import open_home

    output = Output(as_json)
    seconds = None if days is None else days * 86_400
    told, secret = open_home(home).serving.make_key(endpoint, seconds=seconds, overlap=overlap)
    output.document({**told.to_dict(), "key": secret})
    output.line(secret)
    output.note(f"{told.id} opens {endpoint}; keep it: only its checksum is stored")


@app.command("revoke-key")
def revoke_key(
    name: Annotated[str, typer.Argument(metavar="ID", help="The key's id.")],
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Take an access key away at once."""
    from motifleet.app import open_home

    output = Output(as_json)
    open_home(home).serving.revoke_key(name)
    output.document({"revoked": name})
    output.line(f"{name} opens nothing any more")
