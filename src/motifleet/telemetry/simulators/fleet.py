"""A fleet of trucks on tours between real cities, with the truth beside the telemetry."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pyarrow as pa

from motifleet.errors import InvalidArgumentError
from motifleet.telemetry.simulators.checks import expect_count, expect_seed, in_utc
from motifleet.telemetry.simulators.plan import Plan, Scenario, plan
from motifleet.telemetry.simulators.reports import reports
from motifleet.telemetry.simulators.span import DAY, Span
from motifleet.telemetry.simulators.truth import truth

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ROWS_AT_ONCE = 250_000


@dataclass(frozen=True, slots=True)
class FleetSimulation:
    """A fleet that is decided but not yet computed; see `simulate_fleet`."""

    scenario: Scenario
    devices: int
    batch_devices: int

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The reports, ``batch_devices`` devices at a time, by device and time.

        Columns: device_id, event_ts, longitude, latitude, manufacturer, event_type and the
        signals speed (km/h), engine_temperature (°C), vibration (mm/s), tank_level (percent).
        """
        return (reports(each) for each in self._plans())

    def truth(self) -> pa.Table:
        """What happened, by device and start.

        Columns: device_id; kind (manoeuvre, sensor fault, degradation or failure); name; start;
        end, the first minute after; signal, where one alone shows it; detail.
        """
        return pa.concat_tables(truth(each) for each in self._plans())

    def _plans(self) -> Iterator[Plan]:
        for first in range(0, self.devices, self.batch_devices):
            block = range(first, min(first + self.batch_devices, self.devices))
            yield plan(self.scenario, block)


def simulate_fleet(
    *,
    devices: int = 200,
    days: int = 3,
    minutes: int | None = None,
    seed: int = 0,
    start: datetime = MONDAY,
    fault_share: float = 0.25,
    failure_share: float = 0.15,
    batch_devices: int | None = None,
) -> FleetSimulation:
    """Simulate trucks that drive regular tours between depots in American cities.

    Each truck has a make, a home depot and two or three tours that it drives in turn: through
    town, up the ramp, along the highway, perhaps over a grade, around the delivery loop; it
    unloads, drives back and loads. Every truck on the same tour repeats the same profile: these
    are the motifs. Vibration follows speed, road and make; the engine's temperature follows its
    load with a lag; the tank falls with load and distance and is refilled. On weekends few drive.
    A share of the devices has a faulty sensor for half an hour to three hours; another share
    wears out over a day or more, breaks down on the road and is repaired.

    The same seed gives the same reports; those of a device depend neither on the number of
    devices nor on the batches.

    Args:
        devices: how many trucks.
        days: how long, one report a minute.
        minutes: how long in minutes, in place of ``days``.
        seed: from 0 to 2**64 - 1.
        start: the first report's time; the default is a Monday. A naive one is taken as UTC.
        fault_share: the share of devices with a sensor fault.
        failure_share: the share of devices that wear out; those that drive no more late in the
            span do not fail.
        batch_devices: devices in a batch; by default as many as make about 250,000 reports.

    Raises:
        InvalidArgumentError: a number is out of its bounds.

    >>> fleet = simulate_fleet(devices=5, days=2, seed=7)
    >>> batch = next(fleet.batches())
    >>> batch.num_rows, max(batch["speed"].to_pylist())
    (14400, 98.3)
    >>> for event in fleet.truth().to_pylist():
    ...     if event["kind"] != "manoeuvre":
    ...         print(event["device_id"], event["start"].isoformat(), event["name"])
    truck-000001 2026-03-02T05:21:00+00:00 coolant loss
    truck-000001 2026-03-03T12:01:00+00:00 breakdown
    truck-000003 2026-03-02T07:48:00+00:00 coolant loss
    truck-000003 2026-03-03T15:39:00+00:00 breakdown
    """
    for name, value in {"devices": devices, "days": days}.items():
        expect_count(name, value)
    expect_seed(seed)
    length = days * DAY if minutes is None else minutes
    expect_count("minutes", length)
    if not (fault_share >= 0 and failure_share >= 0 and fault_share + failure_share <= 1):
        raise InvalidArgumentError(
            "expected a fault_share and a failure_share from 0 up that make at most 1 together, "
            f"got {fault_share} and {failure_share}"
        )
    block = max(1, ROWS_AT_ONCE // length) if batch_devices is None else batch_devices
    expect_count("batch_devices", block)
    scenario = Scenario(Span(in_utc(start), length), seed, fault_share, failure_share)
    return FleetSimulation(scenario, devices, block)
