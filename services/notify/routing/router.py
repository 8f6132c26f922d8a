"""``/notify/v1/routes``: over which channels each class of messages goes."""

from __future__ import annotations

from typing import Annotated

from services.notify.registry import channels
from services.notify.routing import service
from services.notify.routing.schemas import ChannelOut, RouteIn, RouteOut, RoutesOut
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import TxDep, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1/routes", tags=["routes"])


async def _present(tx: Tx) -> RoutesOut:
    return RoutesOut(
        items=[RouteOut(message_class=c, channels=list(o), own=own) for c, o, own in await service.routes_of(tx)],
        channels=[
            ChannelOut(code=code, name=Text(zh=c.zh, en=c.en), enabled=c.enabled(), by_hand=c.by_hand)
            for code, c in sorted(channels().items())
            if c.outside
        ],
    )


@router.get("", operation_id="get_routes")
async def get_routes(tx: TxDep, who: Annotated[Principal, allow("route.read")]) -> RoutesOut:
    """Over which channels each class of messages goes, in order."""
    return await _present(tx)


@router.post("", operation_id="change_route")
async def change_route(body: RouteIn, tx: TxDep, who: Annotated[Principal, allow("route.write")]) -> RoutesOut:
    """Change the route of one class; what is under way keeps its own."""
    await service.change(tx, body.message_class, body.channels)
    return await _present(tx)
