"""Which devices alert rules tell of: those that are silent for longer than a rule allows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from motifleet.app.present import Present
from motifleet.monitoring import silent_too_long
from motifleet.telemetry import DEVICE_ID, EVENT_TS
from motifleet.workspace import Rule, now_ms

ALERT, NO_ALERT = "alert", "none"
_SECOND = 1


def alerted(present: Present, rules: Sequence[Rule], now: int | None = None) -> Present:
    """The devices with a label more, ``alert``: the rule that each is beyond, or "none".

    Args:
        present: the devices of a table.
        rules: of any metric and target; those count that watch this table, and are switched on.
        now: milliseconds since 1970; None: now.

    Returns:
        The devices as they came where no rule watches their table; of several rules that a device
        is beyond, the one that allows the longest silence is named.
    """
    watching = sorted(
        (each for each in rules if _watches(each, present.table)), key=lambda each: -each.threshold
    )
    if not watching:
        return present
    told, asked = [], now_ms() if now is None else now
    devices: list[Any] = present.rows[DEVICE_ID].to_pylist()
    times: list[Any] = present.rows[EVENT_TS].to_pylist()
    for device, at in zip(devices, times, strict=True):
        last = round(at.timestamp() * 1000)
        beyond = (each.name for each in watching if silent_too_long(each, device, last, asked))
        told.append(next(beyond, NO_ALERT))
    kept = [name for name in present.rows.column_names if name != ALERT]
    rows = present.rows.select(kept).add_column(_SECOND, ALERT, pa.array(told, pa.string()))
    return replace(present, rows=rows)


def _watches(rule: Rule, table: str) -> bool:
    return rule.active and rule.metric == "silence" and rule.target == table
