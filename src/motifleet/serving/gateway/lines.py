"""What is kept of a prediction: sizes limited, inputs and outputs sampled."""

import orjson

from motifleet.serving.gateway.ask import Ask
from motifleet.serving.gateway.routing import Deployment
from motifleet.workspace import Prediction


def line_of(deployment: Deployment, ask: Ask) -> Prediction:
    """The record of a request that was answered."""
    answer = ask.answer
    kept = deployment.sample >= 1 or _drawn(ask.uuid) < deployment.sample
    return Prediction(
        uuid=ask.uuid,
        deployment_id=deployment.id,
        build_id=deployment.build,
        version=deployment.version,
        started_ms=ask.started_ms,
        ended_ms=ask.ended_ms,
        status=answer.status,
        inputs=_text(ask.body, deployment.inputs) if kept else None,
        outputs=_text(answer.output, deployment.outputs) if kept else None,
        shadow=ask.future is None,
        metrics=_metrics(answer.tracked) if answer.tracked else {},
    )


def _text(body: bytes, most: int) -> str | None:
    """The body, where it is no longer than what is kept: half of JSON is no JSON.

    Nor is what holds a NUL, which PostgreSQL takes in no text.
    """
    if len(body) > most or b"\0" in body:
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _metrics(tracked: bytes) -> dict[str, float | str | bool]:
    return {name.replace("\0", ""): value for name, value in orjson.loads(tracked).items()}


def _drawn(uuid: str) -> float:
    """A number from 0 to 1 that a uuid always draws."""
    return int(uuid[-8:], 16) / 0x1_0000_0000
