"""Experiments, runs and registered models: what MLflow keeps, in Motifleet's words."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from motifleet.config import Settings
from motifleet.errors import InvalidArgumentError, ModelChangedError, UnknownModelError
from motifleet.models.digest import folder_digest
from motifleet.models.tracking import Store
from motifleet.models.training import CODE, FILES, REPORT, Training, Trial
from motifleet.models.values import PREFIX, Lineage, Run, Version, parse_reference

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run as MlflowRun
    from mlflow.entities.model_registry import ModelVersion

KIND, DIGEST, PARENT = f"{PREFIX}kind", f"{PREFIX}sha256", "mlflow.parentRunId"
MODEL_URI, TRAINING = f"{PREFIX}model_uri", f"{PREFIX}training"
VERDICT = f"{PREFIX}verdict"
_NOTE = "mlflow.note.content"
_OF_MODELS = {"mlflow.experimentKind": "custom_model_development"}
"""MLflow's page takes an experiment for one of language models until it is told."""
CHAMPION, CHALLENGER, PREVIOUS = "champion", "challenger", "previous"
_MOST = 1000
_LONGEST = 250


@dataclass(frozen=True, slots=True)
class Registry:
    """What the tracking server knows of runs and models.

    Args:
        store: where it is.
    """

    store: Store

    @classmethod
    def of(cls, settings: Settings) -> "Registry":
        """The registry that the settings name."""
        return cls(Store.of(settings))

    def log(self, training: Training, folder: Path) -> str:
        """Log a finished training as a run, with its model and its trials as nested runs.

        The run is marked as finished last: one that was cut short is taken away again.

        Returns:
            the run's id.

        Raises:
            TrackingError: the server cannot be reached, or refuses.
        """
        with self.store.client("log the training") as client:
            experiment = self._experiment(client, training.experiment)
            tags = {KIND: training.kind, TRAINING: training.id, **training.tags}
            tags |= {_NOTE: training.tags.get(VERDICT, "")}
            lineage = Lineage.of(training.tags)
            named = f"{training.kind} of {lineage.table}" if lineage else training.kind
            run_id = str(client.create_run(experiment, tags=tags, run_name=named).info.run_id)
            try:
                _log_numbers(client, run_id, training.params, training.metrics)
                if lineage is not None:
                    _log_table(client, run_id, lineage)
                client.log_artifacts(run_id, str(folder / REPORT))
                uri = _log_model(training, folder, run_id)
                client.set_tag(run_id, MODEL_URI, uri)
                for trial in training.trials:
                    _log_trial(client, experiment, run_id, trial)
                client.set_terminated(run_id)
            except BaseException:
                with suppress(Exception):
                    client.set_terminated(run_id, "FAILED")
                    client.delete_run(run_id)
                raise
        return run_id

    def register(self, run_id: str, name: str) -> Version:
        """Make a run's model the next version of a registered model, with its checksum.

        The first version of a model is its champion, a later one its challenger.

        Raises:
            UnknownModelError: there is no such run, or it has no model.
            InvalidArgumentError: no model can have such a name.
        """
        check_name(name)
        run = self.run(run_id)
        if run.model_uri is None:
            raise UnknownModelError("model of run", run_id, [])
        with self.store.client("register the model") as client:
            folder = _files_of(run.model_uri)
            tags = {KIND: run.kind, DIGEST: folder_digest(folder)}
            tags |= run.lineage.tags() if run.lineage else {}
            _make_model(client, name)
            made = client.create_model_version(
                name,
                run.model_uri,
                run_id,
                tags=tags,
                description=_card_of(run_id),
                model_id=run.model_uri.removeprefix("models:/"),
            )
            aliases = client.get_registered_model(name).aliases
            alias = CHALLENGER if CHAMPION in aliases else CHAMPION
            client.set_registered_model_alias(name, alias, made.version)
        return self.version(f"{name}@{made.version}")

    def versions(self, name: str) -> list[Version]:
        """All versions of a registered model, the oldest first.

        Raises:
            UnknownModelError: there is no such model.
        """
        with self.store.client("list the versions") as client:
            aliases = dict(_registered(client, name).aliases)
            found = client.search_model_versions(f"name = '{name}'", max_results=_MOST)
        return sorted((_version(each, aliases) for each in found), key=lambda each: each.version)

    def models(self) -> list[Version]:
        """All versions of all registered models."""
        with self.store.client("list the models") as client:
            names = [each.name for each in client.search_registered_models(max_results=_MOST)]
        return [version for name in names for version in self.versions(name)]

    def version(self, reference: str) -> Version:
        """Find ``name@alias`` or ``name@version``; without ``@`` the champion is meant.

        Raises:
            UnknownModelError: there is no such model or version.
        """
        name, which = parse_reference(reference)
        found = self.versions(name)
        for each in found:
            if which == str(each.version) or which in each.aliases:
                return each
        known = [name for each in found for name in (str(each.version), *each.aliases)]
        raise UnknownModelError(f"version of {name!r}", which, known)

    def promote(self, reference: str) -> Version:
        """Make a version the champion; the one before becomes ``previous``.

        Raises:
            UnknownModelError: there is no such model or version.
            ModelChangedError: its files are not those that were registered.
        """
        version, _ = self.files(reference)
        if CHAMPION in version.aliases:
            return version
        with self.store.client("promote the model") as client:
            before = _registered(client, version.name).aliases.get(CHAMPION)
            if before is not None:
                client.set_registered_model_alias(version.name, PREVIOUS, before)
            client.set_registered_model_alias(version.name, CHAMPION, str(version.version))
            if CHALLENGER in version.aliases:
                client.delete_registered_model_alias(version.name, CHALLENGER)
        return self.version(f"{version.name}@{version.version}")

    def roll_back(self, name: str) -> Version:
        """Make the previous champion the champion again, and the present one the previous.

        Raises:
            UnknownModelError: there is no such model, or it has no previous champion.
            InvalidArgumentError: no model can have such a name.
            ModelChangedError: its files are not those that were registered.
        """
        check_name(name)
        return self.promote(f"{name}@{PREVIOUS}")

    def run(self, run_id: str) -> Run:
        """Find a run.

        Raises:
            UnknownModelError: there is no such run.
        """
        with self.store.client("find the run") as client:
            from mlflow.exceptions import MlflowException

            try:
                found = client.get_run(run_id)
                return _run(found, client.get_experiment(found.info.experiment_id).name)
            except MlflowException as error:
                if error.error_code != "RESOURCE_DOES_NOT_EXIST":
                    raise
        raise UnknownModelError("run", run_id, [each.id for each in self.runs()])

    def runs(
        self, experiment: str | None = None, tags: Mapping[str, str] | None = None
    ) -> list[Run]:
        """The trainings that the server knows, the newest first; without the trials of searches.

        Args:
            experiment: only those of this experiment.
            tags: only those with these tags.

        Raises:
            UnknownModelError: there is no such experiment.
        """
        with self.store.client("list the runs") as client:
            names = {each.experiment_id: each.name for each in client.search_experiments()}
            if experiment is not None and experiment not in names.values():
                raise UnknownModelError("experiment", experiment, names.values())
            ids = [each for each, name in names.items() if experiment in (None, name)]
            terms = [f"tags.`{name}` = '{value}'" for name, value in (tags or {}).items()]
            found = _every_run(client, ids, " and ".join(terms))
            return [_run(each, names[each.info.experiment_id]) for each in found]

    def tags(self, run_id: str) -> dict[str, str]:
        """All tags of a run that is there."""
        with self.store.client("read the run's tags") as client:
            return dict(client.get_run(run_id).data.tags)

    def experiments(self) -> list[dict[str, Any]]:
        """Each experiment with its number of runs and the newest run's time."""
        with self.store.client("list the experiments") as client:
            names = [each.name for each in client.search_experiments()]
        runs = self.runs()
        rows = []
        for name in sorted(names):
            times = [run.started_at for run in runs if run.experiment == name]
            newest = max(times, default=None)
            rows.append({"experiment": name, "runs": len(times), "newest": newest})
        return rows

    def logged(self, training_id: str) -> Run | None:
        """The run that a training was logged as; None where it is not there."""
        return next(iter(self.runs(tags={TRAINING: training_id})), None)

    def load(self, reference: str) -> tuple[Version, Any]:
        """Load a version whose files are still those that were registered.

        Raises:
            UnknownModelError: there is no such model or version.
            ModelChangedError: its files were changed, or nobody noted what they were.
        """
        version = self.version(reference)
        with self.store.client(f"load {version.reference}"):
            import mlflow

            folder = self._checked_files(version)
            return version, mlflow.pyfunc.load_model(str(folder))

    def model(self, reference: str) -> tuple[Version, Any]:
        """Load a version as `load` does, and give the carried model itself, without MLflow's form.

        Raises:
            UnknownModelError, ModelChangedError: see `load`.
        """
        version, loaded = self.load(reference)
        return version, loaded.unwrap_python_model()

    def files(self, reference: str) -> tuple[Version, Path]:
        """A version's folder of files, which are still those that were registered.

        Raises:
            UnknownModelError, ModelChangedError: see `load`.
        """
        version = self.version(reference)
        with self.store.client(f"fetch {version.reference}"):
            return version, self._checked_files(version)

    def _checked_files(self, version: Version) -> Path:
        folder = _files_of(f"models:/{version.name}/{version.version}")
        if folder_digest(folder) == version.digest:
            return folder
        happened = (
            "have changed since"
            if version.digest
            else "were registered without a checksum, so that nobody can say whose they are"
        )
        raise ModelChangedError(
            f"expected {version.reference} as it was registered, but its files {happened}: "
            "train it again, or take another version"
        )

    def _experiment(self, client: "MlflowClient", name: str) -> str:
        found = client.get_experiment_by_name(name)
        if found is not None:
            return str(found.experiment_id)
        folder = self.store.artifacts
        location = None if folder is None else str(folder / _file_name(name))
        return str(client.create_experiment(name, location, _OF_MODELS))


def signature_columns(folder: Path) -> list[dict[str, Any]]:
    """The columns that a model takes, by its signature, as MLflow writes them; or none."""
    from mlflow.models import Model

    model: Any = Model.load(str(folder))
    schema = model.get_input_schema()
    named = schema is not None and schema.has_input_names()
    return [dict(each) for each in schema.to_dict()] if named else []


def _log_numbers(
    client: "MlflowClient", run_id: str, params: Mapping[str, Any], metrics: Mapping[str, float]
) -> None:
    from mlflow.entities import Metric, Param

    now = int(datetime.now(UTC).timestamp() * 1000)
    client.log_batch(
        run_id,
        metrics=[Metric(name, float(value), now, 0) for name, value in metrics.items()],
        params=[Param(name, str(value)) for name, value in params.items()],
    )


def _log_table(client: "MlflowClient", run_id: str, lineage: Lineage) -> None:
    """Tell MLflow what was learnt from in its own way too: it shows it, and searches by it."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    source = json.dumps(lineage.to_dict())
    read = Dataset(lineage.table, str(lineage.snapshot_id), "iceberg", source)
    client.log_inputs(run_id, [DatasetInput(read, [InputTag("mlflow.data.context", "training")])])


def _log_model(training: Training, folder: Path, run_id: str) -> str:
    """Log the model; MLflow runs it on the example, and refuses where it does not fit."""
    import mlflow

    artifacts = {path.stem: str(path) for path in (folder / FILES).iterdir()}
    with mlflow.start_run(run_id=run_id):
        logged = mlflow.pyfunc.log_model(
            name="model",
            python_model=str(folder / CODE / training.code),
            artifacts=artifacts,
            signature=_signature(training),
            input_example=_example(training),
            pip_requirements=list(training.requirements),
            metadata={"kind": training.kind},
        )
    return str(logged.model_uri)


def _example(training: Training) -> Any:
    import pandas as pd

    frame = pd.DataFrame(training.example)
    for column in training.signature.inputs:
        if column["type"] == "datetime":
            frame[column["name"]] = pd.to_datetime(frame[column["name"]])
    return frame


def _signature(training: Training) -> Any:
    from mlflow.models import ModelSignature
    from mlflow.types import ParamSchema, Schema

    told = training.signature
    return ModelSignature(
        Schema.from_json(json.dumps(list(told.inputs))),
        Schema.from_json(json.dumps(list(told.outputs))),
        *([ParamSchema.from_json(json.dumps(list(told.params)))] if told.params else []),
    )


def _log_trial(client: "MlflowClient", experiment: str, parent: str, trial: Trial) -> None:
    run = client.create_run(experiment, tags={PARENT: parent}, run_name=f"trial {trial.number}")
    metrics = {} if trial.value is None else {"validation_pr_auc": trial.value}
    _log_numbers(client, run.info.run_id, trial.params, metrics)
    client.set_terminated(run.info.run_id)


def _card_of(run_id: str) -> str:
    import mlflow

    path = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path="model_card.md")
    return Path(path).read_text(encoding="utf-8")


def _files_of(uri: str) -> Path:
    import mlflow

    return Path(mlflow.artifacts.download_artifacts(uri))


def _every_run(client: "MlflowClient", ids: Sequence[str], terms: str) -> Iterator["MlflowRun"]:
    token = None
    while ids:
        page = client.search_runs(list(ids), terms, max_results=_MOST, page_token=token)
        yield from (run for run in page if PARENT not in run.data.tags)
        token = page.token
        if not token:
            return


def _run(run: "MlflowRun", experiment: str) -> Run:
    tags = run.data.tags
    return Run(
        id=run.info.run_id,
        experiment=experiment,
        kind=tags.get(KIND, ""),
        status=run.info.status,
        started_at=datetime.fromtimestamp(run.info.start_time / 1000, UTC),
        params=dict(run.data.params),
        metrics=dict(run.data.metrics),
        lineage=Lineage.of(tags),
        model_uri=tags.get(MODEL_URI),
    )


def _version(found: "ModelVersion", aliases: Mapping[str, str]) -> Version:
    number = str(found.version)
    return Version(
        name=found.name,
        version=int(number),
        kind=found.tags.get(KIND, ""),
        aliases=tuple(sorted(alias for alias, at in aliases.items() if str(at) == number)),
        run_id=found.run_id or "",
        created_at=datetime.fromtimestamp(found.creation_timestamp / 1000, UTC),
        digest=found.tags.get(DIGEST, ""),
        lineage=Lineage.of(found.tags),
    )


def _registered(client: "MlflowClient", name: str) -> Any:
    from mlflow.exceptions import MlflowException

    check_name(name)
    try:
        return client.get_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
    known = [each.name for each in client.search_registered_models(max_results=_MOST)]
    raise UnknownModelError("model", name, known)


def _make_model(client: "MlflowClient", name: str) -> None:
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise


def check_name(name: str) -> None:
    """Refuse what can be no model's name.

    Raises:
        InvalidArgumentError: it is empty, too long, or holds a sign that references are made of.
    """
    odd = any(sign in name for sign in "@/:'\\") or not name.isprintable()
    if not name or odd or name != name.strip() or len(name) > _LONGEST:
        raise InvalidArgumentError(
            f"expected a model's name of up to {_LONGEST} characters without @, /, :, ' and \\, "
            f"got {name[:80]!r}"
        )


def _file_name(name: str) -> str:
    return "".join(each if each.isalnum() or each in "-_" else "_" for each in name)
