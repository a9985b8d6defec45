"""How unusual is what a device does now? Its newest window beside its past and its fleet.

It needs Motifleet, for the kernels. Its artifacts: ``telemetry``, an Arrow file with one signal of
all devices, and ``terms`` (JSON: window, history, normalize, threshold, the usual distances).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class DiscordDetector(PythonModel):
    """Scores the newest window of each row's values."""

    def load_context(self, context: Any) -> None:
        """Map the telemetry into memory."""
        from motifleet.models import Detector, read_telemetry

        terms = json.loads(Path(context.artifacts["terms"]).read_text(encoding="utf-8"))
        self.detector = Detector.of(read_telemetry(context.artifacts["telemetry"]), terms)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Score the newest window of each device.

        Args:
            context: not used.
            model_input: ``device_id`` and ``values``, the device's newest numbers, at least a
                window of them; a device that training did not see is compared with the fleet.
            params: not used.
        """
        del context, params
        missing = [name for name in ("device_id", "values") if name not in model_input]
        if missing:
            raise ValueError(
                f"expected the columns 'device_id' and 'values', got none of {missing}"
            )
        rows: Any = zip(model_input["device_id"], model_input["values"], strict=True)
        if all(np.ndim(each) == 0 for each in model_input["values"]):
            # What MLflow makes of {"inputs": {"device_id": …, "values": [...]}}: a row for each.
            rows = model_input.groupby("device_id", sort=False)["values"]
        scored = [
            self.detector.newest(str(device), np.asarray(values, np.float64))
            for device, values in rows
        ]
        return pd.DataFrame([each.to_dict() for each in scored])


set_model(DiscordDetector())
