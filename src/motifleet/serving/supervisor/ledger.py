"""The database, as the supervisor reads and writes it."""

from dataclasses import dataclass
from pathlib import Path

from motifleet.serving.supervisor.desired import Desired, Status
from motifleet.workspace import (
    Deployment,
    Keeping,
    Store,
    desired_deployments,
    digests_of_keys,
    end_deployment,
    fail_deployment,
    keepings,
    start_deployment,
)


@dataclass(frozen=True, slots=True)
class StoreLedger:
    """What is desired, from a `motifleet.workspace.Store`.

    Args:
        store: the database.
        builds: the folder of builds.
    """

    store: Store
    builds: Path

    def desired(self) -> list[Desired]:
        """All deployments that start, run or stop, and whose build is ready."""
        rows, kept = desired_deployments(self.store), keepings(self.store)
        return [self._desired(each, kept.get(each.endpoint, Keeping())) for each in rows]

    def keys(self) -> dict[str, dict[str, float]]:
        """The access keys of every endpoint."""
        return digests_of_keys(self.store)

    def started(self, deployment: str) -> None:
        """It runs."""
        start_deployment(self.store, deployment)

    def failed(self, deployment: str, reason: str) -> None:
        """It could not be started."""
        fail_deployment(self.store, deployment, reason)

    def stopped(self, deployment: str) -> None:
        """Its replicas are gone."""
        end_deployment(self.store, deployment)

    def _desired(self, told: Deployment, kept: Keeping) -> Desired:
        status: Status = told.status  # type: ignore[assignment]
        resources = told.resources
        return Desired(
            id=told.id,
            crn=told.crn,
            endpoint=told.endpoint,
            build=told.build_id,
            folder=self.builds / told.build_id,
            version=told.version,
            role=told.role,
            share=told.share,
            status=status,
            cpu=resources.cpu,
            memory=resources.memory,
            least=resources.least,
            most=resources.most,
            idle_seconds=resources.idle_seconds,
            inputs=kept.inputs,
            outputs=kept.outputs,
            sample=kept.sample,
            restart=told.restart,
        )
