"""The pages, in the order of the navigation; a new one is a module and a line here."""

from motifleet.web import device, fleet, patterns
from motifleet.web.page import Page

PAGES: tuple[Page, ...] = (fleet.PAGE, device.PAGE, patterns.PAGE)
