"""Tasks of people in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, and_, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.domain.by_hand import CANCELLED, OPEN
from services.notify.models import contacts, hand_tasks, messages, ref_communities, ref_units
from shared.db.tx import Tx

_ANEW = ("number", "content_hash", "printed_at", "printed_by", "result", "note", "proof", "done_at", "done_by")


async def put(tx: Tx, values: Mapping[str, Any]) -> None:
    """A task, open; where there is one of this delivery, it is open again."""
    row = {"org_id": tx.org_id, "version": 1, "created_at": tx.now, "updated_at": tx.now, "state": OPEN, **values}
    again = {"state": OPEN, "due_at": values["due_at"], "updated_at": tx.now, **dict.fromkeys(_ANEW)}
    t = hand_tasks
    said = pg_insert(t).values(row)
    await tx.execute(
        said.on_conflict_do_update(index_elements=["org_id", "id"], set_={**again, "version": t.c.version + 1})
    )


def _tasks(tx: Tx, communities: Collection[UUID] | None) -> Select[Any]:
    t, m, p, u, c = hand_tasks, messages, contacts, ref_units, ref_communities
    query = (
        select(
            t,
            m.c.template,
            m.c.message_class,
            m.c.title,
            m.c.body,
            m.c.locale,
            p.c.name,
            p.c.phone,
            u.c.number.label("unit"),
            c.c.name.label("community"),
        )
        .select_from(
            t.join(m, and_(m.c.org_id == t.c.org_id, m.c.id == t.c.message_id))
            .outerjoin(p, and_(p.c.org_id == t.c.org_id, p.c.id == t.c.person_id))
            .outerjoin(u, and_(u.c.org_id == m.c.org_id, u.c.id == m.c.unit_id))
            .outerjoin(c, and_(c.c.org_id == u.c.org_id, c.c.id == u.c.community_id))
        )
        .where(t.c.org_id == tx.org_id)
    )
    return query if communities is None else query.where(t.c.community_id.in_(communities))


async def page(
    tx: Tx,
    *,
    communities: Collection[UUID] | None,
    state: str | None,
    kind: str | None,
    assignee_id: UUID | None,
    overdue: datetime | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 tasks, the oldest first; `overdue`: open ones that were due by then."""
    t = hand_tasks
    query = _tasks(tx, communities).order_by(t.c.id).limit(limit + 1)
    if state is not None:
        query = query.where(t.c.state == state)
    if kind is not None:
        query = query.where(t.c.kind == kind)
    if assignee_id is not None:
        query = query.where(t.c.assignee_id == assignee_id)
    if overdue is not None:
        query = query.where(t.c.state == OPEN, t.c.due_at < overdue)
    if after is not None:
        query = query.where(t.c.id > after)
    return await tx.rows(query)


async def one(tx: Tx, task_id: UUID, communities: Collection[UUID] | None, *, lock: bool = False) -> Row[Any] | None:
    """A task within the communities, or None."""
    query = _tasks(tx, communities).where(hand_tasks.c.id == task_id)
    return await tx.one_or_none(query.with_for_update(of=hand_tasks) if lock else query)


async def change(tx: Tx, task_id: UUID, **values: Any) -> None:
    """Write a task that is locked."""
    t = hand_tasks
    await tx.execute(
        update(t)
        .where(t.c.org_id == tx.org_id, t.c.id == task_id)
        .values(version=t.c.version + 1, updated_at=tx.now, **values)
    )


async def forget(tx: Tx, people: Collection[UUID]) -> None:
    """Nothing is brought to these people any more, and no note about them stays."""
    t = hand_tasks
    mine = (t.c.org_id == tx.org_id, t.c.person_id.in_(people))
    await tx.execute(
        update(t).where(*mine, t.c.state == OPEN).values(state=CANCELLED, version=t.c.version + 1, updated_at=tx.now)
    )
    await tx.execute(update(t).where(*mine, t.c.note.is_not(None)).values(note=None, updated_at=tx.now))


async def follow(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """What was to be brought to one person is brought to another."""
    t = hand_tasks
    await tx.execute(
        update(t)
        .where(t.c.org_id == tx.org_id, t.c.person_id == loser)
        .values(person_id=survivor, version=t.c.version + 1, updated_at=tx.now)
    )
