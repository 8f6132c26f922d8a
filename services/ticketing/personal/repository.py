"""The statements of openings: by the account that opened, and about the person whose data it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, literal_column, or_, select

from services.ticketing import access
from services.ticketing.models import metadata, people, staff, tickets
from services.ticketing.people.repository import people_reach, staff_reach
from services.ticketing.personal.openings import DOORS
from shared.auth import Principal
from shared.db.tx import Tx

audit = metadata.tables["ticketing.audit"]
_COLUMNS = (audit.c.id, audit.c.at, audit.c.actor_id, audit.c.action, audit.c.entity, audit.c.entity_id)
#: In the very words of the partial index, so that the planner sees that it serves.
_OPENED: ColumnElement[bool] = literal_column("ticketing.audit.action LIKE '%opened'")


def _openings(tx: Tx) -> list[ColumnElement[bool]]:
    return [audit.c.org_id == tx.org_id, _OPENED, audit.c.action.in_(list(DOORS))]


async def openings_by(
    tx: Tx, who: Principal, by: UUID, since: datetime, until: datetime, *, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """What an account opened in ``since <= at < until``, oldest first, as far as it concerns whom the caller sees."""
    conditions = [*_openings(tx), audit.c.actor_id == by, audit.c.at >= since, audit.c.at < until, *_reach(tx, who)]
    if after is not None:
        conditions.append(audit.c.id > after)
    wanted = select(*_COLUMNS, audit.c.person_id, audit.c.after.label("told")).where(*conditions)
    return await tx.rows(wanted.order_by(audit.c.id).limit(limit))


def _reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """People within reach; where nobody is named, the case within reach, and whole tables."""
    if access.sees_everything(tx, who):
        return []
    visible = access.within_reach(tx, who, community_column=tickets.c.community_id)
    case = select(tickets.c.id).where(tickets.c.org_id == tx.org_id, *visible)
    known = select(people.c.id).where(people.c.org_id == tx.org_id, *people_reach(tx, who))
    employed = select(staff.c.id).where(staff.c.org_id == tx.org_id, *staff_reach(tx, who))
    whole = audit.c.entity.in_(("export", "import"))
    unnamed = and_(audit.c.person_id.is_(None), or_(whole, audit.c.entity_id.in_(case)))
    return [or_(audit.c.person_id.in_(known), audit.c.person_id.in_(employed), unnamed)]


async def openings_about(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Every opening of one person's data, oldest first."""
    about = [*_openings(tx), audit.c.person_id == person_id]
    return await tx.rows(select(*_COLUMNS, audit.c.after.label("told")).where(*about).order_by(audit.c.id))
