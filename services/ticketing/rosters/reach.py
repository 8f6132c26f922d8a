"""Which attendance, presence and leave a caller reads: one's own; for those who lead, their org units' too."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, or_, select

from services.ticketing.models import staff
from services.ticketing.people.repository import staff_reach
from services.ticketing.rosters import repository
from shared.auth import Principal
from shared.db.tx import Tx

#: How often somebody was late or ill is not their colleagues' business.
LEADING = frozenset({"supervisor", "cs_manager", "project_manager", "gm", "hr", "qa", "admin"})


def leads(who: Principal) -> bool:
    """Whether somebody reads other people's attendance at all."""
    return who.kind == "service" or who.is_integrator or not LEADING.isdisjoint(who.roles)


def mine_or_below(tx: Tx, who: Principal, table: Table) -> list[ColumnElement[bool]]:
    """Conditions: rows of org units within reach, and one's own."""
    below = repository.under(tx, who, table)
    return [or_(table.c.person_id == who.sub, *below)] if below else []


def mine_or_led(tx: Tx, who: Principal, table: Table) -> list[ColumnElement[bool]]:
    """Conditions: one's own rows; for those who lead, also those of org units within reach."""
    return mine_or_below(tx, who, table) if leads(who) else [table.c.person_id == who.sub]


def of_staff(tx: Tx, who: Principal, table: Table) -> list[ColumnElement[bool]]:
    """Conditions: rows about staff within reach."""
    where = staff_reach(tx, who)
    if not where:
        return []
    return [table.c.person_id.in_(select(staff.c.id).where(staff.c.org_id == tx.org_id, *where))]
