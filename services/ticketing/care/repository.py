"""The statements of regular calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, literal, or_, select, tuple_, update

from services.ticketing.domain.care import DUE, MISSED, REACHED
from services.ticketing.domain.register import DWELLING
from services.ticketing.models import care_calls, care_plans, communities, org_units, relations, units
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

p, c = care_plans.c, care_calls.c
Key = tuple[UUID, int, UUID]


def _with_path() -> Any:
    joined = care_plans.join(org_units, and_(org_units.c.org_id == p.org_id, org_units.c.id == p.org_unit_id))
    return select(care_plans, org_units.c.path).select_from(joined)


async def add(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a new plan."""
    await insert_rows(tx, care_plans, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **row}])


async def one(tx: Tx, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A plan with the path of its org unit."""
    wanted = _with_path().where(p.org_id == tx.org_id, p.id == id)
    return await tx.one_or_none(wanted.with_for_update(of=care_plans) if lock else wanted)


async def change(tx: Tx, plan: Row[Any], values: Mapping[str, Any]) -> int:
    """Write new values and the next version of a locked plan; that version."""
    version = int(plan.version) + 1
    await tx.execute(
        update(care_plans)
        .where(p.org_id == tx.org_id, p.id == plan.id)
        .values(**values, version=version, updated_at=tx.now)
    )
    return version


async def plans(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Plans in the order of their making."""
    wanted = _with_path().where(p.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(p.id > after)
    return await tx.rows(wanted.order_by(p.id).limit(limit))


async def open_round(
    tx: Tx, plan: Row[Any], round: int, day: date, due: datetime, where: ColumnElement[bool]
) -> int:
    """Put every dwelling occupied on a local day, in communities of a condition, into a round in one statement; how
    many."""
    u = units.c
    places = select(communities.c.id).where(communities.c.org_id == tx.org_id, where)
    found = select(
        literal(tx.org_id, type_=c.org_id.type),
        literal(plan.id, type_=c.plan_id.type),
        literal(round, type_=c.round.type),
        u.id,
        u.community_id,
        literal(due, type_=c.due_at.type),
        literal(DUE, type_=c.state.type),
        literal(0, type_=c.attempts.type),
    ).where(
        u.org_id == tx.org_id,
        u.community_id.in_(places),
        u.use == DWELLING,
        u.occupied_from <= day,
        or_(u.occupied_to.is_(None), u.occupied_to >= day),
    )
    names = ["org_id", "plan_id", "round", "unit_id", "community_id", "due_at", "state", "attempts"]
    result = await tx.execute(insert(care_calls).from_select(names, found))
    return int(result.rowcount)


async def close_round(tx: Tx, plan_id: UUID, round: int) -> Mapping[str, int]:
    """What is still due in a round was missed; how the round's households stand then."""
    await tx.execute(
        update(care_calls)
        .where(c.org_id == tx.org_id, c.plan_id == plan_id, c.round == round, c.state == DUE)
        .values(state=MISSED)
    )
    rows = await tx.rows(
        select(c.state, func.count().label("households"))
        .where(c.org_id == tx.org_id, c.plan_id == plan_id, c.round == round)
        .group_by(c.state)
    )
    found = {row.state: int(row.households) for row in rows}
    return {
        "households": sum(found.values()),
        "reached": found.get(REACHED, 0),
        "missed": found.get(MISSED, 0),
    }


async def call(
    tx: Tx, key: Key, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> Row[Any] | None:
    """A household in a round, if it fulfils the conditions of the caller's reach."""
    plan_id, round, unit_id = key
    wanted = select(care_calls).where(
        c.org_id == tx.org_id, c.plan_id == plan_id, c.round == round, c.unit_id == unit_id, *conditions
    )
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def change_call(tx: Tx, key: Key, values: Mapping[str, Any]) -> None:
    """Write what a try came to; the household's row is locked."""
    plan_id, round, unit_id = key
    await tx.execute(
        update(care_calls)
        .where(c.org_id == tx.org_id, c.plan_id == plan_id, c.round == round, c.unit_id == unit_id)
        .values(**values)
    )


async def calls(
    tx: Tx, conditions: Sequence[ColumnElement[bool]], after: Key | None, limit: int
) -> Sequence[Row[Any]]:
    """Households by plan, round and unit."""
    key = (c.plan_id, c.round, c.unit_id)
    wanted = select(care_calls).where(c.org_id == tx.org_id, *conditions)
    if after is not None:
        wanted = wanted.where(tuple_(*key) > tuple_(*(literal(v) for v in after)))
    return await tx.rows(wanted.order_by(*key).limit(limit))


async def lives_in(tx: Tx, person_id: UUID, unit_id: UUID) -> bool:
    """Whether a person has, or had, to do with a dwelling."""
    r = relations.c
    found = await tx.scalar(
        select(literal(1)).where(r.org_id == tx.org_id, r.person_id == person_id, r.unit_id == unit_id).limit(1)
    )
    return found is not None


async def of_person(tx: Tx, person_id: UUID) -> Sequence[Row[Any]]:
    """Calls in which somebody was spoken to, oldest first."""
    return await tx.rows(
        select(care_calls).where(c.org_id == tx.org_id, c.person_id == person_id).order_by(c.due_at, c.unit_id)
    )


async def forget(tx: Tx, person_id: UUID) -> None:
    """Take away what an erased person said; that their household was called on stays."""
    await tx.execute(
        update(care_calls).where(c.org_id == tx.org_id, c.person_id == person_id).values(note=None)
    )
