"""Gradient-boosted trees: the one place where XGBoost is trained."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from os import environ
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from motifleet.errors import InvalidArgumentError, MissingExtraError
from motifleet.types import Floats, Ints

if TYPE_CHECKING:
    import xgboost

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """How the trees are grown.

    Args:
        rounds: how many trees at most.
        patience: stop when validation has not become better for so many trees.
        depth: of a tree.
        rate: the learning rate.
        min_weight: the least weight of a leaf.
        rows: the share of reports that a tree sees.
        columns: the share of features that a tree sees.
        l2: regularisation of the leaves.
        balance: how much of the imbalance of the classes is made up for by weight: 0: none; 1: both
            classes weigh the same. It is taken out of the probabilities again.

    Raises:
        InvalidArgumentError: one is out of its bounds.
    """

    rounds: int = 300
    patience: int = 30
    depth: int = 5
    rate: float = 0.1
    min_weight: float = 5.0
    rows: float = 0.8
    columns: float = 0.8
    l2: float = 1.0
    balance: float = 0.5

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            low, high = _BOUNDS[name]
            if not low <= value <= high:
                raise InvalidArgumentError(f"expected {name} from {low:g} to {high:g}, got {value}")

    def weight(self, labels: Ints) -> float:
        """What a failure weighs; the others weigh 1."""
        positives = int(labels.sum())
        return float(((len(labels) - positives) / positives) ** self.balance)


_FEW = 1_000_000
"""Values for which one thread is enough."""

_BOUNDS = {
    "rounds": (1, 10_000),
    "patience": (1, 10_000),
    "depth": (1, 16),
    "rate": (1e-4, 1.0),
    "min_weight": (0.0, 1e6),
    "rows": (0.05, 1.0),
    "columns": (0.05, 1.0),
    "l2": (0.0, 1e6),
    "balance": (0.0, 1.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """Trees that have been grown.

    Args:
        booster: XGBoost's own.
        weight: what a failure weighed.
        rounds: how many trees were kept.
    """

    booster: "xgboost.Booster"
    weight: float
    rounds: int

    def probability(self, matrix: Matrix) -> Floats:
        """The probability of a failure, with the weight taken out; shape (n,)."""
        weighted = self.booster.inplace_predict(matrix).astype(np.float64)
        unweighted: Floats = weighted / (weighted + self.weight * (1.0 - weighted))
        return unweighted

    def contributions(self, matrix: Matrix) -> Floats:
        """How much each feature moved each report's log-odds (SHAP); shape (n, features)."""
        xgboost = _library()
        found: Floats = self.booster.predict(xgboost.DMatrix(matrix), pred_contribs=True)
        return found[:, :-1]


def grow(
    trees: Trees,
    train: tuple[Matrix, Ints],
    validation: tuple[Matrix, Ints],
    *,
    seed: int,
    threads: int,
    progress: Callable[[int, int], None] | None = None,
) -> Learnt:
    """Grow trees, and keep those up to the best for validation.

    Args:
        trees: how.
        train: features, shape (n, f), and labels, shape (n,).
        validation: the same of other reports.
        seed: the same seed, data and number of threads give the same trees.
        threads: how many to use; 0: one for each core, and one alone where there are fewer values
            than a million: threads that wait for one another would cost more than they bring.
        progress: told the number of trees grown and of those that may be.

    Raises:
        MissingExtraError: XGBoost is not installed.
    """
    xgboost = _library()
    weight, threads = trees.weight(train[1]), threads or int(train[0].size < _FEW)
    with uninterrupted():
        learnt = _matrix(train, weight, threads)
        judging = _matrix(validation, weight, threads, ref=learnt)
    booster = xgboost.train(
        _parameters(trees, seed, threads),
        learnt,
        num_boost_round=trees.rounds,
        evals=[(judging, "validation")],
        early_stopping_rounds=trees.patience,
        callbacks=[] if progress is None else [_callback(progress, trees.rounds)],
        verbose_eval=False,
    )
    kept = booster[: booster.best_iteration + 1]
    kept.set_attr(best_iteration=None, best_score=None)
    return Learnt(kept, weight, booster.best_iteration + 1)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold Ctrl-C back until the block is over.

    XGBoost takes data by calling Python back, and what interrupts it there becomes its own error.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    held: list[Any] = []
    signal.signal(signal.SIGINT, lambda _number, frame: held.append(frame))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        before(signal.SIGINT, held[0])


def _matrix(part: tuple[Matrix, Ints], weight: float, threads: int, ref: Any = None) -> Any:
    values, labels = part
    weights = np.where(labels == 1, weight, 1.0)
    return _library().QuantileDMatrix(
        values, label=labels, weight=weights, ref=ref, nthread=threads or None
    )


def _parameters(trees: Trees, seed: int, threads: int) -> dict[str, Any]:
    return {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_depth": trees.depth,
        "learning_rate": trees.rate,
        "min_child_weight": trees.min_weight,
        "subsample": trees.rows,
        "colsample_bytree": trees.columns,
        "reg_lambda": trees.l2,
        "seed": seed,
        "nthread": threads,
    }


def _callback(progress: Callable[[int, int], None], rounds: int) -> Any:
    class Telling(_library().callback.TrainingCallback):  # type: ignore[misc]
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            del model, evals_log
            progress(epoch + 1, rounds)
            return False

    return Telling()


def _library() -> Any:
    # Threads that wait for work by spinning take the cores from each other on a busy machine: a
    # training of seconds takes minutes. It is read once, when the library is loaded.
    environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        import xgboost
    except ImportError as error:
        raise MissingExtraError("a failure classifier", "XGBoost", "models") from error
    return xgboost
