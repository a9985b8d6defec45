"""Telemetry: what a report is, where reports come from, and which of them can be trusted.

A report is one row: a device, a time, perhaps a position, labels and signals (``report_schema``).
Reports come from files (``read_reports``), from the simulators (``simulate_lab``,
``simulate_fleet``) and from the bundled sample (``sample_path``). Nothing reaches a table
unchecked: every row is accepted, or rejected with its reason (``validate``). ``fleet_series``
lays the reports of one signal out in equal steps of time, as the matrix profile needs them,
``fleet_channels`` those of several, and
``write_reports`` writes them to files again.
"""

from motifleet.telemetry.columns import ColumnMapping, KeyColumns
from motifleet.telemetry.findings import REJECTED_SCHEMA
from motifleet.telemetry.reader import ReportReader, read_reports
from motifleet.telemetry.samples import SAMPLES, sample_path
from motifleet.telemetry.schema import (
    DEVICE_ID,
    EVENT_TS,
    LATITUDE,
    LONGITUDE,
    TIME_TYPE,
    column_roles,
    report_schema,
    signals_of,
)
from motifleet.telemetry.series import fleet_channels, fleet_series
from motifleet.telemetry.simulators import (
    FIRST_REPORT,
    FleetSimulation,
    simulate_fleet,
    simulate_lab,
)
from motifleet.telemetry.validation import IN_TABLE, CheckedBatch, Existing, validate
from motifleet.telemetry.write import replacing, write_reports

__all__ = [
    "DEVICE_ID",
    "EVENT_TS",
    "FIRST_REPORT",
    "IN_TABLE",
    "LATITUDE",
    "LONGITUDE",
    "REJECTED_SCHEMA",
    "SAMPLES",
    "TIME_TYPE",
    "CheckedBatch",
    "ColumnMapping",
    "Existing",
    "FleetSimulation",
    "KeyColumns",
    "ReportReader",
    "column_roles",
    "fleet_channels",
    "fleet_series",
    "read_reports",
    "replacing",
    "report_schema",
    "sample_path",
    "signals_of",
    "simulate_fleet",
    "simulate_lab",
    "validate",
    "write_reports",
]
