"""What search answers: enough to choose by, masked; the thing itself is read at its own address."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from shared.http.schemas import Output, Text, UtcTime

Kind = Literal["ticket", "unit", "building", "community", "person"]
Match = Literal["number", "prefix", "text"]


class FoundOut(Output):
    """One thing found. ``title`` is the summary, number or name; of people it is masked, and so is ``phone``."""

    kind: Kind
    id: UUID
    match: Match
    number: str | None
    title: str
    phone: str | None
    state: str | None
    state_name: Text | None
    ticket_kind: str | None
    community_id: UUID | None
    unit_id: UUID | None
    at: UtcTime


class RebuildOut(Output):
    """The job that makes all documents anew."""

    job_id: UUID
