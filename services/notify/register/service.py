"""What register events do to notify's copies, and the one look-up that needs the network."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.notify.accounts import repository as accounts
from services.notify.clients import fetch_people
from services.notify.errors import ContactsUnavailable
from services.notify.preferences import repository as preferences
from services.notify.register import repository
from services.notify.sending import repository as outgoing
from shared.contracts.envelope import Event
from shared.db.tx import Tx
from shared.errors import PeerDown
from shared.runtime import Runtime


def _uuid(value: Any) -> UUID | None:
    return None if value is None else UUID(value)


def _date(value: Any) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _latest(events: Sequence[Event]) -> list[Event]:
    """The last event of each subject: one statement must not touch a row twice."""
    return list({event.subject: event for event in events}.values())


async def prepare_people(rt: Runtime, org_id: UUID, events: Sequence[Event]) -> dict[UUID, dict[str, Any]] | None:
    """Ask ticketing, before the transaction, for the people who changed; None while it cannot be asked.

    Events carry no personal data, so a change says only who; the answer holds id -> name, email, phone,
    locale.
    """
    try:
        return await fetch_people(rt, org_id, [event.subject for event in _latest(events)])
    except PeerDown:
        return None


async def on_people(tx: Tx, events: Sequence[Event]) -> None:
    """Store the people as ticketing described them; raises ContactsUnavailable where it could not be asked,
    so that these people are parked. Somebody ticketing no longer knows has been erased meanwhile: nothing
    to store."""
    fetched: dict[UUID, dict[str, Any]] | None = tx.prepared.get("person.upserted.v1")
    if fetched is None:
        raise ContactsUnavailable
    rows = [
        {"id": event.subject, "seq": event.seq, **fetched[event.subject]}
        for event in _latest(events)
        if event.subject in fetched
    ]
    await repository.put_contacts(tx, rows)


async def on_merged(tx: Tx, events: Sequence[Event]) -> None:
    """Two rows of the register were one person: messages and what is copied follow the survivor, whose contact is
    the one that counts; the other's is dropped, so that a late event cannot bring it back."""
    for event in events:
        loser, survivor = event.subject, UUID(event.data["survivor_id"])
        await repository.repoint(tx, loser, survivor)
        await outgoing.repoint(tx, loser, survivor)
        await preferences.follow(tx, loser, survivor)
        await accounts.follow(tx, loser, survivor)
        await repository.erase_contacts(tx, {loser: event.seq})
        tx.audit("contact.merged", "contact", survivor, after={"merged": loser})


async def on_communities(tx: Tx, events: Sequence[Event]) -> None:
    """Copy names and time zones of communities."""
    await repository.put_communities(
        tx,
        [
            {
                "id": event.subject,
                "seq": event.seq,
                "name": event.data["name"],
                "path": [UUID(unit) for unit in event.data["path"]],
                "timezone": event.data["timezone"],
            }
            for event in _latest(events)
        ],
    )


async def on_units(tx: Tx, events: Sequence[Event]) -> None:
    """Copy the numbers of units."""
    await repository.put_units(
        tx,
        [
            {
                "id": event.subject,
                "seq": event.seq,
                "community_id": event.community_id,
                "number": event.data["number"],
            }
            for event in _latest(events)
        ],
    )


async def on_staff(tx: Tx, events: Sequence[Event]) -> None:
    """Copy who works where, so that warnings find whom they concern."""
    await repository.put_staff(
        tx,
        [
            {
                "id": event.subject,
                "seq": event.seq,
                "roles": list(event.data["roles"]),
                "units": [UUID(unit) for unit in event.data["units"]],
            }
            for event in _latest(events)
        ],
    )


async def on_relations(tx: Tx, events: Sequence[Event]) -> None:
    """Copy who belongs to which unit, in which role and when."""
    await repository.put_relations(
        tx,
        [
            {
                "id": event.subject,
                "seq": event.seq,
                "person_id": UUID(event.data["person_id"]),
                "unit_id": UUID(event.data["unit_id"]),
                "role": event.data["role"],
                "since": _date(event.data.get("since")),
                "until": _date(event.data.get("until")),
            }
            for event in _latest(events)
        ],
    )


async def remember_tickets(tx: Tx, events: Sequence[Event]) -> None:
    """Remember new tickets, because a follow-up call names only its ticket."""
    await repository.put_tickets(
        tx,
        [
            {
                "id": event.subject,
                "seq": event.seq,
                "number": event.data["number"],
                "kind": event.data["kind"],
                "unit_id": _uuid(event.data.get("unit_id")),
                "reporter_id": _uuid(event.data.get("reporter_id")),
            }
            for event in _latest(events)
        ],
    )
