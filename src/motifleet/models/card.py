"""The model card: what a model is for, its data, its figures, its limits."""

from collections.abc import Mapping, Sequence

from motifleet.models.values import Lineage


def model_card(
    title: str,
    *,
    purpose: str,
    lineage: Lineage,
    data: Sequence[str],
    metrics: Mapping[str, float],
    verdict: str,
    limits: Sequence[str],
) -> str:
    """Write a card in Markdown.

    Args:
        title: what the model is.
        purpose: what it is for, and how it is asked.
        lineage: the table and snapshot.
        data: more about the data, a line each.
        metrics: by name; a baseline is named as its metric, with "_baseline".
        verdict: what the figures say.
        limits: what it cannot do, a line each.
    """
    parts = [f"# {title}", purpose, "## Data", _list([*_data_lines(lineage), *data])]
    parts += ["## Figures", verdict, _table(metrics), "## Limits", _list(limits)]
    return "\n\n".join(parts) + "\n"


def _data_lines(lineage: Lineage) -> list[str]:
    return [
        f"Table `{lineage.table}` at snapshot {lineage.snapshot_id} of {lineage.committed_at}, "
        f"{lineage.rows:,} rows.",
        f"Part of it: {lineage.selection or 'all'}.",
        f"Trained by Motifleet {lineage.code_version}.",
    ]


def _list(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _table(metrics: Mapping[str, float]) -> str:
    rows = ["| figure | model | baseline |", "|---|---|---|"]
    for name, value in metrics.items():
        if not name.endswith("_baseline"):
            baseline = metrics.get(f"{name}_baseline")
            shown = "" if baseline is None else f"{baseline:.4g}"
            rows.append(f"| {name.replace('_', ' ')} | {value:.4g} | {shown} |")
    return "\n".join(rows)
