"""The caller's accounts with others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from services.notify.accounts import repository, service, work
from services.notify.accounts.schemas import (
    AccountOut,
    AccountsOut,
    AddressIn,
    CountOut,
    LinkIn,
    WorkAccountsIn,
)
from shared.auth import Principal, allow
from shared.http.routing import TxDep, own_transactions, problems, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/accounts", tags=["accounts"])

Owner = Annotated[Principal, allow("account.own")]


def present(rows: Sequence[Any]) -> AccountsOut:
    """Accounts as their owner sees them."""
    return AccountsOut(
        items=[
            AccountOut(
                id=row.id, kind=row.kind, device=row.device, linked_at=row.created_at, disabled_at=row.disabled_at
            )
            for row in rows
        ]
    )


@router.get("", operation_id="list_accounts")
async def list_accounts(tx: TxDep, who: Owner) -> AccountsOut:
    """The accounts and devices over which the caller is reached."""
    return present(await repository.of_person(tx, who.sub))


@router.post("", operation_id="link_account", responses=problems(409))
@own_transactions  # the provider says whose code it is
async def link_account(body: LinkIn, who: Owner, request: Request) -> AccountsOut:
    """Link the WeChat account that a code stands for; messages go there from now on."""
    address = await service.account_of(body.kind, body.code)
    rt = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        return present(await service.link(tx, who, body.kind, address))


@router.post("/apprise", operation_id="link_notification_service", responses=problems(409))
@own_transactions  # its plug-in is loaded, which takes a second
async def link_notification_service(body: AddressIn, who: Owner, request: Request) -> AccountsOut:
    """Be told over another notification service, of those taken here; it takes the place of the caller's last one."""
    schema = await service.notification_service_of(body.url)
    rt = request.app.state.runtime
    async with rt.db.tx(who.org, actor_id=who.sub, request_id=request_id.get()) as tx:
        return present(await service.link_address(tx, who, body.url, schema))


@router.delete("/{account_id}", status_code=204, operation_id="unlink_account", responses=problems(404))
async def unlink_account(account_id: UUID, tx: TxDep, who: Owner) -> Response:
    """Let an account or a device go: at sign-out, or because messages should not come there."""
    await service.unlink(tx, who, account_id)
    return Response(status_code=204)


@router.post("/work", operation_id="bring_work_accounts")
async def bring_work_accounts(
    body: WorkAccountsIn, tx: TxDep, who: Annotated[Principal, allow("account.work")]
) -> CountOut:
    """Say under which user ids WeCom, DingTalk or Feishu knows employees; said again, it changes nothing."""
    await work.bring(tx, body.items)
    return CountOut(count=len(body.items))
