"""Statements on posts, shifts, presence, leave and bars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Table, and_, any_, literal, or_, select, update

from services.ticketing import access
from services.ticketing.domain.rosters import AROUND, LONGEST_STAY, Span
from services.ticketing.models import (
    assignments,
    attendance,
    bars,
    communities,
    leaves,
    org_units,
    post_days,
    posts,
    presences,
    shifts,
)
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery
from shared.ids import uuid7

s, p, v, b = shifts.c, presences.c, leaves.c, bars.c


def under(tx: Tx, who: Principal, table: Table) -> list[ColumnElement[bool]]:
    """Conditions on a table with ``org_unit_id``: rows of org units within the caller's reach."""
    if access.sees_everything(tx, who):
        return []
    below = select(org_units.c.id).where(org_units.c.org_id == tx.org_id, access.under_units(who, org_units.c.path))
    return [table.c.org_unit_id.in_(below)]


async def page(
    tx: Tx, table: Table, conditions: Sequence[ColumnElement[bool]], page: PageQuery
) -> Sequence[Row[Any]]:
    """Rows in the order of their making."""
    return await tx.rows(paged(select(table).where(table.c.org_id == tx.org_id, *conditions), table, page))


async def one(tx: Tx, table: Table, id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """A row by its id; ``lock`` holds it until the commit."""
    wanted = select(table).where(table.c.org_id == tx.org_id, table.c.id == id)
    return await tx.one_or_none(wanted.with_for_update(key_share=True) if lock else wanted)


async def insert(tx: Tx, table: Table, values: Mapping[str, Any]) -> UUID:
    """Store a new row; its id."""
    id = uuid7()
    await insert_rows(tx, table, [{"id": id, "version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])
    return id


async def change(tx: Tx, table: Table, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns of a locked row."""
    await tx.execute(
        update(table)
        .where(table.c.org_id == tx.org_id, table.c.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def post_of(tx: Tx, org_unit_id: UUID, code: str) -> Row[Any] | None:
    """The post of a code in an org unit."""
    c = posts.c
    return await tx.one_or_none(
        select(posts).where(c.org_id == tx.org_id, c.org_unit_id == org_unit_id, c.code == code)
    )


async def only_community(tx: Tx, org_unit_id: UUID) -> UUID | None:
    """The community that an org unit serves, where it serves one alone: what is told of it counts there."""
    c = communities.c
    found = await tx.rows(
        select(c.id).where(c.org_id == tx.org_id, c.path.contains([org_unit_id])).order_by(c.id).limit(2)
    )
    return found[0].id if len(found) == 1 else None


async def posts_of(tx: Tx, conditions: Sequence[ColumnElement[bool]]) -> Sequence[Row[Any]]:
    """Posts, in the order of their making."""
    return await tx.rows(select(posts).where(posts.c.org_id == tx.org_id, *conditions).order_by(posts.c.id).limit(500))


async def days_of(tx: Tx, post_ids: Collection[UUID], first: date, last: date) -> dict[tuple[UUID, date], Row[Any]]:
    """What is stored of these posts' days."""
    c = post_days.c
    rows = await tx.rows(
        select(post_days).where(
            c.org_id == tx.org_id, c.post_id.in_(sorted(post_ids)), c.day >= first, c.day <= last
        )
    )
    return {(row.post_id, row.day): row for row in rows}


async def lock_day(tx: Tx, post_id: UUID, day: date) -> Row[Any] | None:
    """A post's stored day, locked."""
    c = post_days.c
    return await tx.one_or_none(
        select(post_days)
        .where(c.org_id == tx.org_id, c.post_id == post_id, c.day == day)
        .with_for_update(key_share=True)
    )


async def shifts_at_post(tx: Tx, org_unit_id: UUID, code: str, span: Span) -> Sequence[Row[Any]]:
    """Shifts of a post that meet a span; cancelled ones are left out."""
    return await tx.rows(
        select(shifts).where(
            s.org_id == tx.org_id,
            s.org_unit_id == org_unit_id,
            s.post == code,
            s.cancelled_at.is_(None),
            s.starts_at < span.end,
            s.ends_at > span.start,
        )
    )


async def shifts_of(tx: Tx, person_ids: Collection[UUID], span: Span) -> Sequence[Row[Any]]:
    """Shifts of people that meet a span, in the order of their beginning; cancelled ones are left out."""
    return await tx.rows(
        select(shifts)
        .where(
            s.org_id == tx.org_id,
            s.person_id.in_(sorted(set(person_ids))),
            s.cancelled_at.is_(None),
            s.starts_at < span.end,
            s.ends_at > span.start,
        )
        .order_by(s.starts_at, s.id)
    )


async def on_shift(tx: Tx, path: Sequence[UUID], at: datetime) -> Sequence[Row[Any]]:
    """Shifts that hold at an instant in an org unit, below it or above it, with their posts' word on presence."""
    joined = shifts.join(org_units, and_(org_units.c.org_id == s.org_id, org_units.c.id == s.org_unit_id)).outerjoin(
        posts, and_(posts.c.org_id == s.org_id, posts.c.org_unit_id == s.org_unit_id, posts.c.code == s.post)
    )
    near = or_(s.org_unit_id.in_(list(path)), literal(path[-1]) == any_(org_units.c.path))
    wanted = select(shifts, posts.c.presence_kept).select_from(joined)
    where = [s.org_id == tx.org_id, near, s.cancelled_at.is_(None), s.starts_at <= at, s.ends_at > at]
    return await tx.rows(wanted.where(*where).order_by(s.starts_at, s.id))


async def able(
    tx: Tx, person_ids: Collection[UUID], path: Sequence[UUID], at: datetime, kind: str, code: str
) -> set[UUID]:
    """Of these people, those who hold a duty or skill at an instant in an org unit, below it or above it."""
    a = assignments.c
    joined = assignments.join(org_units, and_(org_units.c.org_id == a.org_id, org_units.c.id == a.org_unit_id))
    rows = await tx.rows(
        select(a.person_id)
        .select_from(joined)
        .where(
            a.org_id == tx.org_id,
            a.person_id.in_(sorted(set(person_ids))),
            a.kind == kind,
            a.code == code,
            a.state == "decided",
            a.since <= at,
            or_(a.until.is_(None), a.until > at),
            or_(a.org_unit_id.in_(list(path)), literal(path[-1]) == any_(org_units.c.path)),
        )
    )
    return {row.person_id for row in rows}


async def stays(tx: Tx, person_ids: Collection[UUID], span: Span) -> Sequence[Row[Any]]:
    """Presence records of people that may belong to a span."""
    return await tx.rows(
        select(presences)
        .where(
            p.org_id == tx.org_id,
            p.person_id.in_(sorted(set(person_ids))),
            p.at >= span.start - LONGEST_STAY - AROUND,
            p.at < span.end + AROUND,
        )
        .order_by(p.at, p.id)
    )


async def last_stay(tx: Tx, person_id: UUID, org_unit_id: UUID) -> Row[Any] | None:
    """The latest presence record of somebody in an org unit."""
    return await tx.one_or_none(
        select(presences)
        .where(p.org_id == tx.org_id, p.person_id == person_id, p.org_unit_id == org_unit_id)
        .order_by(p.at.desc(), p.id.desc())
        .limit(1)
    )


async def leaves_of(tx: Tx, person_ids: Collection[UUID], span: Span, states: Sequence[str]) -> Sequence[Row[Any]]:
    """Leave of people in one of these states that meets a span."""
    return await tx.rows(
        select(leaves).where(
            v.org_id == tx.org_id,
            v.person_id.in_(sorted(set(person_ids))),
            v.state.in_(list(states)),
            v.starts_at < span.end,
            v.ends_at > span.start,
        )
    )


async def bars_of(tx: Tx, person_ids: Collection[UUID], span: Span) -> Sequence[Row[Any]]:
    """Bars of people that meet a span."""
    return await tx.rows(
        select(bars).where(
            b.org_id == tx.org_id,
            b.person_id.in_(sorted(set(person_ids))),
            b.since < span.end,
            or_(b.until.is_(None), b.until > span.start),
        )
    )


async def attendance_of(tx: Tx, shift_id: UUID) -> Row[Any] | None:
    """What is stored of a shift's outcome."""
    c = attendance.c
    return await tx.one_or_none(select(attendance).where(c.org_id == tx.org_id, c.shift_id == shift_id))
