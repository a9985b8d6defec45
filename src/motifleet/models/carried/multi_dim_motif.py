"""The motif of several signals at once, for each number of signals, as an MLflow model.

It needs Motifleet, for the kernels. Its artifact: ``terms`` (JSON: signals, window).
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel


class MultiDimMotif(PythonModel):
    """Finds what the signals of a request do twice at the same time."""

    def load_context(self, context: Any) -> None:
        """Read the signals' names and the window."""
        text = Path(context.artifacts["terms"]).read_text(encoding="utf-8")
        self.terms: dict[str, Any] = json.loads(text)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """The motif for each number of signals: index, neighbour, distance and the signals in it.

        Args:
            context: not used.
            model_input: a row for each report, in order of time, with the signals as columns; or
                one column ``rows`` that holds them as ``{row: {signal: value}}`` or as a list.
            params: ``window``, in reports, in place of the model's own.
        """
        del context
        window = (params or {}).get("window") or self.terms["window"]
        return pd.DataFrame(self.motifs(_rows(model_input), int(window)))

    def motifs(self, rows: pd.DataFrame, window: int) -> list[dict[str, Any]]:
        """The motifs of rows, from one signal to all of them."""
        from motifleet.matrixprofile import multidimensional_profile

        signals = self.terms["signals"]
        missing = [name for name in signals if name not in rows or rows[name].isna().all()]
        if missing:
            raise ValueError(f"expected rows with the signals {signals}, got none of {missing}")
        channels = {name: rows[name].to_numpy(np.float64) for name in signals}
        profile = multidimensional_profile(channels, window)
        found = []
        for k in range(1, len(signals) + 1):
            motifs = profile.motifs(1, dimensions=k)
            if motifs:
                found.append(_answer(k, motifs[0]))
        if not found:
            raise ValueError(
                f"expected rows in which two windows of {window} reports do not overlap, "
                f"got {len(rows)} rows without any"
            )
        return found


def _rows(model_input: pd.DataFrame) -> pd.DataFrame:
    """The reports, from whichever of the ways to write them a request took."""
    if "rows" not in model_input or model_input["rows"].isna().all():
        return model_input
    rows = model_input["rows"]
    if len(rows) == 1:
        held = rows.iloc[0]
        rows = pd.Series(held) if isinstance(held, dict) else pd.Series(list(held))
    elif not all(isinstance(each, dict) for each in rows):
        raise ValueError("expected in 'rows' one {row: {signal: value}} or one list of reports")
    ordered = sorted(rows.items(), key=lambda item: _place(item[0]))
    return pd.DataFrame([report for _, report in ordered])


def _place(key: Any) -> tuple[int, str]:
    return (int(key), "") if str(key).isdecimal() else (0, str(key))


def _answer(k: int, motif: Any) -> dict[str, Any]:
    return {
        "dimensions": k,
        "index": motif.index,
        "neighbor": motif.neighbor_index,
        "distance": motif.distance,
        "channels": list(motif.channels),
    }


set_model(MultiDimMotif())
