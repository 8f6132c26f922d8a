"""What a candidate is in their organisation now: whether they may sign in, and the claims of their tokens.

Read anew at every sign-in and every refresh, so that a role taken away or a relation ended is out of the tokens within
the ten minutes of an access token.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, and_, select

from services.ticketing.access import zone_of
from services.ticketing.assignments.repository import holdings, staff_row
from services.ticketing.assignments.standing import standing_of
from services.ticketing.domain.register import on
from services.ticketing.models import communities, integrators, metadata, people, relations, units
from services.ticketing.sessions.identities import Candidate
from shared.auth.roles import INTEGRATOR, RESIDENT
from shared.db.tx import Tx

organisations = metadata.tables["ticketing.organisations"]


@dataclass(frozen=True, slots=True)
class Home:
    """A unit that a resident holds now, as a choice shows it."""

    id: UUID
    number: str
    community_id: UUID
    community: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. ``homes`` are a resident's units, ``org_units`` what a member of staff sees."""

    candidate: Candidate
    organisation: str
    name: str | None
    phone: str | None
    email: str | None
    roles: frozenset[str]
    homes: tuple[Home, ...] = ()
    org_units: frozenset[UUID] = frozenset()
    scope: frozenset[str] = frozenset()

    @property
    def is_staff(self) -> bool:
        """Whether this is an employee's account."""
        return self.candidate.subject == "staff"

    def units(self, chosen: Sequence[UUID] | None = None) -> frozenset[UUID]:
        """The ``units`` claim: org units of staff and systems; a resident's units, or those of them chosen."""
        if self.candidate.subject != "person":
            return self.org_units if chosen is None else frozenset()
        held = frozenset(home.id for home in self.homes)
        return held if chosen is None else held & frozenset(chosen)


async def is_organisation(tx: Tx) -> bool:
    """Whether the transaction's organisation is one of this installation."""
    found = await tx.scalar(select(organisations.c.id).where(organisations.c.id == tx.org_id))
    return found is not None


async def account(tx: Tx, candidate: Candidate) -> Account | None:
    """The account behind a candidate of the transaction's organisation; None when they may not sign in (any more)."""
    name: str = await tx.scalar(select(organisations.c.name).where(organisations.c.id == tx.org_id)) or ""
    if candidate.subject == "staff":
        return await _employee(tx, candidate, name)
    if candidate.subject == "client":
        return await _system(tx, candidate, name)
    return await _resident(tx, candidate, name)


async def _system(tx: Tx, candidate: Candidate, organisation: str) -> Account | None:
    c = integrators.c
    row = await tx.one_or_none(
        select(c.name, c.scopes, c.units, c.ended_at).where(c.org_id == tx.org_id, c.id == candidate.subject_id)
    )
    if row is None or row.ended_at is not None:
        return None
    return Account(
        candidate,
        organisation,
        row.name,
        None,
        None,
        frozenset({INTEGRATOR}),
        org_units=frozenset(row.units),
        scope=frozenset(row.scopes),
    )


async def _employee(tx: Tx, candidate: Candidate, organisation: str) -> Account | None:
    row = await staff_row(tx, candidate.subject_id)
    if row is None or row.erased_at is not None:
        return None
    held = (await holdings(tx, [row.id])).get(row.id, [])
    now = standing_of(row, held, tx)
    # Whoever holds no role has left, or has not begun.
    if not now.roles:
        return None
    return Account(
        candidate, organisation, row.name, row.phone, row.email, frozenset(now.roles), (), frozenset(now.units)
    )


async def _resident(tx: Tx, candidate: Candidate, organisation: str) -> Account | None:
    row = await tx.one_or_none(
        select(people.c.name, people.c.phone, people.c.email, people.c.erased_at, people.c.merged_into).where(
            people.c.org_id == tx.org_id, people.c.id == candidate.subject_id
        )
    )
    if row is None or row.erased_at is not None or row.merged_into is not None:
        return None
    homes = await _homes(tx, candidate.subject_id)
    return Account(candidate, organisation, row.name, row.phone, row.email, frozenset({RESIDENT}), homes)


async def _homes(tx: Tx, person_id: UUID) -> tuple[Home, ...]:
    rows = await tx.rows(
        select(
            units.c.id,
            units.c.number,
            units.c.community_id,
            communities.c.name.label("community"),
            communities.c.timezone,
            relations.c.since,
            relations.c.until,
        )
        .select_from(
            relations.join(units, and_(units.c.org_id == relations.c.org_id, units.c.id == relations.c.unit_id)).join(
                communities,
                and_(communities.c.org_id == units.c.org_id, communities.c.id == units.c.community_id),
            )
        )
        .where(relations.c.org_id == tx.org_id, relations.c.person_id == person_id)
        .order_by(communities.c.name, units.c.number, units.c.id)
    )
    found = {row.id: Home(row.id, row.number, row.community_id, row.community) for row in rows if _holds(row, tx.now)}
    return tuple(found.values())


def _holds(row: Row[Any], now: datetime) -> bool:
    """Whether a relation holds on the community's own calendar day."""
    zone: ZoneInfo = zone_of(row.timezone)
    return on(now.astimezone(zone).date(), row.since, row.until)


def goes_by(found: Account, kind: str, address: str) -> bool:
    """Whether the register still says that this address is theirs; identities may lag behind it by a moment."""
    if kind == "phone":
        return found.phone == address
    return (found.email or "").lower() == address.lower() if kind == "email" else True
