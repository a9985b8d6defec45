"""What all questions to a table's reports have in common."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from motifleet.app import Selection

Name = Annotated[str, Field(max_length=300)]


class Asked(BaseModel):
    """Which reports of a table are meant."""

    table: str = Field(max_length=200)
    devices: list[Name] | None = Field(default=None, max_length=10_000)
    start: str | None = Field(default=None, max_length=100, description="ISO 8601, UTC.")
    end: str | None = Field(default=None, max_length=100)
    where: str | None = Field(default=None, max_length=2000, description="As in 'speed > 80'.")
    as_of: int | str | None = Field(default=None, description="A snapshot's id, or a time.")

    @property
    def selection(self) -> Selection:
        """The part of the table."""
        devices = None if self.devices is None else tuple(self.devices)
        return Selection(devices, self.start, self.end, self.where, self.as_of)


def questions(prefix: str) -> APIRouter:
    """A router of questions: each is a POST with a body, and changes nothing."""
    return APIRouter(prefix=f"/{prefix}", tags=[prefix])
