"""``motifleet up``: the server of a home."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from motifleet.cli import options
from motifleet.cli.output import Output
from motifleet.cli.status import show_addresses

if TYPE_CHECKING:
    from motifleet.app import Addresses

Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="The REST API's port.")]


def up(
    host: Annotated[
        str, typer.Option("--host", help="Where REST API and endpoints listen.")
    ] = "127.0.0.1",
    port: Port = 8080,
    gateway_port: Annotated[
        int, typer.Option("--gateway-port", min=0, max=65535, help="The endpoints' port.")
    ] = 8000,
    mlflow_port: Annotated[
        int, typer.Option("--mlflow-port", min=0, max=65535, help="The port of MLflow's page.")
    ] = 5000,
    no_mlflow: Annotated[bool, typer.Option("--no-mlflow", help="No page of MLflow.")] = False,
    certificate: Annotated[
        Path | None, typer.Option("--tls-certificate", metavar="FILE", help="TLS: certificate.")
    ] = None,
    key: Annotated[
        Path | None, typer.Option("--tls-key", metavar="FILE", help="TLS: its private key.")
    ] = None,
    insecure_public: Annotated[
        bool, typer.Option("--insecure-public", help="Listen to other machines without TLS.")
    ] = False,
    show_token: Annotated[
        bool, typer.Option("--show-token", help="Print the owner's token too.")
    ] = False,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Start REST API, endpoints, MLflow's page and jobs, until Ctrl-C."""
    from motifleet.app import Listen, Server, Where
    from motifleet.config import load_settings

    _check_files(certificate, key)
    output = Output(as_json)
    server = Server(load_settings(home))

    def ready(told: "Addresses") -> None:
        secret = Path(told.token).read_text(encoding="utf-8").strip()
        token = {"token": secret} if show_token else {}
        output.event("ready", {**told.to_dict(), "token_file": told.token, **token})
        show_addresses(output, told)
        for each in token.values():
            output.line(f"token  {each}")

    def note(text: str) -> None:
        output.event("note", {"text": text})
        if not as_json:
            output.note(text)

    api = Listen(host, port, certificate, key)
    gateway = Listen(host, gateway_port, certificate, key)
    where = Where(api, gateway, None if no_mlflow else mlflow_port)
    server.run(where, ready, note, insecure_public=insecure_public)
    output.event("stopped", {})
    if not as_json:
        output.note("stopped")


def _check_files(certificate: Path | None, key: Path | None) -> None:
    if (certificate is None) != (key is None):
        raise typer.BadParameter("expected both --tls-certificate and --tls-key, or neither")
    for path in (certificate, key):
        if path is not None and not path.is_file():
            raise typer.BadParameter(f"expected a file, got {path}")
