"""Reading a unit's account within one's reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, or_

from services.billing import access, residents
from services.billing.accounts import repository
from services.billing.errors import NoSuchUnit
from services.billing.models import postings
from shared.auth import Principal
from shared.db.tx import Tx


@dataclass(frozen=True, slots=True)
class Statement:
    """What a unit owed and had prepaid (fen) at the end of a local date."""

    unit_id: UUID
    community_id: UUID
    as_of: date
    owed_fen: int
    prepaid_fen: int


async def statement(tx: Tx, who: Principal, unit_id: UUID, day: date | None) -> Statement:
    """The account now, or as it stood at the end of a past local date.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    community = await access.unit_community(tx, who, unit_id)
    today = tx.now.astimezone(community.zone).date()
    if who.is_resident:
        return await _own(tx, who, unit_id, community.id, today, today if day is None else min(day, today))
    if day is None or day >= today:
        return Statement(unit_id, community.id, today, *await repository.current(tx, unit_id))
    return Statement(unit_id, community.id, day, *await repository.as_of(tx, unit_id, day))


async def _own(tx: Tx, who: Principal, unit_id: UUID, community_id: UUID, today: date, day: date) -> Statement:
    """What is owed on bills of the resident's own time. Money paid in advance is the unit's, whoever paid it: it pays
    whatever is billed next."""
    stay = (await residents.residence(tx, who)).get(unit_id)
    if stay is None:
        raise NoSuchUnit()
    if stay.since is None or stay.day is None:
        known = await (repository.current(tx, unit_id) if day == today else repository.as_of(tx, unit_id, day))
        return Statement(unit_id, community_id, day, *known)
    if day < stay.day:
        return Statement(unit_id, community_id, day, 0, 0)
    reach = await residents.own_bills(tx, who, postings.c.bill_id)
    owed, _ = await repository.as_of(tx, unit_id, day, reach)
    _, prepaid = await repository.as_of(tx, unit_id, day)
    return Statement(unit_id, community_id, day, owed, prepaid)


async def entries(tx: Tx, who: Principal, unit_id: UUID, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """The postings on the account, the latest first.

    Raises:
        NoSuchUnit: unknown, or outside the caller's reach.
    """
    await access.unit_community(tx, who, unit_id)
    reach: list[ColumnElement[bool]] = []
    if who.is_resident:
        stay = (await residents.residence(tx, who)).get(unit_id)
        if stay is None:
            raise NoSuchUnit()
        if stay.day is not None:
            c = postings.c
            own = await residents.own_bills(tx, who, c.bill_id)
            reach = [c.booked_on >= stay.day, or_(c.bill_id.is_(None), *own)]
    return await repository.entries(tx, unit_id, before, limit, reach)
