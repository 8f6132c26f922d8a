"""Robots of staff's group chats."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Response

from services.notify.robots import repository, service
from services.notify.robots.schemas import RobotIn, RobotOut
from shared.auth import Principal, allow
from shared.http.routing import (
    Page,
    PageDep,
    TxDep,
    created,
    page_of,
    problems,
    service_router,
)

router = service_router(prefix="/v1/robots", tags=["accounts"])

Keeper = Annotated[Principal, allow("robot.write")]


def present(row: Any) -> RobotOut:
    """A robot as staff see it."""
    return RobotOut(**{name: getattr(row, name) for name in RobotOut.model_fields})


@router.get("", operation_id="list_robots")
async def list_robots(tx: TxDep, who: Keeper, page: PageDep) -> Page[RobotOut]:
    """Robots within the caller's org units."""
    mine = await service.reach(tx, who)
    rows = await repository.page(tx, mine, page.after.uuid() if page.after else None, page.limit)
    return page_of(rows, page.limit, key=lambda row: {"id": row.id}, present=present)


@router.post("", status_code=201, operation_id="add_robot", responses=problems(404, 409))
async def add_robot(body: RobotIn, tx: TxDep, who: Keeper, response: Response) -> RobotOut:
    """Enter a robot of a group chat; from now on it is told of its org unit's warnings."""
    row = await service.add(tx, who, body)
    created(response, f"/notify/v1/robots/{row.id}", row.version)
    return present(row)


@router.delete("/{robot_id}", status_code=204, operation_id="remove_robot", responses=problems(404))
async def remove_robot(robot_id: UUID, tx: TxDep, who: Keeper) -> Response:
    """Tell a robot nothing more, and forget its address."""
    await service.remove(tx, who, robot_id)
    return Response(status_code=204)
