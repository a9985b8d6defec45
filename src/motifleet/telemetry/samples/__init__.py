"""Real telemetry that comes with the package.

``flights`` holds aircraft over Switzerland on one summer day; ``flights.md`` beside it tells of
its source, licence and making.
"""

from motifleet.telemetry.samples.bundled import SAMPLES, sample_path

__all__ = ["SAMPLES", "sample_path"]
