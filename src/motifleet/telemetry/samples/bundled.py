"""Where the bundled samples are."""

from importlib.resources import files
from pathlib import Path

from motifleet.errors import InvalidArgumentError

SAMPLES = ("flights",)


def sample_path(name: str) -> Path:
    """The Parquet file of a bundled sample.

    Raises:
        InvalidArgumentError: there is no sample of that name.

    >>> import pyarrow.parquet
    >>> pyarrow.parquet.read_metadata(sample_path("flights")).num_rows
    139098
    """
    if name not in SAMPLES:
        raise InvalidArgumentError(f"no sample {name!r}: there is {', '.join(SAMPLES)}")
    return Path(str(files("motifleet.telemetry.samples") / f"{name}.parquet"))
