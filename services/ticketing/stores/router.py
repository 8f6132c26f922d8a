"""``/ticketing/v1/store-items``."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Response
from sqlalchemy import Row

from services.ticketing.stores import service
from services.ticketing.stores.schemas import (
    CountIn,
    LossIn,
    MovementIn,
    MovementOut,
    StoreItemChangeIn,
    StoreItemIn,
    StoreItemOut,
)
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/store-items", tags=["stores"])

Reads = Annotated[Principal, allow("store.read")]
Keeps = Annotated[Principal, allow("store.keep")]


def present(row: Row[Any]) -> StoreItemOut:
    """An item as it goes out."""
    same = {name: getattr(row, name) for name in StoreItemOut.model_fields if name != "low"}
    return StoreItemOut(**same, low=row.quantity < row.minimum)


def present_movement(row: Row[Any]) -> MovementOut:
    """A movement as it goes out."""
    return MovementOut(**{name: getattr(row, name) for name in MovementOut.model_fields})


@router.post("", status_code=201, operation_id="open_store_item", responses=problems(404, 409))
async def open_store_item(body: StoreItemIn, tx: TxDep, who: Keeps, response: Response) -> StoreItemOut:
    """Begin to keep a thing."""
    row = await service.open_item(tx, who, body)
    created(response, f"/ticketing/v1/store-items/{row.id}", row.version)
    return present(row)


@router.get("", operation_id="list_store_items")
async def list_store_items(
    tx: TxDep,
    who: Reads,
    page: PageDep,
    community_id: UUID | None = None,
    low: Annotated[bool, Query(description="Only what has to be ordered")] = False,
    retired: Annotated[bool, Query(description="What is no longer kept as well")] = False,
) -> Page[StoreItemOut]:
    """What the stores within reach keep."""
    rows = await service.page(tx, who, community_id, low, retired, page)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present)


@router.get("/{id}", operation_id="get_store_item", responses=problems(404))
async def get_store_item(id: UUID, tx: TxDep, who: Reads, response: Response) -> StoreItemOut:
    """One item."""
    row = await service.find(tx, who, id)
    etag(response, row.version)
    return present(row)


@router.patch("/{id}", operation_id="change_store_item", responses=problems(404, 412))
async def change_store_item(
    id: UUID, body: StoreItemChangeIn, tx: TxDep, who: Keeps, if_match: IfMatch, response: Response
) -> StoreItemOut:
    """Another name or minimum, or no longer kept."""
    row = await service.change(tx, who, id, body, if_match)
    etag(response, row.version)
    return present(row)


@router.post("/{id}/movements", status_code=201, operation_id="move_store_item", responses=problems(404, 409))
async def move_store_item(
    id: UUID, body: MovementIn, tx: TxDep, who: Annotated[Principal, allow("store.move")], response: Response
) -> MovementOut:
    """Take in or hand out."""
    moved = await service.move(tx, who, id, body)
    created(response, f"/ticketing/v1/store-items/{id}/movements")
    return present_movement(moved)


@router.post("/{id}/losses", status_code=201, operation_id="lose_store_item", responses=problems(404, 409))
async def lose_store_item(
    id: UUID, body: LossIn, tx: TxDep, who: Annotated[Principal, allow("store.move")], response: Response
) -> MovementOut:
    """Enter that something was damaged or lost; administration hears of it at once."""
    moved = await service.lose(tx, who, id, body)
    created(response, f"/ticketing/v1/store-items/{id}/movements")
    return present_movement(moved)


@router.post("/{id}/counts", status_code=201, operation_id="count_store_item", responses=problems(404, 409))
async def count_store_item(id: UUID, body: CountIn, tx: TxDep, who: Keeps, response: Response) -> MovementOut:
    """Enter what a count found."""
    moved = await service.count(tx, who, id, body)
    created(response, f"/ticketing/v1/store-items/{id}/movements")
    return present_movement(moved)


@router.get("/{id}/movements", operation_id="list_store_movements", responses=problems(404))
async def list_store_movements(id: UUID, tx: TxDep, who: Reads, page: PageDep) -> Page[MovementOut]:
    """What came in and went out, the newest first."""
    after = page.after.uuid() if page.after is not None else None
    rows = await service.movements(tx, who, id, after, page.limit + 1)
    return page_of(rows, page.limit, lambda row: {"id": row.id}, present_movement)
