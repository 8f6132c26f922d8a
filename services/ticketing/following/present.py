"""A case as its owner sees it: what was promised and done, no employee by name or id."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.domain.kind import kinds
from services.ticketing.domain.talk import talk_on
from services.ticketing.following.schemas import MyTicketOut, TicketNewsOut, UrgesOut
from services.ticketing.following.service import Look, Urges
from services.ticketing.tickets.present import present_entry
from shared.http.schemas import Text

_OWN: Final = ("follow-up-note", "sign", "rate", "reopen", "cancel")
_MADE: Final = frozenset({"kind_name", "state_name", "mine", "urged", "waits_for_me", "actions"})
_SAME: Final = tuple(name for name in MyTicketOut.model_fields if name not in _MADE)


def present_mine(row: Row[Any], urges: Urges, me: UUID) -> MyTicketOut:
    """One's own case in a list."""
    kind = kinds()[row.kind]
    state = kind.state(row.state)
    allowed = [action for action in kind.allowed(row.state) if action in _OWN]
    # One rating for each time the work was done.
    waits = [a for a in allowed if a == "sign" or (a == "rate" and row.rating is None)]
    times, last_at = urges.get(row.id, (0, None))
    return MyTicketOut(
        **{name: getattr(row, name) for name in _SAME},
        kind_name=Text(zh=kind.zh, en=kind.en),
        state_name=Text(zh=state.zh, en=state.en),
        mine=row.reporter_id == me,
        urged=UrgesOut(times=times, last_at=last_at),
        waits_for_me=waits,
        actions=[*allowed, *talk_on(kind, row.state, row.completed_at)],
    )


def present_news(look: Look, after: UUID | None) -> TicketNewsOut:
    """What was added to a case, with how it stands now."""
    row = look.ticket
    state = kinds()[row.kind].state(row.state)
    return TicketNewsOut(
        items=[present_entry(entry) for entry in look.entries],
        after=look.entries[-1].id if look.entries else after,
        more=look.more,
        state=row.state,
        state_name=Text(zh=state.zh, en=state.en),
        version=row.version,
    )
