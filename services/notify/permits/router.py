"""Permits of the mini-program's readers."""

from __future__ import annotations

from typing import Annotated

from services.notify.permits import service
from services.notify.permits.schemas import PermitOut, PermitsIn, PermitsOut
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1/permits", tags=["accounts"])

Owner = Annotated[Principal, allow("permit.own")]


async def _present(tx: Tx, who: Principal) -> PermitsOut:
    found = await service.mine(tx, who)
    return PermitsOut(items=[PermitOut(template=code, messages=list(used), left=left) for code, used, left in found])


@router.get("", operation_id="get_permits")
async def get_permits(tx: TxDep, who: Owner) -> PermitsOut:
    """Which of WeChat's templates the app should ask for, and how many messages of each the caller still allows."""
    return await _present(tx, who)


@router.post("", operation_id="report_permits", responses=problems(409))
async def report_permits(body: PermitsIn, tx: TxDep, who: Owner) -> PermitsOut:
    """Report what the caller agreed to: each template once more for one message. 409 before the account is linked."""
    await service.report(tx, who, body.report_id, body.templates)
    return await _present(tx, who)
