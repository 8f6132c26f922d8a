"""The card of a call: who is calling (masked), where they live, what is open, when we last spoke."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.ticketing.calls import card_repository as repository
from services.ticketing.calls.recording import HOME_ZONE
from services.ticketing.calls.schemas import CallCard, CallOut, CardContact, CardTicket, CardUnit
from shared.auth import Principal
from shared.db.tx import Tx
from shared.masking import mask_name, mask_phone

#: As much as a clerk reads while the phone rings.
TICKETS: Final = 10
CONTACTS: Final = 5

_SAME: Final = tuple(name for name in CallOut.model_fields if name != "number")
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def present(row: Row[Any]) -> CallOut:
    """A call with its number masked."""
    return CallOut(number=mask_phone(row.number), **{name: getattr(row, name) for name in _SAME})


async def cards(tx: Tx, who: Principal, rows: Sequence[Row[Any]]) -> list[CallCard]:
    """The cards of calls in their order, by five queries however many they are."""
    callers = {row.person_id for row in rows if row.person_id is not None}
    if not callers:
        return [_card(row, None, [], [], []) for row in rows]
    day = tx.now.astimezone(ZoneInfo(HOME_ZONE)).date()
    names = await repository.names(tx, callers)
    homes = await repository.homes(tx, who, callers, day)
    cases = await repository.open_tickets(tx, who, callers, {home.unit_id for home in homes})
    calls = await repository.earlier_calls(tx, who, callers)
    visits = await repository.earlier_visits(tx, who, callers)
    found = []
    for row in rows:
        mine = [home for home in homes if home.person_id == row.person_id]
        lived_in = {home.unit_id for home in mine}
        open_cases = [
            t
            for t in cases
            if row.person_id is not None and (t.unit_id in lived_in or t.reporter_id == row.person_id)
        ]
        before = [c for c in calls if c.person_id == row.person_id and c.id != row.id]
        came = [v for v in visits if v.person_id == row.person_id]
        found.append(_card(row, names.get(row.person_id), mine, open_cases, _contacts(before, came)))
    return found


def _contacts(calls: Sequence[Row[Any]], visits: Sequence[Row[Any]]) -> list[CardContact]:
    found = [
        CardContact(kind="call", id=c.id, at=c.offered_at, outcome=c.outcome, subject=c.affair_subject) for c in calls
    ]
    found += [
        CardContact(kind="visit", id=v.id, at=v.received_at, outcome=v.affair, subject=v.subject) for v in visits
    ]
    return sorted(found, key=lambda contact: contact.at or _NEVER, reverse=True)[:CONTACTS]


def _card(
    row: Row[Any],
    name: str | None,
    homes: Sequence[Row[Any]],
    cases: Sequence[Row[Any]],
    contacts: list[CardContact],
) -> CallCard:
    return CallCard(
        call=present(row),
        name=mask_name(name),
        units=[
            CardUnit(id=h.unit_id, number=h.number, community_id=h.community_id, community=h.community, role=h.role)
            for h in homes
        ],
        tickets=[
            CardTicket(id=t.id, number=t.number, kind=t.kind, state=t.state, summary=t.summary)
            for t in cases[:TICKETS]
        ],
        contacts=contacts,
    )

