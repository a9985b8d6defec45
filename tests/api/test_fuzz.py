"""Schemathesis asks what the API's own description allows; no answer is a failure of ours."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from tests.api.conftest import Site

QUICK = settings(
    max_examples=8,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    database=None,
    deadline=None,
    derandomize=True,
)


def test_no_request_fails_here(site: Site) -> None:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site.app)
    headers = {"Authorization": f"Bearer {site.secrets['owner']}"}
    statuses: list[int] = []
    # MLflow makes its database at the first question, which may take long.
    assert site.ask("owner", "GET", "/models").status_code == 200

    def ask(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers=headers)
        statuses.append(answer.status_code)
        assert answer.status_code < 500, (case.method, case.path, answer.text)

    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        QUICK(given(case=found.ok().as_strategy())(ask))()
    assert len(statuses) > 100
