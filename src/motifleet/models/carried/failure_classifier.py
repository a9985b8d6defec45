"""A failure classifier as an MLflow model: reports in, probability and label out.

It needs NumPy, pandas and XGBoost; Motifleet only where the features `past` or `discord` were
chosen. Its artifacts: ``booster`` (XGBoost's own format), ``terms`` (JSON: signals, features,
window, threshold, weight, which signals may be missing) and ``features`` (the code above them).
"""

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xgboost
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class FailureClassifier(PythonModel):
    """Scores reports; with features of the past, all reports of a device that a request holds."""

    def load_context(self, context: Any) -> None:
        """Load the booster and the code of its features."""
        paths = context.artifacts
        self.terms: dict[str, Any] = json.loads(Path(paths["terms"]).read_text(encoding="utf-8"))
        self.booster = xgboost.Booster()
        self.booster.load_model(paths["booster"])
        spec = importlib.util.spec_from_file_location("carried_features", paths["features"])
        if spec is None or spec.loader is None:
            raise ValueError(f"expected the features' code, got {paths['features']}")
        self._features = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._features)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Score each report: ``probability`` of a failure, and ``label`` 1 from the threshold."""
        del context, params
        missing = [name for name in self._needed() if name not in model_input]
        if missing:
            raise ValueError(
                f"expected the columns {', '.join(self._needed())}, got none of {missing}"
            )
        if not self.terms["features"]:
            scored = self.score({name: model_input[name] for name in self.terms["signals"]})
            return pd.DataFrame(scored, index=model_input.index)
        ordered = model_input.sort_values(["device_id", "event_ts"], kind="stable")
        devices = ordered["device_id"].to_numpy()
        changes = np.flatnonzero(devices[1:] != devices[:-1]) + 1
        columns = {name: ordered[name] for name in self.terms["signals"]}
        scored = self.score(columns, [0, *changes.tolist(), len(ordered)])
        return pd.DataFrame(scored, index=ordered.index).loc[model_input.index]

    def score(self, columns: Mapping[str, Any], offsets: Any = None) -> dict[str, Any]:
        """Score columns as they are: of n reports, by device and time where there are features.

        Args:
            columns: the signals, shape (n,) each.
            offsets: where each device begins, and n at the end; without features not needed.
        """
        signals = {name: self._checked(name, columns[name]) for name in self.terms["signals"]}
        chosen, window = self.terms["features"], self.terms["window"]
        matrix = self._features.feature_matrix(signals, offsets, chosen, window)
        probability = self.probabilities(matrix)
        label = (probability >= self.terms["threshold"]).astype(np.int64)
        return {"probability": probability, "label": label}

    def probabilities(self, matrix: Any) -> Any:
        """The probability of a failure by features; failures' weight in training is taken out."""
        weighted = self.booster.inplace_predict(matrix).astype(np.float64)
        weight = float(self.terms["weight"])
        return weighted if weight == 1.0 else weighted / (weight + weighted * (1.0 - weight))

    def _needed(self) -> list[str]:
        keys = ["device_id", "event_ts"] if self.terms["features"] else []
        return [*keys, *self.terms["signals"]]

    def _checked(self, name: str, column: Any) -> Any:
        try:
            values = np.asarray(column, dtype=np.float64)
        except (TypeError, ValueError):
            raise ValueError(f"expected numbers in column {name!r}, got {column!r}") from None
        if np.isfinite(values.sum()):
            return values  # nearly always: one pass says that nothing is missing
        if np.isinf(values).any():
            raise ValueError(f"expected finite numbers in column {name!r}, got an infinity")
        if name not in self.terms["may_be_missing"] and np.isnan(values).any():
            raise ValueError(
                f"expected a number in every row of column {name!r}, got {np.isnan(values).sum()} "
                "rows without: the model has never seen one missing; leave such rows out, or train "
                "with some"
            )
        return values


set_model(FailureClassifier())
