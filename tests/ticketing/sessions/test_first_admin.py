"""The administrator that `steward admin create` enters in the register sees the whole organisation once signed in."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from deploy.commands.org import admin_row
from tests.ticketing.sessions.support import Door, bearer, claims
from tests.ticketing.support import BASE, Register


async def test_the_first_administrator_signs_in_by_password_and_sees_everything(
    door: Door, register: Register, api: httpx.AsyncClient, new_phone: Callable[[], str]
) -> None:
    """D-073: an account of one's own, with the units of the register and not those of a first token."""
    await register.community("CX", dwellings=1)
    phone = new_phone()
    await register.stored("staff", [{**admin_row("赵敏", register.org), "phone": phone}])
    await door.work(register.org)
    await door.employee(phone)
    signed = (await door.by_password(phone)).json()
    told = claims(signed["access_token"])
    assert (told["roles"], told["units"]) == (["admin"], [str(register.org)])
    seen = (await api.get(f"{BASE}/communities", headers=bearer(signed))).json()["items"]
    assert len(seen) == 1
