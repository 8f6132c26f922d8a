"""What of a unit's money is a resident's own: of their time there, and never what the household before them owed.

One look at the unit's relations for a request; what is reached is then a condition, not a query per row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, literal, or_, select

from services.billing.models import bills, payments, ref_communities, ref_relations, ref_units
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import unbroken_since

#: What a relation must let a person do to read the unit's money, and to pay it.
SEES_BILLS: Final = "sees_bills"
PAYS: Final = "pays"


@dataclass(frozen=True, slots=True)
class Stay:
    """A resident's time in a unit: from when on, and whose bills of that time are the household's.

    ``since`` is None without a limit. ``before`` are those whose time was over when the resident's began.
    """

    since: datetime | None = None
    day: date | None = None
    before: frozenset[UUID] = frozenset()

    def holds(self, at: datetime, payer_id: UUID | None) -> bool:
        """Whether something of that instant and payer falls into it."""
        return self.since is None or (at >= self.since and payer_id not in self.before)


Residence = Mapping[UUID, Stay]


async def residence(tx: Tx, who: Principal, power: str = SEES_BILLS) -> Residence:
    """The units of a resident's token whose money they may see (or pay), each with their time there.

    A unit whose relations have all ended, or do not give the power, is left out at once, though the token lives for
    some minutes more. One of which the register's copy knows nothing of the resident is reached without limit: then
    the token itself is the relation.
    """
    if not who.units:
        return {}
    r, u, c = ref_relations.c, ref_units.c, ref_communities.c
    rows = await tx.rows(
        select(r.unit_id, r.person_id, r.since, r.until, r.powers, c.timezone)
        .select_from(
            ref_relations.join(ref_units, and_(u.org_id == r.org_id, u.id == r.unit_id)).join(
                ref_communities, and_(c.org_id == u.org_id, c.id == u.community_id)
            )
        )
        .where(r.org_id == tx.org_id, r.unit_id.in_(sorted(who.units)))
    )
    mine = {row.unit_id for row in rows if row.person_id == who.sub}
    found = {unit: Stay() for unit in who.units if unit not in mine}
    for unit in mine:
        of_unit = [row for row in rows if row.unit_id == unit]
        zone = ZoneInfo(of_unit[0].timezone)
        giving = [row for row in of_unit if row.person_id == who.sub and (row.powers is None or power in row.powers)]
        day = unbroken_since([(row.since, row.until) for row in giving], tx.now.astimezone(zone).date())
        if day is None:
            continue
        # Sources write the first day of all for "always", which no time zone can be counted from.
        since = datetime.combine(day, time(), tzinfo=zone) if day.year > 1 else None
        after = {row.person_id for row in of_unit if row.until is None or row.until >= day}
        found[unit] = Stay(since, day, frozenset(row.person_id for row in of_unit if row.person_id not in after))
    return found


def within(
    held: Residence,
    who: Principal,
    unit: ColumnElement[Any],
    at: ColumnElement[Any],
    payer: ColumnElement[Any] | None = None,
) -> ColumnElement[bool]:
    """Rows of a unit, an instant and, where they have one, a payer that fall into the resident's time there."""
    always = [id for id, stay in held.items() if stay.since is None]
    arms: list[ColumnElement[bool]] = [unit.in_(sorted(always))] if always else []
    for id, stay in sorted(held.items()):
        if stay.since is not None:
            theirs = [unit == id, at >= stay.since]
            if payer is not None and stay.before:
                theirs.append(or_(payer.is_(None), payer.not_in(sorted(stay.before))))
            arms.append(and_(*theirs))
    if payer is not None:
        arms.append(payer == who.sub)  # what is addressed to them is theirs
    return or_(*arms) if arms else literal(False)


async def own_time(
    tx: Tx,
    who: Principal,
    unit: ColumnElement[Any],
    at: ColumnElement[Any],
    payer: ColumnElement[Any] | None = None,
) -> list[ColumnElement[bool]]:
    """The condition on a list that residents read; none for everybody else."""
    return [within(await residence(tx, who), who, unit, at, payer)] if who.is_resident else []


async def own_bills(tx: Tx, who: Principal, bill: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The condition on rows that hang on a bill."""
    reach = await own_time(tx, who, bills.c.unit_id, bills.c.issued_at, bills.c.payer_id)
    return [bill.in_(select(bills.c.id).where(bills.c.org_id == tx.org_id, *reach))] if reach else []


async def own_payments(tx: Tx, who: Principal, payment: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """The condition on rows that hang on a payment."""
    c = payments.c
    reach = await own_time(tx, who, c.unit_id, c.created_at, c.payer_id)
    return [payment.in_(select(c.id).where(c.org_id == tx.org_id, *reach))] if reach else []


async def is_own(tx: Tx, who: Principal, unit_id: UUID, at: datetime, payer_id: UUID | None) -> bool:
    """Whether one row is within a resident's time; everybody else is judged by scope alone."""
    if not who.is_resident or (payer_id is not None and payer_id == who.sub):
        return True
    stay = (await residence(tx, who)).get(unit_id)
    return stay is not None and stay.holds(at, payer_id)


async def since_when(tx: Tx, who: Principal) -> Mapping[UUID, datetime | None]:
    """Since when a resident's units are theirs, for the change feed."""
    return {unit: stay.since for unit, stay in (await residence(tx, who)).items()}


async def before_them(tx: Tx, who: Principal) -> Mapping[UUID, frozenset[UUID]]:
    """Who belonged to a resident's units before them, for the change feed."""
    return {unit: stay.before for unit, stay in (await residence(tx, who)).items() if stay.before}
