"""The pages, in the order of the navigation; a new one is a module and a line here."""

from motifleet.web import (
    account,
    audit,
    deployments,
    device,
    fleet,
    jobs,
    members,
    models,
    monitoring,
    patterns,
    tables,
)
from motifleet.web.page import Page

PAGES: tuple[Page, ...] = (
    fleet.PAGE,
    device.PAGE,
    patterns.PAGE,
    tables.PAGE,
    models.PAGE,
    deployments.PAGE,
    monitoring.PAGE,
    jobs.PAGE,
    members.PAGE,
    audit.PAGE,
    account.PAGE,
)
