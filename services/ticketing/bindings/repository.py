"""Statements of requests to be bound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from services.ticketing import access
from services.ticketing.models import binding_requests, buildings, communities, people, relations, staff, units
from services.ticketing.register.repository import paged
from shared.auth import Principal
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.http.paging import PageQuery

b = binding_requests.c

_WITH_APPLICANT = select(
    binding_requests,
    people.c.name.label("applicant_name"),
    people.c.phone.label("applicant_phone"),
).select_from(
    binding_requests.join(people, and_(people.c.org_id == b.org_id, people.c.id == b.person_id))
)  # fmt: skip


def reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Conditions on requests: residents see their own, the desk those of its communities."""
    if who.is_resident:
        return [b.person_id == who.sub]
    return access.within_reach(tx, who, community_column=b.community_id)


async def page(tx: Tx, conditions: Sequence[ColumnElement[bool]], page: PageQuery) -> Sequence[Row[Any]]:
    """One page of requests with who asks."""
    return await tx.rows(paged(_WITH_APPLICANT.where(b.org_id == tx.org_id, *conditions), binding_requests, page))


async def find(
    tx: Tx, request_id: UUID, conditions: Sequence[ColumnElement[bool]], *, lock: bool = False
) -> Row[Any] | None:
    """One request with who asks; ``lock`` holds it until the commit."""
    found = _WITH_APPLICANT.where(b.org_id == tx.org_id, b.id == request_id, *conditions)
    return await tx.one_or_none(found.with_for_update(of=binding_requests) if lock else found)


async def made(tx: Tx, person_id: UUID, since: datetime) -> tuple[int, int]:
    """How many requests of somebody are open, and how many were made since an instant."""
    row = await tx.one_or_none(
        select(
            func.count().filter(b.state == "open").label("open"),
            func.count().filter(b.created_at > since).label("lately"),
        ).where(b.org_id == tx.org_id, b.person_id == person_id)
    )
    assert row is not None  # an aggregate
    return row.open, row.lately


async def community(tx: Tx, id: UUID | None, name: str | None) -> UUID | None:
    """A community by id or by its name as it stands on its gate, whoever asks; None unless it is exactly one."""
    c = communities.c
    rows = await tx.rows(
        select(c.id).where(c.org_id == tx.org_id, c.id == id if id is not None else c.name == name).limit(2)
    )
    return rows[0].id if len(rows) == 1 else None


async def insert(tx: Tx, row: Mapping[str, Any]) -> None:
    """Store a request."""
    await insert_rows(tx, binding_requests, [row])


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write columns and the next version of a locked request."""
    await tx.execute(
        update(binding_requests)
        .where(b.org_id == tx.org_id, b.id == row.id)
        .values(**values, version=row.version + 1, updated_at=tx.now)
    )


async def named_units(tx: Tx, requests: Sequence[UUID]) -> Sequence[Row[Any]]:
    """``request_id, unit_id``: the units that fit what these requests call them."""
    joined = (
        binding_requests.join(
            units,
            and_(
                units.c.org_id == b.org_id,
                units.c.community_id == b.community_id,
                units.c.number == b.number,
            ),
        ).outerjoin(
            buildings, and_(buildings.c.org_id == units.c.org_id, buildings.c.id == units.c.building_id)
        )
    )  # fmt: skip
    return await tx.rows(
        select(b.id.label("request_id"), units.c.id.label("unit_id"))
        .select_from(joined)
        .where(
            b.org_id == tx.org_id,
            b.id.in_(sorted(requests)),
            or_(b.building.is_(None), buildings.c.name == b.building),
        )
        .order_by(b.id, units.c.id)
    )


async def matches(tx: Tx, requests: Sequence[UUID]) -> Sequence[Row[Any]]:
    """People of the same community who share the applicant's phone or name, with the unit they are bound to.

    Of the request's own community alone: the desk learns nothing of others.
    """
    applicant, other = people.alias("applicant"), people.alias("other")
    joined = (
        binding_requests.join(
            applicant, and_(applicant.c.org_id == b.org_id, applicant.c.id == b.person_id)
        )
        .join(
            relations, and_(relations.c.org_id == b.org_id, relations.c.community_id == b.community_id)
        )
        .join(
            other,
            and_(
                other.c.org_id == relations.c.org_id,
                other.c.id == relations.c.person_id,
                other.c.merged_into.is_(None),
                or_(
                    other.c.id == applicant.c.id,
                    other.c.phone == applicant.c.phone,
                    other.c.name == applicant.c.name,
                ),
            ),
        )
    )  # fmt: skip
    return await tx.rows(
        select(
            b.id.label("request_id"),
            other.c.id.label("person_id"),
            other.c.name,
            other.c.phone,
            relations.c.unit_id,
            relations.c.role,
            relations.c.since,
            relations.c.until,
            (other.c.phone == applicant.c.phone).label("same_phone"),
            (other.c.name == applicant.c.name).label("same_name"),
        )
        .select_from(joined)
        .where(b.org_id == tx.org_id, b.id.in_(sorted(requests)))
        .order_by(b.id, relations.c.id)
        .limit(1000)
    )


async def of_person(tx: Tx, person_id: UUID, *, lock: bool = False) -> Sequence[Row[Any]]:
    """All requests of somebody; ``lock`` holds them until the commit."""
    found = select(binding_requests).where(b.org_id == tx.org_id, b.person_id == person_id).order_by(b.id)
    return await tx.rows(found.with_for_update() if lock else found)


async def phone_of_staff(tx: Tx, id: UUID) -> str | None:
    """The phone of an employee."""
    found: str | None = await tx.scalar(select(staff.c.phone).where(staff.c.org_id == tx.org_id, staff.c.id == id))
    return found
