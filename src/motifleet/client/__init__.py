"""A client of the REST API: each operation is a method of the same noun and verb.

``Client`` is a thin layer over httpx: ``client.builds.create(…)`` is ``POST /api/v1/builds``, what
comes back is the JSON that the API answered (typed as `TypedDict`), lists come page by page as they
are read, and an error is raised as the same exception that Python code in the server's process
would get. ``client.endpoint(name, key)`` asks an endpoint through the gateway.

This package imports nothing of Motifleet but its errors, so that it starts fast; it needs httpx:
``pip install 'motifleet[client]'``.
"""

from motifleet.client.client import Client
from motifleet.client.endpoint import EndpointClient, Prediction

__all__ = ["Client", "EndpointClient", "Prediction"]
