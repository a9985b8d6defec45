"""The page: what a fleet analyst and an ML engineer look at, served beside the REST API.

``install`` mounts it under ``/ui`` of a site. Each page has a module of its own and a line in
``registry.py``: name, icon, path, the action that it takes, and the function that builds it. Every
call is made in the name of whoever is logged in and is held to the same table of roles as the
command line and the API. Nothing is asked for from any other host.
"""

from motifleet.web.site import install

__all__ = ["install"]
