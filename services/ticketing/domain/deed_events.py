"""What a kind tells of its actions besides the events that every case has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import TicketKind, kinds

Told = tuple[str, Mapping[str, Any]]


def told_by(kind: TicketKind, action: str, before: Facts, after: Facts, at: datetime) -> Iterator[Told]:
    """The events of an action that its kind declares, and what a deed changed of that which every case has.

    Consumers that know no deeds still hear that a case was answered, passed on, sent back or closed.
    """
    if kind.deed(action) is not None:
        yield "ticket.deed_done.v1", {"deed": action, "state": after.state, "done_at": at}
        yield from _changes(before, after, at)
    if (tell := kind.tells.get(action)) is not None:
        type, data = tell
        yield type, data(after)


def _changes(before: Facts, after: Facts, at: datetime) -> Iterator[Told]:
    if after.responded_at != before.responded_at:
        yield "ticket.responded.v1", {"responded_at": after.responded_at}
    if (after.assignee_id, after.department) != (before.assignee_id, before.department):
        yield "ticket.dispatched.v1", {"assignee_id": after.assignee_id, "department": after.department}
    if after.deadline != before.deadline:
        yield "ticket.deadline_set.v1", {"deadline": after.deadline, "set_at": after.deadline_set_at}
    if after.rounds != before.rounds:
        yield "ticket.reopened.v1", {"reopened_at": at, "round": after.rounds}
    if after.closed_at != before.closed_at:
        yield "ticket.closed.v1", {"closed_at": after.closed_at}


@cache
def deed_names() -> Mapping[str, tuple[str, str]]:
    """How histories name the deeds of all kinds; the same code means the same thing wherever it stands."""
    return {deed.code: (deed.zh, deed.en) for kind in kinds().values() for deed in kind.deeds}
