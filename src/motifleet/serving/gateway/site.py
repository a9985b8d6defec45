"""The gateway's routes: the lab's, MLflow's and the Open Inference protocol's."""

import random
import sys
import traceback
from typing import Any

import orjson

from motifleet.serving.gateway.ask import Ask, new_uuid
from motifleet.serving.gateway.bodies import (
    JSON,
    RefusedError,
    Transport,
    error_body,
    parsed,
    read_body,
    written,
)
from motifleet.serving.gateway.desk import Desk
from motifleet.serving.gateway.routing import Endpoint
from motifleet.serving.replica.forms import LAB, MLFLOW, OPEN_INFERENCE
from motifleet.serving.replica.frames import Answer

# Of a HEAD's answer the server leaves the body out.
_READ = ("GET", "HEAD")
_TEXT = [("content-type", "text/plain; version=0.0.4; charset=utf-8")]


class Site:
    """Answers requests by HTTP; granian calls it (RSGI).

    Args:
        desk: brings requests to replicas.
        version: of Motifleet.
    """

    def __init__(self, desk: Desk, version: str) -> None:
        self._desk, self._version = desk, version

    async def __rsgi__(self, scope: Any, transport: Transport) -> None:
        """Answer one request; what goes wrong is answered too."""
        if scope.proto != "http":
            transport.close(403)  # type: ignore[attr-defined]
            return
        try:
            await self._route(scope, transport)
        except RefusedError as error:
            _refuse(scope, transport, error)
        except Exception:
            traceback.print_exc(file=sys.stderr)  # the gateway's log
            _refuse(scope, transport, RefusedError(500, "the gateway failed at this request"))

    async def _route(self, scope: Any, transport: Transport) -> None:
        path, reads = scope.path, scope.method in _READ
        parts = path.split("/")
        if path == "/model":
            await self._model(scope, transport)
        elif len(parts) == 4 and parts[1] == "endpoints":
            await self._endpoint(scope, transport, parts[2], parts[3])
        elif parts[1] == "v2":
            await self._v2(scope, transport, parts[2:])
        elif path == "/metrics" and reads:
            transport.response_bytes(200, _TEXT, self._desk.metrics())
        elif path in ("/ping", "/health") and reads:
            _send(transport, 200, b'{"status":"ok"}')
        else:
            raise RefusedError(404, f"there is nothing at {path[:200]}")

    async def _model(self, scope: Any, transport: Transport) -> None:
        _only(scope, "POST")
        told = parsed(await read_body(scope, transport, self._desk.seconds))
        if not isinstance(told, dict) or not isinstance(told.get("accessKey"), str):
            raise RefusedError(401, "expected an object with accessKey and request")
        endpoint = self._desk.opened_by(told["accessKey"])
        if "request" not in told:
            raise RefusedError(400, "expected a request beside the accessKey")
        ask, answer = await self._ask(endpoint, LAB, written(told["request"]))
        if answer.status != 200:
            raise _failure(answer)
        crn = ask.crn.encode()
        body = (
            b'{"success":true,"response":{"prediction":%b,"uuid":"%b","model_deployment_crn":"%b"}}'
        )
        _send(transport, 200, body % (answer.output, ask.uuid.encode(), crn), ask.uuid)

    async def _endpoint(self, scope: Any, transport: Transport, name: str, what: str) -> None:
        if what == "invocations":
            _only(scope, "POST")
            endpoint = self._allowed(scope, name)
            body = await read_body(scope, transport, self._desk.seconds)
            ask, answer = await self._ask(endpoint, MLFLOW, body)
            if answer.status != 200:
                raise _failure(answer)
            _send(transport, 200, b'{"predictions":%b}' % answer.output, ask.uuid)
        elif what in ("ping", "health"):
            _only(scope, "GET")
            ready = self._desk.ready(name)
            _send(transport, 200 if ready else 503, b"\n" if ready else b'{"status":"starting"}')
        elif what == "version":
            _only(scope, "GET")
            self._desk.endpoint(name)
            _send(transport, 200, orjson.dumps({"version": self._version}))
        else:
            raise RefusedError(404, f"an endpoint has invocations, ping and version, not {what!r}")

    async def _v2(self, scope: Any, transport: Transport, parts: list[str]) -> None:
        if parts[:1] == ["models"] and len(parts) >= 2:
            await self._v2_model(scope, transport, parts[1], parts[2:])
            return
        _only(scope, "GET")
        if parts in ([], [""]):
            told: dict[str, Any] = {"name": "motifleet", "version": self._version, "extensions": []}
        elif parts == ["health", "live"]:
            told = {"live": True}
        elif parts == ["health", "ready"]:
            told = {"ready": True}
        else:
            raise RefusedError(404, f"there is nothing at {scope.path[:200]}")
        _send(transport, 200, orjson.dumps(told))

    async def _v2_model(self, scope: Any, transport: Transport, name: str, rest: list[str]) -> None:
        if rest[:1] == ["versions"]:
            rest = rest[2:]
        if rest == ["infer"]:
            _only(scope, "POST")
            await self._infer(scope, transport, self._allowed(scope, name))
            return
        _only(scope, "GET")
        endpoint = self._desk.endpoint(name)
        if rest == ["ready"]:
            ready = self._desk.ready(name)
            _send(transport, 200 if ready else 503, orjson.dumps({"name": name, "ready": ready}))
        elif not rest:
            _send(transport, 200, orjson.dumps(self._described(endpoint)))
        else:
            raise RefusedError(404, f"there is nothing at {scope.path[:200]}")

    async def _infer(self, scope: Any, transport: Transport, endpoint: Endpoint) -> None:
        if not endpoint.columns:
            raise RefusedError(400, f"the model of {endpoint.name} is not tabular")
        body = await read_body(scope, transport, self._desk.seconds)
        told = parsed(body)
        ask, answer = await self._ask(endpoint, OPEN_INFERENCE, body)
        if answer.status != 200:
            raise _failure(answer)
        name = told.get("id") if isinstance(told, dict) else None
        head = orjson.dumps(
            {
                "model_name": endpoint.name,
                "model_version": ask.version,
                "id": name if isinstance(name, str) else ask.uuid,
            }
        )
        _send(transport, 200, head[:-1] + b',"outputs":%b}' % answer.output, ask.uuid)

    def _described(self, endpoint: Endpoint) -> dict[str, Any]:
        deployment = self._desk.primary(endpoint)
        return {
            "name": endpoint.name,
            "versions": [deployment.version] if deployment else [],
            "platform": "motifleet",
            "inputs": endpoint.columns,
            "outputs": [],
        }

    def _allowed(self, scope: Any, name: str) -> Endpoint:
        told = scope.headers.get("authorization", "")
        scheme, _, key = told.partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise RefusedError(401, "expected an access key")
        endpoint = self._desk.opened_by(key.strip())
        if endpoint.name != name:
            raise RefusedError(403, f"this access key does not open {name[:200]!r}")
        return endpoint

    async def _ask(self, endpoint: Endpoint, form: int, body: bytes) -> tuple[Ask, Answer]:
        return await self._desk.ask(endpoint, form, body, random.random())  # noqa: S311 -- a share


def _refuse(scope: Any, transport: Transport, error: RefusedError) -> None:
    name = new_uuid()
    told = error_body(error.status, error.message, name)
    if scope.path == "/model":
        told = {"success": False, **told}
    headers = [JSON, ("x-request-id", name)]
    if error.status in (429, 503):
        headers.append(("retry-after", "1"))
    if error.allow:
        headers.append(("allow", error.allow))
    transport.response_bytes(error.status, headers, orjson.dumps(told))


def _send(transport: Transport, status: int, body: bytes, uuid: str = "") -> None:
    headers = [JSON, ("x-prediction-uuid", uuid)] if uuid else [JSON]
    transport.response_bytes(status, headers, body)


def _only(scope: Any, method: str) -> None:
    told = scope.method
    if told != method and not (method == "GET" and told in _READ):
        allow = ", ".join(_READ) if method == "GET" else method
        raise RefusedError(405, f"expected {method}, got {told[:20]}", allow)


def _failure(answer: Answer) -> RefusedError:
    told = orjson.loads(answer.output)
    return RefusedError(answer.status, str(told["message"]))
