"""The search for hyper-parameters: Optuna, in a file of the home folder, so that it goes on."""

import logging
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motifleet.errors import InvalidArgumentError, MissingExtraError
from motifleet.models.boosting import Matrix, Trees, grow
from motifleet.models.metrics import pr_auc
from motifleet.models.training import Trial
from motifleet.types import Ints

if TYPE_CHECKING:
    import optuna

Part = tuple[Matrix, Ints]


@dataclass(frozen=True, slots=True)
class Search:
    """A search that goes on where it stopped, as long as data and choices are the same.

    Args:
        trials: how many tries in all, those of earlier runs included.
        folder: where the tries are kept.

    Raises:
        InvalidArgumentError: fewer than one trial.
    """

    trials: int
    folder: Path

    def __post_init__(self) -> None:
        if self.trials < 1:
            raise InvalidArgumentError(f"expected at least 1 trial, got {self.trials}")

    def run(
        self,
        trees: Trees,
        train: Part,
        validation: Part,
        *,
        seed: int,
        threads: int,
        progress: Callable[[int, int], None],
    ) -> tuple[Trees, list[Trial]]:
        """Find the trees of the best PR-AUC on the validation reports.

        Returns:
            the best trees, and all tries.

        Raises:
            MissingExtraError: Optuna is not installed.
        """
        study = self._study(f"{_digest(train, validation)} {asdict(trees)} {seed}", seed)

        def value(trial: "optuna.Trial") -> float:
            tried = _suggested(trial, trees)
            learnt = grow(tried, train, validation, seed=seed, threads=threads)
            trial.set_user_attr("trees_grown", learnt.rounds)
            return pr_auc(validation[1], learnt.probability(validation[0]))

        def tell(study: "optuna.Study", _trial: Any) -> None:
            progress(len(_finished(study)), self.trials)

        progress(len(_finished(study)), self.trials)
        left = self.trials - len(_finished(study))
        if left > 0:
            study.optimize(value, n_trials=left, callbacks=[tell])
        done = _finished(study)
        best = replace(trees, **study.best_params)
        return best, [Trial(each.number, dict(each.params), each.value) for each in done]

    def _study(self, what: str, seed: int) -> "optuna.Study":
        try:
            import optuna
            from optuna.storages import JournalStorage
            from optuna.storages.journal import JournalFileBackend
        except ImportError as error:
            raise MissingExtraError("a search for trees", "Optuna", "models") from error
        logging.getLogger("optuna").setLevel(logging.WARNING)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = blake2b(what.encode(), digest_size=8).hexdigest()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some of Optuna's own parts are experimental
            storage = JournalStorage(JournalFileBackend(str(self.folder / f"{name}.log")))
            study = optuna.create_study(
                storage=storage, study_name=name, direction="maximize", load_if_exists=True
            )
            # A sampler begins anew with its seed, so a search that goes on takes the next one.
            study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
        return study


def _suggested(trial: "optuna.Trial", trees: Trees) -> Trees:
    return replace(
        trees,
        depth=trial.suggest_int("depth", 2, 9),
        rate=trial.suggest_float("rate", 0.02, 0.3, log=True),
        min_weight=trial.suggest_float("min_weight", 1.0, 200.0, log=True),
        rows=trial.suggest_float("rows", 0.4, 1.0),
        columns=trial.suggest_float("columns", 0.3, 1.0),
        l2=trial.suggest_float("l2", 0.1, 50.0, log=True),
        balance=trial.suggest_float("balance", 0.0, 1.0),
    )


def _finished(study: "optuna.Study") -> list[Any]:
    return [each for each in study.trials if each.value is not None]


def _digest(*parts: Part) -> str:
    total = blake2b(digest_size=16)
    for matrix, labels in parts:
        total.update(matrix.tobytes())
        total.update(labels.tobytes())
    return total.hexdigest()
