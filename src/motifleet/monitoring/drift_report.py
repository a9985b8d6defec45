"""A report of drift: all features of a deployment's predictions of some time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from motifleet.monitoring.drift import FeatureDrift, drift_of
from motifleet.monitoring.inputs import Features, answered, asked
from motifleet.workspace import Logged

_ORDER = ("nothing", "too few", "stable", "some", "drift")


@dataclass(frozen=True, slots=True)
class DriftReport:
    """How far a deployment's predictions of some time have gone from a reference.

    Args:
        endpoint, deployment_id, version: whose predictions.
        against: the reference in words, such as the table and snapshot.
        started_ms, ended_ms: of which time, in milliseconds since 1970.
        predictions: how many were looked at.
        inputs, outputs: by feature.
        created_at: when it was made.
    """

    endpoint: str
    deployment_id: str
    version: str
    against: str
    started_ms: int
    ended_ms: int
    predictions: int
    inputs: tuple[FeatureDrift, ...]
    outputs: tuple[FeatureDrift, ...]
    created_at: int = 0

    @property
    def verdict(self) -> str:
        """The worst of all features."""
        both = [each.verdict for each in (*self.inputs, *self.outputs)]
        return max(both, key=_ORDER.index, default="nothing")

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        told = {name: getattr(self, name) for name in self.__slots__}
        sides = {
            side: [each.to_dict() for each in getattr(self, side)] for side in ("inputs", "outputs")
        }
        return {**told, **sides, "verdict": self.verdict}

    @classmethod
    def from_dict(cls, told: dict[str, Any]) -> "DriftReport":
        """A report as `to_dict` gave it."""
        sides = {
            side: tuple(FeatureDrift.from_dict(each) for each in told[side])
            for side in ("inputs", "outputs")
        }
        return cls(**{name: told[name] for name in cls.__slots__} | sides)


def compared(
    reference: tuple[Features, Features], predictions: Sequence[Logged], columns: Sequence[str]
) -> tuple[tuple[FeatureDrift, ...], tuple[FeatureDrift, ...]]:
    """Inputs and outputs of predictions against a reference's."""
    inputs = drift_of(reference[0], asked(predictions, columns))
    outputs = drift_of(reference[1], answered(predictions))
    return tuple(inputs), tuple(outputs)
