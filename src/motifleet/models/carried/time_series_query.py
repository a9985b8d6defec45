"""Have you seen this pattern? An MLflow model that holds the telemetry that it searches.

It needs Motifleet, for the kernels. Its artifact: ``telemetry``, an Arrow file with one signal of
all devices (``device_id``, ``event_ts``, ``value``; NaN where a report is missing), which is mapped
into memory once.
"""

from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class TimeSeriesQuery(PythonModel):
    """Finds the windows nearest to each pattern of a request."""

    def load_context(self, context: Any) -> None:
        """Map the telemetry into memory."""
        from motifleet.models import read_telemetry

        self.telemetry = read_telemetry(context.artifacts["telemetry"])

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Answer each pattern with its nearest neighbour; ``matches`` holds the k nearest.

        Args:
            context: not used.
            model_input: a column ``pattern``, at least 3 numbers in each row.
            params: ``k``, how many matches (1); ``normalize``, False for the plain distance.
        """
        del context
        if "pattern" not in model_input:
            raise ValueError(f"expected a column 'pattern', got {list(model_input.columns)}")
        chosen = {"k": 1, "normalize": True} | (params or {})
        patterns = list(model_input["pattern"])
        if all(np.ndim(each) == 0 for each in patterns):
            patterns = [patterns]  # what MLflow makes of {"inputs": {"pattern": [54, 53, 52, 51]}}
        return pd.DataFrame([self.query(each, **chosen) for each in patterns])

    def query(self, pattern: Any, k: int = 1, normalize: bool = True) -> dict[str, Any]:
        """The k windows nearest to a pattern, over all devices."""
        from motifleet.matrixprofile import match

        found = [
            {
                "index": each.index,
                "device_id": each.device_id,
                "event_ts": each.event_ts.isoformat() if each.event_ts else None,
                "distance": each.distance,
            }
            for each in match(
                np.asarray(pattern, np.float64), self.telemetry, k=k, normalize=normalize
            )
        ]
        if not found:
            raise ValueError(
                f"expected a pattern no longer than the telemetry, got {len(pattern)} numbers"
            )
        nearest = dict(found[0])
        return {"nearest_neighbor": nearest.pop("index"), **nearest, "matches": found}


set_model(TimeSeriesQuery())
