"""Keeping, sharing, changing and using views; none shows more than its reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments.repository import org_unit
from services.ticketing.domain.view_errors import NoSuchView, NotYourView, TooManyViews, ViewNamed, ViewShared
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.models import saved_views
from services.ticketing.tickets.lists import Wanted
from services.ticketing.views import repository
from services.ticketing.views.schemas import Filters, ViewIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import LostUpdate
from shared.ids import uuid7

#: Those who lead put views before others.
SHARERS: Final = frozenset({"supervisor", "cs_manager", "project_manager", "admin", "gm"})
#: More than anybody finds again.
MOST: Final = 100
_NAMES: Final = frozenset(f.name for f in fields(Wanted))


async def keep(tx: Tx, who: Principal, body: ViewIn) -> Row[Any]:
    """Keep a view.

    Raises:
        ViewShared: shared by somebody who leads nobody. NoSuchOrgUnit: shared where the caller sees nothing.
        TooManyViews; ViewNamed: the caller has one of that name.
    """
    await _may_share(tx, who, body)
    if await repository.count(tx, who.sub) >= MOST:
        raise TooManyViews(most=MOST)
    id = uuid7()
    if not await repository.add(tx, {"id": id, "person_id": who.sub, **_values(body)}):
        raise ViewNamed(title=body.title)
    tx.audit("view.kept", "view", id, after=_told(body))
    return await find(tx, who, id)


async def _may_share(tx: Tx, who: Principal, body: ViewIn) -> None:
    if body.shared_role is None and body.shared_org_unit_id is None:
        return
    if SHARERS.isdisjoint(who.roles):
        raise ViewShared()
    if body.shared_org_unit_id is not None:
        place = await org_unit(tx, body.shared_org_unit_id)
        if place is None or not who.sees(place.path):
            raise NoSuchOrgUnit()


def _values(body: ViewIn) -> dict[str, Any]:
    return {
        "title": body.title,
        "filters": body.filters.model_dump(mode="json", exclude_none=True),
        "role": body.shared_role,
        "org_unit_id": body.shared_org_unit_id,
    }


def _told(body: ViewIn) -> Mapping[str, Any]:
    # What somebody searches for may be somebody's name.
    return {**_values(body), "filters": sorted(body.filters.model_dump(exclude_none=True))}


async def find(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """One view of the caller's own, or shared with them. Raises NoSuchView."""
    row = await repository.one(tx, id, repository.visible(tx, who))
    if row is None:
        raise NoSuchView()
    return row


async def _own(tx: Tx, who: Principal, id: UUID, if_match: int | None) -> Row[Any]:
    await find(tx, who, id)
    row = await repository.one(tx, id, saved_views.c.person_id == who.sub, lock=True)
    if row is None:
        raise NotYourView()
    if if_match is not None and if_match != row.version:
        raise LostUpdate()
    return row


async def change(tx: Tx, who: Principal, id: UUID, body: ViewIn, if_match: int | None) -> Row[Any]:
    """Write a view anew. Raises NoSuchView, NotYourView, LostUpdate, and what keeping one refuses."""
    row = await _own(tx, who, id, if_match)
    await _may_share(tx, who, body)
    if await repository.named(tx, who.sub, body.title) not in (None, id):
        raise ViewNamed(title=body.title)
    await repository.change(tx, row, _values(body))
    tx.audit("view.changed", "view", id, after=_told(body))
    return await find(tx, who, id)


async def remove(tx: Tx, who: Principal, id: UUID) -> None:
    """Take a view away. Raises NoSuchView, NotYourView."""
    await _own(tx, who, id, None)
    await repository.remove(tx, id)
    tx.audit("view.removed", "view", id)


async def listed(tx: Tx, who: Principal, after: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """The caller's own views, and those shared with them."""
    return await repository.page(tx, repository.visible(tx, who), after, limit)


async def filled(tx: Tx, who: Principal, view: UUID | None, wanted: Wanted) -> Wanted:
    """What is asked of a list, completed by a view; what is asked with it goes first. Raises NoSuchView."""
    if view is None:
        return wanted
    kept = Filters.model_validate((await find(tx, who, view)).filters).model_dump(exclude_none=True)
    kept["states"] = tuple(kept.pop("state", ()))
    empty = Wanted()
    missing = {n: x for n, x in kept.items() if n in _NAMES and getattr(wanted, n) == getattr(empty, n)}
    return replace(wanted, **missing)
