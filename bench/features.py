"""What features add to raw signals, over five simulated fleets: the table in docs/models.md.

``python -m bench.features`` trains on each fleet, with each set of features, and writes the table
into the page. Seeds are those of fleet, split and trees alike, so that the same numbers come again.
The reports of a fleet are read once, and each feature is computed once.
"""

from pathlib import Path
from shutil import rmtree
from statistics import fmean
from tempfile import mkdtemp

from bench.report import between, table
from bench.rows import Row
from rich.console import Console

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.models import FailureClassifier, FeatureWorth, Judged, Label, Source, Split, Trees

PAGE = Path(__file__).parents[1] / "docs" / "models.md"
MARKS = "<!-- features: begin -->", "<!-- features: end -->"
ALL = ("rolling", "past", "discord")
SETS = {"rolling": ALL[:1], "past": ALL[1:2], "discord": ALL[2:], "all three": ALL}
SEEDS, DEVICES, DAYS = range(5), 300, 4


def compared(
    home: Motifleet, seed: int, *, devices: int = DEVICES, days: int = DAYS
) -> dict[tuple[str, ...], Judged]:
    """Models on raw signals and on each set of features, before the same reports of one fleet."""
    name = f"fleet_{seed}"
    home.simulate(Simulation("fleet", devices=devices, days=days, seed=seed), name)
    kind = FailureClassifier(
        Label(events=f"{name}_truth", hours=24),
        split=Split(seed=seed),
        trees=Trees(rounds=60),
        seed=seed,
    )
    # Reports of running engines.
    source = Source(home.tables, name, where="vibration > 0").pinned()
    return kind.judge(source, [(), *SETS.values()])


def row(home: Motifleet, seed: int) -> Row:
    """PR-AUC on the test reports of one fleet: of chance, raw signals, and each set of features."""
    judged = compared(home, seed)
    raw, gain = judged[()], FeatureWorth.of(judged[ALL], judged[()]).gain
    return {
        "seed": seed,
        "share of failures": raw.metrics["pr_auc_baseline"],
        "raw signals": raw.metrics["pr_auc"],
        **{each: judged[features].metrics["pr_auc"] for each, features in SETS.items()},
        "gain of all three": f"{gain.low:+.2f} to {gain.high:+.2f}",
    }


def mean(rows: list[Row]) -> Row:
    """The mean of each column of numbers."""
    means: Row = {}
    for name in rows[0]:
        numbers = [value for each in rows if isinstance(value := each[name], float)]
        means[name] = fmean(numbers) if numbers else None
    return means | {"seed": "mean"}


def main() -> None:
    """Measure, and write the table."""
    console, folder = Console(), Path(mkdtemp())
    try:
        home, rows = open_home(folder / "home"), list[Row]()
        for seed in SEEDS:
            with console.status(f"seed {seed}"):
                rows.append(row(home, seed))
    finally:
        rmtree(folder)
    between(PAGE, MARKS, table([*rows, mean(rows)]))
    console.print(f"written to {PAGE.relative_to(PAGE.parents[1])}")


if __name__ == "__main__":
    main()
