"""Simulated requests, and what the prediction log says of them afterwards."""

import numpy as np

from motifleet.app.endpoint_simulation import Requests
from motifleet.app.lab.step import Did
from motifleet.app.lab.workbench import FAILURE, FAILURES, MOTIF, QUERY, TELEMETRY, Workbench
from motifleet.app.log_figure import answers_figure
from motifleet.app.monitor_figures import drift_figure, quality_figure
from motifleet.monitoring import Summary

_PER, _MOST = 100, 10_000


def simulate(bench: Workbench) -> Did:
    """A thousand requests to the first model, ten whole batches to the second."""
    chosen = Requests(table=TELEMETRY)
    told = [f"{name}: {_told(_asked(bench, name, chosen))}" for name in (QUERY, MOTIF)]
    return Did("; ".join(told), f"motifleet monitor predictions {QUERY}")


def monitor(bench: Workbench) -> Did:
    """Each prediction's metrics read back, and how long each took."""
    monitoring = bench.fleet.monitoring
    records = monitoring.read_metrics(QUERY)
    took = [each["endTimeStampMs"] - each["startTimeStampMs"] for each in records]
    answers = monitoring.predictions(QUERY, limit=_MOST, newest=True).items
    page = bench.keep("06_latency", answers_figure(answers))
    return Did(
        f"{len(records):,} predictions of {QUERY}, {np.median(took):.0f} ms at the median, "
        f"{np.percentile(took, 99):.0f} ms for the slowest in a hundred",
        str(page),
    )


def judge(bench: Workbench) -> Did:
    """A thousand requests to the classifier, and their ground truth by uuid afterwards."""
    summary = _asked(bench, FAILURE, Requests(table=FAILURES))
    return Did(
        f"{_told(summary)}; ground truth of {summary.truths:,} came later",
        f"motifleet monitor quality {FAILURE} --per {_PER}",
    )


def accuracy(bench: Workbench) -> Did:
    """Accuracy for every hundred answers, and drift of what was asked and answered."""
    monitoring = bench.fleet.monitoring
    parts = monitoring.quality(FAILURE, per=_PER)
    page = bench.keep("07_accuracy", quality_figure(parts))
    drift = monitoring.drift.measure(FAILURE)
    bench.keep("07_drift", drift_figure([drift]))
    shares = [part.accuracy.value for part in parts]
    gone = [each.name for each in (*drift.inputs, *drift.outputs) if each.verdict == "drift"]
    return Did(
        f"accuracy {min(shares):.2f} to {max(shares):.2f} for each {_PER} answers; "
        f"drift of {', '.join(gone) or 'nothing'} against {drift.against}",
        str(page),
    )


def lineage(bench: Workbench) -> Did:
    """One prediction, back to its rows."""
    (last,) = bench.fleet.monitoring.predictions(FAILURE, limit=1, newest=True).items
    found = bench.fleet.monitoring.lineage(last.uuid)
    told = [f"prediction {last.uuid}", f"deployment {last.deployment_id}", f"build {last.build_id}"]
    if found.data is not None:
        data = found.data
        told += [
            f"{data.version.name}@{data.version.version}",
            f"run {data.version.run_id}",
            f"snapshot {data.lineage.snapshot_id} of {data.lineage.table}",
            f"{data.lineage.rows:,} rows in {len(data.batches)} batches",
        ]
    return Did(" → ".join(told), f"motifleet lineage --prediction {last.uuid}")


def _asked(bench: Workbench, name: str, chosen: Requests) -> Summary:
    bench.server.start()
    return bench.fleet.endpoint_simulation.run(name, chosen)


def _told(summary: Summary) -> str:
    return (
        f"{summary.answered:,} of {summary.requests:,} answered, {summary.rate:,.0f} a second, "
        f"p99 {summary.p99_ms or 0:.0f} ms"
    )
