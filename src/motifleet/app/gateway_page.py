"""The gateway's page of metrics, for whoever samples them on the same machine."""

import http.client
import json
import ssl
from pathlib import Path
from urllib.parse import urlsplit

_SECONDS = 5.0
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- where it listens, not where we do


def metrics_page(home: Path) -> str | None:
    """What the gateway of a home tells Prometheus; None where none runs.

    Args:
        home: its folder, where the gateway's address is.
    """
    try:
        told = json.loads((home / "gateway.json").read_text(encoding="utf-8"))
        parts = urlsplit(str(told["address"]))
        connection = _connect(parts.scheme, parts.hostname or "", parts.port)
        try:
            connection.request("GET", "/metrics")
            answer = connection.getresponse()
            return answer.read().decode() if answer.status == 200 else None
        finally:
            connection.close()
    except (OSError, ValueError, KeyError, http.client.HTTPException):
        return None


def _connect(scheme: str, name: str, port: int | None) -> http.client.HTTPConnection:
    host = _ANYWHERE.get(name, name)
    if scheme != "https":
        return http.client.HTTPConnection(host, port, timeout=_SECONDS)
    # The certificate is for the name that others know it by; who answers here is of this home.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=context)
