"""What features add to raw signals, over five simulated fleets: the table in docs/models.md.

``python -m bench.features`` trains on each fleet, with each set of features, and writes the table
into the page. Seeds are those of fleet, split and trees alike, so that the same numbers come again.
"""

from collections.abc import Mapping
from pathlib import Path
from shutil import rmtree
from statistics import fmean
from tempfile import mkdtemp

from bench.report import between, table
from bench.rows import Row
from rich.console import Console

from motifleet.app import Motifleet, Simulation, open_home
from motifleet.models import FailureClassifier, Label, Source, Split, Trees

PAGE = Path(__file__).parents[1] / "docs" / "models.md"
MARKS = "<!-- features: begin -->", "<!-- features: end -->"
SETS = {
    "rolling": ("rolling",),
    "past": ("past",),
    "discord": ("discord",),
    "all three": ("rolling", "past", "discord"),
}
SEEDS, DEVICES, DAYS = range(5), 300, 4


def row(home: Motifleet, seed: int) -> Row:
    """PR-AUC on the test reports of one fleet: of chance, raw signals, and each set of features."""
    name = f"fleet_{seed}"
    home.simulate(Simulation("fleet", devices=DEVICES, days=DAYS, seed=seed), name)
    of_sets = {each: judged(home, name, seed, features) for each, features in SETS.items()}
    whole = of_sets["all three"]
    return {
        "seed": seed,
        "share of failures": whole["pr_auc_baseline"],
        "raw signals": whole["pr_auc_raw_signals"],
        **{each: metrics["pr_auc"] for each, metrics in of_sets.items()},
        "gain of all three": f"{whole['pr_auc_gain_low']:+.2f} to {whole['pr_auc_gain_high']:+.2f}",
    }


def judged(home: Motifleet, name: str, seed: int, features: tuple[str, ...]) -> Mapping[str, float]:
    """The figures of a training on reports of running engines."""
    kind = FailureClassifier(
        Label(events=f"{name}_truth", hours=24),
        features=features,
        split=Split(seed=seed),
        trees=Trees(rounds=60),
        seed=seed,
    )
    source = Source(home.tables, name, where="vibration > 0").pinned()
    return kind.prepare(source, "features").training.metrics


def mean(rows: list[Row]) -> Row:
    """The mean of each column of numbers."""
    means: Row = {}
    for name in rows[0]:
        numbers = [value for each in rows if isinstance(value := each[name], float)]
        means[name] = fmean(numbers) if numbers else ""
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
