"""Devices that show notifications."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response

from services.notify.accounts import repository
from services.notify.accounts.router import present
from services.notify.accounts.schemas import AccountsOut
from services.notify.devices import service
from services.notify.devices.schemas import DeviceIn
from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, service_router

router = service_router(prefix="/v1/devices", tags=["accounts"])

Owner = Annotated[Principal, allow("account.own")]


@router.post("", operation_id="register_device")
async def register_device(body: DeviceIn, tx: TxDep, who: Owner) -> AccountsOut:
    """Show the caller's messages on a device: at sign-in, and whenever its token changes."""
    await service.register(tx, who, body)
    return present(await repository.of_person(tx, who.sub))


@router.delete("/{device}", status_code=204, operation_id="sign_device_out", responses=problems(404))
async def sign_device_out(
    device: Annotated[str, Path(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9_.:-]+$")], tx: TxDep, who: Owner
) -> Response:
    """Show nothing more on a device: at sign-out."""
    await service.sign_out(tx, who, device)
    return Response(status_code=204)
