"""What `motifleet` offers, and the room that each name is loaded from on its first use."""

from .app import Motifleet as Motifleet
from .app import Selection as Selection
from .app import open_home as open_home
from .matrixprofile import ab_join as ab_join
from .matrixprofile import fleet_profile as fleet_profile
from .matrixprofile import match as match
from .matrixprofile import matrix_profile as matrix_profile
from .matrixprofile import multidimensional_profile as multidimensional_profile
from .telemetry import ColumnMapping as ColumnMapping
from .telemetry import fleet_series as fleet_series
from .telemetry import read_reports as read_reports
from .telemetry import sample_path as sample_path
from .types import FleetSeries as FleetSeries
from .types import Series as Series

__version__: str
__all__: list[str]
