"""The pages, in the order of the navigation; a new one is a module and a line here."""

from motifleet.web import account, audit, device, fleet, members, models, patterns, tables
from motifleet.web.page import Page

PAGES: tuple[Page, ...] = (
    fleet.PAGE,
    device.PAGE,
    patterns.PAGE,
    tables.PAGE,
    models.PAGE,
    members.PAGE,
    audit.PAGE,
    account.PAGE,
)
