"""The REST API: one module for each group of nouns, parse, one call of ``app``, render.

``make_site`` gives the ASGI application over an open home, with everything under ``/api/v1`` and
its description at ``/api/v1/openapi.json``. Each route names its action of the table of roles.
"""

from motifleet.api.site import make_site
from motifleet.api.table import operations_table

__all__ = ["make_site", "operations_table"]
