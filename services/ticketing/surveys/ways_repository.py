"""The statements of answers that do not come by the app: who may enter them, and the links of households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, or_, select, update

from services.ticketing.models import people, relations, staff, survey_links, survey_scope, tickets
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

k = survey_links.c


async def asked(tx: Tx, survey_id: UUID, unit_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these households the survey asks."""
    x = survey_scope.c
    rows = await tx.rows(
        select(x.unit_id).where(x.org_id == tx.org_id, x.survey_id == survey_id, x.unit_id.in_(sorted(unit_ids)))
    )
    return {row.unit_id for row in rows}


async def lives_in(tx: Tx, staff_id: UUID, unit_ids: Sequence[UUID], day: date) -> bool:
    """Whether a member of staff has a relation to one of these units on a local day.

    Staff and people are separate on the register; one person is both when the telephone number is the same.
    """
    r = relations.c
    found = await tx.scalar(
        select(r.id)
        .select_from(
            relations.join(people, and_(people.c.org_id == r.org_id, people.c.id == r.person_id)).outerjoin(
                staff, and_(staff.c.org_id == people.c.org_id, staff.c.phone == people.c.phone)
            )
        )
        .where(
            r.org_id == tx.org_id,
            r.unit_id.in_(sorted(unit_ids)),
            or_(staff.c.id == staff_id, people.c.id == staff_id),
            r.since <= day,
            or_(r.until.is_(None), r.until >= day),
        )
        .limit(1)
    )
    return found is not None


async def handled(tx: Tx, staff_id: UUID, unit_ids: Sequence[UUID], since: datetime) -> bool:
    """Whether a member of staff was put on, or handled, a case of one of these units received since an instant."""
    t = tickets.c
    found = await tx.scalar(
        select(t.id)
        .where(
            t.org_id == tx.org_id,
            t.unit_id.in_(sorted(unit_ids)),
            or_(t.handler_id == staff_id, t.assignee_id == staff_id),
            or_(t.received_at >= since, and_(t.closed_at.is_(None), t.cancelled_at.is_(None))),
        )
        .limit(1)
    )
    return found is not None


async def withdraw_links(tx: Tx, survey_id: UUID, unit_ids: Sequence[UUID]) -> None:
    """Take back the unused links of these households: a newer one takes their place."""
    await tx.execute(
        update(survey_links)
        .where(
            k.org_id == tx.org_id,
            k.survey_id == survey_id,
            k.unit_id.in_(sorted(unit_ids)),
            k.used_at.is_(None),
            k.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=tx.now, version=k.version + 1, updated_at=tx.now)
    )


async def add_links(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new links."""
    base = {"version": 1, "created_at": tx.now, "updated_at": tx.now, "made_by": tx.actor_id}
    await insert_rows(tx, survey_links, [{**base, "used_at": None, "withdrawn_at": None, **row} for row in rows])


async def link(tx: Tx, token_hash: str, *, lock: bool = False) -> Row[Any] | None:
    """The link of a token; locked, two uses of it follow each other."""
    wanted = select(survey_links).where(k.org_id == tx.org_id, k.token_hash == token_hash)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def use_link(tx: Tx, link_id: UUID) -> None:
    """A link took its one answer."""
    await tx.execute(
        update(survey_links)
        .where(k.org_id == tx.org_id, k.id == link_id)
        .values(used_at=tx.now, version=k.version + 1, updated_at=tx.now)
    )
