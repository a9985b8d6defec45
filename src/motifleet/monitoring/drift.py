"""Drift: how far what a model is asked, and answers, has gone from what it was trained on.

For each feature the population stability index (PSI) over bins of the training snapshot, and the
two-sample statistic of Kolmogorov and Smirnov (KS), both with their uncertainty: a few requests
never look like those that a model was trained on, drift or not. PSI has a 95 % interval of
resamples, and ``chance``, which it would exceed by chance alone in one case of 20 (Yurdakul,
"Statistical properties of the population stability index", 2018). KS has the interval of
Dvoretzky, Kiefer, Wolfowitz and Massart, and a p-value, for which SciPy is asked; over several
features it is corrected as Holm (1979) says.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Verdict: TypeAlias = Literal["stable", "some", "drift", "too few", "nothing"]
LEAST = 30
SOME, MUCH = 0.1, 0.25
_BINS, _CATEGORIES, _ROUNDS = 10, 20, 500
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Bin:
    """A part of a feature's values, and the share of them before and now."""

    name: str
    reference: float
    current: float


@dataclass(frozen=True, slots=True)
class FeatureDrift:
    """How far a feature has gone.

    Args:
        name: of the feature.
        verdict: "stable" (PSI below 0.1, or no more than chance), "some", "drift" (0.25 and more),
            "too few" (fewer than 30 values on a side), "nothing" (no value at all on a side).
        reference, current: how many values there are, missing ones too.
        missing_reference, missing_current: the share that is missing.
        psi: the index; None where the verdict is "too few" or "nothing".
        psi_low, psi_high: its 95 % interval.
        chance: what it would exceed by chance alone in one case of 20.
        ks: the largest distance of the two distributions; None for text.
        ks_low, ks_high: its 95 % interval.
        p_value: how likely such a distance is without drift, corrected for the number of features.
        bins: what the index is made of.
    """

    name: str
    verdict: Verdict
    reference: int
    current: int
    missing_reference: float
    missing_current: float
    psi: float | None = None
    psi_low: float | None = None
    psi_high: float | None = None
    chance: float | None = None
    ks: float | None = None
    ks_low: float | None = None
    ks_high: float | None = None
    p_value: float | None = None
    bins: tuple[Bin, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "FeatureDrift":
        """A feature as `to_dict` gave it."""
        return cls(**{**told, "bins": tuple(Bin(**each) for each in told["bins"])})


def drift_of(
    reference: Mapping[str, Sequence[Any]], current: Mapping[str, Sequence[Any]], *, seed: int = 0
) -> list[FeatureDrift]:
    """How far each feature has gone, those that both sides have, in the reference's order.

    Args:
        reference: values by feature: numbers or text; None and NaN are missing.
        current: the same, now.
        seed: of the resamples.

    >>> rng = np.random.default_rng(0)
    >>> before, now = {"speed": rng.normal(60, 5, 5000)}, {"speed": rng.normal(66, 5, 500)}
    >>> found = drift_of(before, now)[0]
    >>> found.verdict, found.psi_low < found.psi < found.psi_high
    ('drift', True)
    """
    found = [
        feature_drift(name, reference[name], current[name], seed=seed)
        for name in reference
        if name in current
    ]
    return _corrected(found)


def feature_drift(
    name: str, reference: Sequence[Any], current: Sequence[Any], *, seed: int = 0
) -> FeatureDrift:
    """How far one feature has gone; see `drift_of`."""
    numeric = _are_numbers(reference) and _are_numbers(current)
    before, now = (_values(each, numeric) for each in (reference, current))
    told = FeatureDrift(
        name,
        "nothing",
        len(reference),
        len(current),
        1 - len(before) / max(len(reference), 1),
        1 - len(now) / max(len(current), 1),
    )
    if not len(before) or not len(now):
        return told
    if min(len(reference), len(current)) < LEAST:
        return replace(told, verdict="too few")
    names, counted = _counted(before, now, numeric)
    counted = np.column_stack([counted, [len(reference) - len(before), len(current) - len(now)]])
    told = replace(told, **_psi(names, counted, seed))
    if numeric:
        told = replace(told, **_ks(before, now))
    return replace(told, verdict=_verdict(told))


def psi(reference: NDArray[Any], current: NDArray[Any]) -> float:
    """The population stability index of counts by bin; half a value is added to each bin.

    Args:
        reference: shape (bins,).
        current: shape (bins,).

    >>> round(psi(np.array([50, 50]), np.array([90, 10])), 3), psi(np.ones(3), np.ones(3))
    (0.853, 0.0)
    """
    return float(_indices(reference[None], current[None])[0])


def _indices(reference: NDArray[Any], current: NDArray[Any]) -> NDArray[Any]:
    """The index of each row of counts."""
    before, now = reference + 0.5, current + 0.5
    p = before / before.sum(axis=1, keepdims=True)
    q = now / now.sum(axis=1, keepdims=True)
    return np.asarray(np.sum((q - p) * np.log(q / p), axis=1))


def _psi(names: Sequence[str], counted: NDArray[Any], seed: int) -> dict[str, Any]:
    from scipy.stats import chi2

    named = [*names, "missing"]
    used = counted.sum(axis=0) > 0
    named, counts = [n for n, each in zip(named, used, strict=True) if each], counted[:, used]
    sums = counts.sum(axis=1)
    value = psi(counts[0], counts[1])
    rng = np.random.default_rng(seed)
    shares = (counts + 0.5) / (counts + 0.5).sum(axis=1, keepdims=True)
    resampled = (
        rng.multinomial(total, part, size=_ROUNDS) for total, part in zip(sums, shares, strict=True)
    )
    drawn = _indices(*resampled)
    # Resamples lie above the value by what chance adds, as the value does above the truth.
    low, high = np.quantile(drawn, [0.025, 0.975]) - (np.mean(drawn) - value)
    freedom = max(1, counts.shape[1] - 1)
    chance = float(chi2.ppf(_CONFIDENCE, freedom)) * float(np.sum(1 / sums))
    bins = tuple(
        Bin(name, float(a), float(b))
        for name, a, b in zip(named, counts[0] / sums[0], counts[1] / sums[1], strict=True)
    )
    low, high = max(0.0, min(float(low), value)), max(float(high), value)
    return {"psi": value, "psi_low": low, "psi_high": high, "chance": chance, "bins": bins}


def _ks(before: NDArray[Any], now: NDArray[Any]) -> dict[str, Any]:
    from scipy.stats import ks_2samp

    found = ks_2samp(before, now, method="asymp")
    value = float(found.statistic)
    half = sum(
        math.sqrt(math.log(2 / (1 - math.sqrt(_CONFIDENCE))) / (2 * len(each)))
        for each in (before, now)
    )
    return {
        "ks": value,
        "ks_low": max(0.0, value - half),
        "ks_high": min(1.0, value + half),
        "p_value": float(found.pvalue),
    }


def _verdict(told: FeatureDrift) -> Verdict:
    """Drift is what is large, and more than chance makes."""
    index, chance = told.psi or 0.0, told.chance or 0.0
    if index < SOME or index <= chance:
        return "stable"
    return "drift" if index >= MUCH else "some"


def _counted(
    before: NDArray[Any], now: NDArray[Any], numeric: bool
) -> tuple[list[str], NDArray[Any]]:
    """How many values of each side are in each bin, without the missing ones."""
    kinds = np.unique(before)
    if numeric and len(kinds) > _BINS:
        edges = np.unique(np.quantile(before, np.linspace(0, 1, _BINS + 1)[1:-1]))
        counts = [
            np.bincount(np.searchsorted(edges, each, side="right"), minlength=len(edges) + 1)
            for each in (before, now)
        ]
        marks = [f"{each:.4g}" for each in edges]
        names = [f"below {marks[0]}"]
        names += [f"{a} to {b}" for a, b in pairwise(marks)]
        return [*names, f"{marks[-1]} and above"], np.array(counts)
    return _by_value(before, now, numeric)


def _by_value(
    before: NDArray[Any], now: NDArray[Any], numeric: bool
) -> tuple[list[str], NDArray[Any]]:
    """A bin for each of the commonest values, and one for all others; numbers left of them too."""
    kinds, counts = np.unique(before, return_counts=True)
    common = np.sort(kinds[np.argsort(-counts, kind="stable")][:_CATEGORIES])
    counted = [[int(np.sum(each == kind)) for kind in common] for each in (before, now)]
    rest = [len(each) - sum(row) for each, row in zip((before, now), counted, strict=True)]
    names = [f"{kind:.4g}" if numeric else str(kind) for kind in common.tolist()]
    return [*names, "others"], np.column_stack([np.array(counted), rest])


def _are_numbers(values: Sequence[Any]) -> bool:
    if isinstance(values, np.ndarray) and values.dtype.kind in "fiub":
        return True
    return all(each is None or isinstance(each, int | float) for each in values)


def _values(values: Sequence[Any], numeric: bool) -> NDArray[Any]:
    """The values that are there."""
    if numeric:
        found = np.array([math.nan if each is None else each for each in values], np.float64)
        return found[np.isfinite(found)]
    there = (each for each in values if each is not None)
    return np.array([str(each) for each in there if str(each) != "nan"], dtype=str)


def _corrected(found: Sequence[FeatureDrift]) -> list[FeatureDrift]:
    """p-values as Holm corrects them for their number."""
    order = sorted(
        (at for at, each in enumerate(found) if each.p_value is not None),
        key=lambda at: found[at].p_value or 0.0,
    )
    corrected, highest = list(found), 0.0
    for rank, at in enumerate(order):
        highest = max(highest, min(1.0, (found[at].p_value or 0.0) * (len(order) - rank)))
        corrected[at] = replace(found[at], p_value=highest)
    return corrected
