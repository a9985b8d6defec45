"""A build's model, loaded: MLflow's, XGBoost's booster asked in place, or a Python function."""

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from . import forms
from .predictors import Model


def load(folder: Path) -> Model:
    """Load what a build holds, as its ``build.json`` says.

    Raises:
        ValueError: the build names no such function.
        Exception: whatever the model's own code raises.
    """
    told = json.loads((folder / "build.json").read_text(encoding="utf-8"))
    if told["kind"] == "function":
        return FunctionModel(folder / "source" / told["file"], told["function"])
    return _mlflow_model(folder / "model")


def example(folder: Path) -> bytes | None:
    """The build's input example, a request in JSON; None where it has none."""
    path = folder / "input_example.json"
    return path.read_bytes() if path.exists() else None


class FunctionModel:
    """A Python function that takes a request and returns an answer."""

    columns: tuple[str, ...] = ()

    def __init__(self, file: Path, name: str) -> None:
        sys.path.insert(0, str(file.parent))
        spec = importlib.util.spec_from_file_location(file.stem, file)
        if spec is None or spec.loader is None:
            raise ValueError(f"expected a Python file, got {file.name}")
        module = importlib.util.module_from_spec(spec)
        sys.modules[file.stem] = module
        spec.loader.exec_module(module)
        found = getattr(module, name, None)
        if not callable(found):
            raise ValueError(f"expected a function {name!r} in {file.name}, found none")
        self._function: Callable[[Any], Any] = found

    def predict(self, asked: forms.Asked) -> Any:
        """Call the function."""
        return self._function(asked.value)

    def predict_rows(self, columns: dict[str, list[Any]]) -> dict[str, Any] | None:
        """A function is asked for one request at a time."""
        del columns
        return None


class MlflowModel:
    """Any MLflow model, asked as MLflow's own server asks it."""

    def __init__(self, loaded: Any) -> None:
        self._loaded = loaded
        self._schema = loaded.metadata.get_input_schema()
        named = self._schema is not None and self._schema.has_input_names()
        self.columns: tuple[str, ...] = tuple(self._schema.input_names()) if named else ()

    def predict(self, asked: forms.Asked) -> Any:
        """Read the request as MLflow does, and predict."""
        from mlflow.pyfunc.scoring_server import infer_and_parse_data

        key = asked.key or "inputs"
        data = infer_and_parse_data({key: asked.value}, self._schema)
        said = self._loaded.predict(data, params=asked.params)
        return said.to_dict(orient="records") if hasattr(said, "to_dict") else said

    def predict_rows(self, columns: dict[str, list[Any]]) -> dict[str, Any] | None:
        """MLflow does not say whether a model's rows stand alone."""
        del columns
        return None


class ScoringModel(MlflowModel):
    """A carried model whose ``score`` takes columns, each row by itself."""

    def __init__(self, loaded: Any, scorer: Any) -> None:
        super().__init__(loaded)
        self._scorer = scorer
        self.columns = tuple(scorer.terms["signals"])

    def predict_rows(self, columns: dict[str, list[Any]]) -> dict[str, Any] | None:
        """Score columns in place, without a data frame."""
        if not columns:
            return {}
        check(columns, self.columns)
        arrays = {name: as_numbers(name, columns[name]) for name in self.columns}
        found: dict[str, Any] = self._scorer.score(arrays)
        return found


class BoosterModel(MlflowModel):
    """An XGBoost booster, asked in place."""

    def __init__(self, loaded: Any, booster: Any) -> None:
        super().__init__(loaded)
        self._booster = booster

    def predict_rows(self, columns: dict[str, list[Any]]) -> dict[str, Any] | None:
        """Predict a matrix of the signature's columns, without a data frame."""
        if not columns:
            return {}
        check(columns, self.columns)
        arrays = [as_numbers(name, columns[name]) for name in self.columns]
        found = self._booster.inplace_predict(np.stack(arrays, axis=1), validate_features=False)
        return {"": found}


def check(columns: dict[str, list[Any]], needed: tuple[str, ...]) -> None:
    """Check that the columns are there, and of one length.

    Raises:
        ValueError: they are not.

    >>> check({"a": [1.0], "b": [2.0, 3.0]}, ("a", "b"))
    Traceback (most recent call last):
        ...
    ValueError: expected columns of one length, got lengths 1, 2
    """
    missing = [name for name in needed if name not in columns]
    if missing:
        raise ValueError(f"expected the columns {', '.join(needed)}, got none of {missing}")
    lengths = sorted({len(columns[name]) for name in needed})
    if len(lengths) > 1:
        raise ValueError(f"expected columns of one length, got lengths {str(lengths)[1:-1]}")
    if lengths == [0]:
        raise ValueError("expected at least one row, got none")


def as_numbers(name: str, values: list[Any]) -> Any:
    """A column as float64; null is NaN.

    Raises:
        ValueError: it holds something else than numbers.
    """
    try:
        array = np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty((0, 0))
    if array.ndim != 1 or any(isinstance(each, str) for each in values):
        raise ValueError(f"expected numbers in column {name!r}, got {str(values)[:100]}")
    return array


def _mlflow_model(folder: Path) -> Model:
    import mlflow

    loaded = mlflow.pyfunc.load_model(str(folder))
    scorer = _scorer(loaded)
    if scorer is not None:
        return ScoringModel(loaded, scorer)
    booster = _booster(loaded)
    return MlflowModel(loaded) if booster is None else BoosterModel(loaded, booster)


def _scorer(loaded: Any) -> Any:
    """The failure classifier that a model carries, where it looks at each report by itself."""
    if not hasattr(loaded._model_impl, "python_model"):
        return None
    carried = loaded.unwrap_python_model()
    if type(carried).__name__ != "FailureClassifier" or not hasattr(carried, "score"):
        return None
    return None if carried.terms["features"] else carried


def _booster(loaded: Any) -> Any:
    if "xgboost" not in loaded.metadata.flavors:
        return None
    raw = loaded._model_impl.get_raw_model()
    schema = loaded.metadata.get_input_schema()
    named = schema is not None and schema.has_input_names()
    return raw if named and hasattr(raw, "inplace_predict") else None
