"""Registering a device for oneself, and letting it go."""

from __future__ import annotations

from typing import Final

from services.notify.accounts import repository
from services.notify.devices.schemas import DeviceIn
from services.notify.domain.account_errors import NoSuchDevice
from shared.auth import Principal
from shared.db.tx import Tx

KINDS: Final = ("jiguang", "getui")
#: A person's devices; with one more the one that was registered first goes.
MOST: Final = 10


async def register(tx: Tx, who: Principal, body: DeviceIn) -> None:
    """Show the caller's messages on this device, and nobody else's: it belongs to whoever signed in last."""
    await repository.leave(tx, body.device, KINDS)
    await repository.put(tx, who.sub, body.provider, body.token, device=body.device)
    mine = await repository.of_person(tx, who.sub, KINDS)
    for row in mine[: max(len(mine) - MOST, 0)]:
        await repository.remove(tx, who.sub, row.id)
    tx.audit("device.register", "person", who.sub, after={"provider": body.provider, "device": body.device})


async def sign_out(tx: Tx, who: Principal, device: str) -> None:
    """Show nothing more there. Raises NoSuchDevice (404) where it is not the caller's."""
    if not await repository.leave(tx, device, KINDS, person_id=who.sub):
        raise NoSuchDevice()
    tx.audit("device.sign_out", "person", who.sub, after={"device": device})
