"""Two versions side by side, and on the same reports, which neither has learnt from."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from motifleet.errors import InvalidArgumentError, ModelError
from motifleet.models.failure_classifier import FailureClassifier
from motifleet.models.lineage import ancestry
from motifleet.models.metrics import Interval, Ranked, resampled
from motifleet.models.registry import Registry
from motifleet.models.sample import Label, Mask, Sample, read_sample
from motifleet.models.source import Source
from motifleet.models.splits import Split
from motifleet.models.trainer import expect_kind
from motifleet.models.values import PREFIX, Run, Version
from motifleet.tables import Tables


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Two classifiers on the same reports.

    Args:
        reports: how many.
        devices: of how many devices.
        failures: the share of failures among them, which is PR-AUC's baseline.
        first: PR-AUC of the first version.
        second: of the second.
        low: of the second less the first, with 95 % of resampled devices.
        high: the other end.
        snapshot_id: the snapshot that the reports are from.
    """

    reports: int
    devices: int
    failures: float
    first: float
    second: float
    low: float
    high: float
    snapshot_id: int

    @property
    def better(self) -> str | None:
        """Which version is better: "first", "second", or None where nobody can tell."""
        if self.low > 0:
            return "second"
        return "first" if self.high < 0 else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions side by side.

    Args:
        first: one version.
        second: the other.
        metrics: by name, of each; on the test reports of its own training.
        params: those that differ.
        rows_between: rows that the second snapshot has more than the first; None: of other tables.
        batches_between: the batch ids between the snapshots, where they are still known.
        held_out: both on the same reports; None where they cannot be judged so.
        verdict: which is better, in a sentence.
    """

    first: Version
    second: Version
    metrics: Mapping[str, tuple[float | None, float | None]]
    params: Mapping[str, tuple[str | None, str | None]]
    rows_between: int | None
    batches_between: tuple[str, ...]
    held_out: HeldOut | None
    verdict: str

    def to_dict(self) -> dict[str, Any]:
        """The fields as JSON has them."""
        held_out = None if self.held_out is None else asdict(self.held_out)
        if held_out is not None and self.held_out is not None:
            held_out["better"] = self.held_out.better
        return {
            "first": self.first.to_dict(),
            "second": self.second.to_dict(),
            "metrics": dict(self.metrics),
            "params": dict(self.params),
            "rows_between": self.rows_between,
            "batches_between": list(self.batches_between),
            "held_out": held_out,
            "verdict": self.verdict,
        }


def compare(
    registry: Registry,
    tables: Tables,
    first: str,
    second: str,
    *,
    as_of: int | str | None = None,
) -> Comparison:
    """Lay two versions side by side; failure classifiers are judged on the same reports too.

    These are test reports of both trainings, of the later snapshot or the one that is named.

    Raises:
        UnknownModelError: there is no such version.
        UnknownSnapshotError: the snapshot has been expired.
        ModelError: the versions are of different kinds.
    """
    versions = registry.version(first), registry.version(second)
    expect_kind(versions[1], versions[0].kind, f"compare with {versions[0].reference}")
    runs = registry.run(versions[0].run_id), registry.run(versions[1].run_id)
    rows, batches = _between(tables, *versions)
    held_out = None
    if versions[0].kind == FailureClassifier.name:
        held_out = _held_out(registry, tables, versions, as_of)
    return Comparison(
        *versions,
        metrics=_side_by_side(runs[0].metrics, runs[1].metrics),
        params=_differing(*runs),
        rows_between=rows,
        batches_between=batches,
        held_out=held_out,
        verdict=_verdict(versions, held_out),
    )


def _verdict(versions: tuple[Version, Version], held_out: HeldOut | None) -> str:
    if held_out is None:
        return "These models are not judged by the same reports; compare their figures."
    names = {"first": versions[0].reference, "second": versions[1].reference}
    gain = f"PR-AUC {held_out.low:+.3f} to {held_out.high:+.3f}"
    if held_out.better is None:
        return (
            f"Nobody can tell which is better: {names['second']} is ahead of {names['first']} "
            f"by {gain}, and that holds 0."
        )
    other = names["first" if held_out.better == "second" else "second"]
    return f"{names[held_out.better]} is better than {other}: the second less the first is {gain}."


def _between(tables: Tables, first: Version, second: Version) -> tuple[int | None, tuple[str, ...]]:
    one, other = first.lineage, second.lineage
    if one is None or other is None or one.table != other.table:
        return None, ()
    known = {each.id: each for each in tables.snapshots(one.table)}
    later = ancestry(known, other.snapshot_id)
    ids = [each.id for each in later]
    added = later[: ids.index(one.snapshot_id)] if one.snapshot_id in ids else []
    batches = tuple(str(each.batch_id) for each in reversed(added) if each.batch_id)
    return other.rows - one.rows, batches


def _side_by_side(
    first: Mapping[str, float], second: Mapping[str, float]
) -> dict[str, tuple[float | None, float | None]]:
    names = dict.fromkeys([*first, *second])
    return {name: (first.get(name), second.get(name)) for name in names}


def _differing(first: Run, second: Run) -> dict[str, tuple[str | None, str | None]]:
    names = dict.fromkeys([*first.params, *second.params])
    pairs = {name: (first.params.get(name), second.params.get(name)) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _held_out(
    registry: Registry,
    tables: Tables,
    versions: tuple[Version, Version],
    as_of: int | str | None,
) -> HeldOut | None:
    lineages = [each.lineage for each in versions]
    if None in lineages or lineages[0].table != lineages[1].table:  # type: ignore[union-attr]
        return None
    later = max((each for each in lineages if each), key=lambda each: each.rows)
    source = Source(tables, later.table, later.snapshot_id if as_of is None else as_of).pinned()
    judges = [_Judge.of(registry, each) for each in versions]
    if judges[0].label != judges[1].label:
        raise ModelError(
            f"expected versions that predict the same, got {judges[0].label.describe()} and "
            f"{judges[1].label.describe()}"
        )
    signals = list(dict.fromkeys([*judges[0].signals, *judges[1].signals]))
    sample = read_sample(source, signals, judges[0].label)
    there = judges[0].held_out(sample) & judges[1].held_out(sample)
    labels, devices = sample.labels[there], sample.codes[there]
    if len(np.unique(labels)) < 2:
        raise InvalidArgumentError(
            "expected reports of both classes that neither version has learnt from, got "
            f"{len(labels):,} of one class: train both with the same seed and split"
        )
    ranked = [Ranked(labels, each.probability(sample)[there]) for each in judges]
    gain = resampled(lambda w: ranked[1].pr_auc(w) - ranked[0].pr_auc(w), devices)
    return _told(labels, devices, ranked, gain, int(str(source.as_of)))


def _told(
    labels: Any, devices: Any, ranked: list[Ranked], gain: Interval, snapshot_id: int
) -> HeldOut:
    return HeldOut(
        reports=len(labels),
        devices=len(np.unique(devices)),
        failures=float(labels.mean()),
        first=ranked[0].pr_auc(),
        second=ranked[1].pr_auc(),
        low=gain.low,
        high=gain.high,
        snapshot_id=snapshot_id,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Judge:
    """A version with what its training noted: label, split, and the trees themselves."""

    model: Any
    label: Label
    split: Split
    signals: list[str]

    @classmethod
    def of(cls, registry: Registry, version: Version) -> "_Judge":
        _, model = registry.model(version.reference)
        tags = registry.tags(version.run_id)
        label = json.loads(tags[f"{PREFIX}label"]) | {"as_of": None}
        split = json.loads(tags[f"{PREFIX}split"])
        return cls(model, Label(**label), Split(**split), list(model.terms["signals"]))

    def held_out(self, sample: Sample) -> Mask:
        return self.split.parts(sample, self.label.horizon).test

    def probability(self, sample: Sample) -> Any:
        return self.model.score(sample.signals, sample.offsets.tolist())["probability"]
