"""An endpoint, asked through the gateway with an access key."""

from dataclasses import dataclass
from typing import Any

import httpx

from motifleet.client.failures import check
from motifleet.errors import MotifleetError, UnreachableError


@dataclass(frozen=True, slots=True)
class Prediction:
    """What an endpoint answered.

    Args:
        prediction: the model's answer.
        uuid: of the record in the prediction log; ground truth names it.
        deployment: the long name of the deployment that answered.
    """

    prediction: Any
    uuid: str
    deployment: str


class EndpointClient:
    """One endpoint.

    Args:
        http: what sends the requests.
        gateway: the gateway's address.
        name: of the endpoint.
        key: an access key of it.
    """

    def __init__(self, http: httpx.Client, gateway: str, name: str, key: str) -> None:
        self.gateway, self.name = gateway.rstrip("/"), name
        self._http, self._key = http, key

    def predict(self, request: Any) -> Prediction:
        """Ask the model; it is asked once, since each answer is a prediction in the log.

        Args:
            request: any of MLflow's forms, or what the model is asked with, such as
                ``{"pattern": [54, 53, 52, 51]}``.

        Raises:
            ApiError: the gateway refuses, or the model fails.
            UnreachableError: the gateway cannot be reached, or does not answer in time.
        """
        body = {"accessKey": self._key, "request": request}
        told = self._send("POST", "/model", body).json()["response"]
        return Prediction(told["prediction"], told["uuid"], told["model_deployment_crn"])

    def invoke(self, body: Any) -> Any:
        """Ask in MLflow's form, as in ``{"inputs": …}``; give what is in ``predictions``."""
        told = self._send("POST", f"/endpoints/{self.name}/invocations", body)
        return told.json()["predictions"]

    def ready(self) -> bool:
        """Whether a deployment answers for it."""
        try:
            self._send("GET", f"/endpoints/{self.name}/ping", None)
        except MotifleetError:
            return False
        return True

    def _send(self, method: str, path: str, body: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._key}"}
        address = f"{self.gateway}{path}"
        try:
            answer = self._http.request(method, address, headers=headers, json=body)
        except httpx.TransportError as error:
            raise UnreachableError(f"{self.name}: {error or type(error).__name__}") from error
        return check(answer)
