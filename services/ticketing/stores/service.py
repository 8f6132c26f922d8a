"""What the desk keeps and moves: by whoever may, under a lock, never more out than there is (C-254)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.ticketing import access
from services.ticketing.assignments.repository import lock_staff
from services.ticketing.domain.company_errors import NoSuchStoreItem, StoreInvalid, StoreItemExists, StoreItemRetired
from services.ticketing.domain.stores import Kind, after
from services.ticketing.stores import repository
from services.ticketing.stores.schemas import CountIn, LossIn, MovementIn, StoreItemChangeIn, StoreItemIn
from services.ticketing.tickets.service import find as find_ticket
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.http.paging import PageQuery


async def open_item(tx: Tx, who: Principal, body: StoreItemIn) -> Row[Any]:
    """Begin to keep a thing. Raises NoSuchCommunity, StoreItemExists."""
    place = await access.community(tx, who, body.community_id)
    values = body.model_dump(exclude={"community_id"})
    id = await repository.add(tx, {**values, "community_id": place.id, "quantity": 0, "retired_at": None})
    if id is None:
        raise StoreItemExists(item=body.code)
    tx.audit("store_item.opened", "store_item", id, after={"code": body.code, "minimum": body.minimum})
    return await find(tx, who, id)


async def find(tx: Tx, who: Principal, id: UUID, version: int | None = None, *, lock: bool = False) -> Row[Any]:
    """An item within reach. Raises NoSuchStoreItem, LostUpdate."""
    row = await repository.one(tx, id, repository.reach(tx, who), lock=lock)
    if row is None:
        raise NoSuchStoreItem()
    if version is not None and version != row.version:
        raise LostUpdate()
    return row


async def change(tx: Tx, who: Principal, id: UUID, body: StoreItemChangeIn, version: int | None) -> Row[Any]:
    """Another name or minimum, or no longer kept. Raises NoSuchStoreItem, LostUpdate."""
    row = await find(tx, who, id, version, lock=True)
    values: dict[str, Any] = body.model_dump(include={"name", "minimum"}, exclude_none=True)
    if body.retired is not None:
        values["retired_at"] = (row.retired_at or tx.now) if body.retired else None
    await repository.change(tx, row, values)
    told = body.model_dump(exclude_none=True)
    tx.audit("store_item.changed", "store_item", id, before={n: getattr(row, n, None) for n in told}, after=told)
    return await find(tx, who, id)


async def move(tx: Tx, who: Principal, id: UUID, body: MovementIn) -> Row[Any]:
    """Take in or hand out.

    Raises:
        NoSuchStoreItem, StoreItemRetired, StoreShort, NoSuchTicket; StoreInvalid: handed to nobody who works here,
        or more than fits.
    """
    row = await _kept(tx, who, id)
    if body.ticket_id is not None:
        await find_ticket(tx, who, body.ticket_id)
    await _works_here(tx, body.handed_to)
    return await _moved(tx, who, row, body.kind, body.quantity, body.model_dump(exclude={"kind", "quantity"}))


async def lose(tx: Tx, who: Principal, id: UUID, body: LossIn) -> Row[Any]:
    """Enter that something was damaged or lost, and tell administration at once.

    Raises:
        NoSuchStoreItem, StoreItemRetired, StoreShort; StoreInvalid: nobody of that id works here.
    """
    row = await _kept(tx, who, id)
    await _works_here(tx, body.handed_to)
    # What somebody had taken out is no part of the stock any more.
    gone = 0 if body.handed_to is not None else body.quantity
    moved = await _moved(tx, who, row, body.how, gone, {"purpose": body.purpose, "handed_to": body.handed_to})
    told = {"code": row.code, "how": body.how, "quantity": body.quantity}
    tx.audit("store_item.lost", "store_item", id, after=told)
    # row: B-037 reported as soon as it is entered
    tx.emit(
        "store_item.lost.v1",
        subject=id,
        seq=row.version + 1,
        data={**told, "at": tx.now},
        community_id=row.community_id,
    )
    return moved


async def count(tx: Tx, who: Principal, id: UUID, body: CountIn) -> Row[Any]:
    """Enter what a count found; the difference stands as a movement. Raises NoSuchStoreItem, StoreItemRetired."""
    row = await _kept(tx, who, id)
    moved = await _moved(tx, who, row, "count", body.quantity, {"purpose": body.purpose})
    tx.audit("store_item.counted", "store_item", id, before={"stock": row.quantity}, after={"stock": moved.stock})
    return moved


async def _works_here(tx: Tx, person_id: UUID | None) -> None:
    if person_id is not None and not await lock_staff(tx, [person_id]):
        raise StoreInvalid(fields=[FieldError("handed_to", "没有这名员工", "There is no such member of staff")])


async def _kept(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    row = await find(tx, who, id, lock=True)
    if row.retired_at is not None:
        raise StoreItemRetired()
    return row


async def _moved(tx: Tx, who: Principal, row: Row[Any], kind: Kind, quantity: int, more: Mapping[str, Any]) -> Row[Any]:
    stock = after(row.quantity, kind, quantity)
    values = {"item_id": row.id, "kind": kind, "change": stock - row.quantity, "stock": stock, **more}
    # row: C-254 each movement stands with who, what for and what was left
    moved = await repository.add_movement(tx, {"moved_by": who.sub, "moved_at": tx.now, **values})
    await repository.change(tx, row, {"quantity": stock})
    return moved


async def page(
    tx: Tx, who: Principal, community_id: UUID | None, low: bool, retired: bool, query: PageQuery
) -> Sequence[Row[Any]]:
    """Items within reach; ``low``: only those of which too few are left."""
    c = repository.i
    where = repository.reach(tx, who)
    where += [] if community_id is None else [c.community_id == community_id]
    where += [] if retired else [c.retired_at.is_(None)]
    where += [c.quantity < c.minimum] if low else []
    return await repository.page(tx, where, query)


async def movements(tx: Tx, who: Principal, id: UUID, after_id: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """What came in and went out, the newest first. Raises NoSuchStoreItem."""
    row = await find(tx, who, id)
    return await repository.movements(tx, row.id, after_id, limit)
