"""Linking one's accounts with others, so that messages reach them there."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.accounts import repository
from services.notify.channels import apprise
from services.notify.domain.account_errors import (
    AddressRefused,
    AddressTaken,
    CodeRefused,
    NoSuchAccount,
    NotSetUp,
    ProviderSilent,
)
from services.notify.domain.delivery import Outcome, Result
from services.notify.registry import providers
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

#: Why an address is not taken: (Chinese, English).
_WHY: Final = {
    "schema": ("本系统未接入这种通知服务", "this notification service is not taken here"),
    "several": ("一个地址只能通知一个接收方", "the address leads to more than one reader"),
    "scheme": ("该服务的地址须使用加密连接（https）", "the service must be reached over https"),
    "internal": ("不能指向内部网络", "it leads into an internal network"),
}
_MALFORMED: Final = ("不是该服务可用的地址", "not an address of this service")


async def account_of(kind: str, code: str) -> str:
    """Whose code this is, asked of the provider: not in a transaction.

    Raises:
        NotSetUp: there is no such application here.
        CodeRefused: used, expired or made up.
        ProviderSilent: it cannot be asked.
    """
    provider = providers().get(kind)
    if provider is None or provider.link is None or not provider.enabled():
        raise NotSetUp()
    found = await provider.link(code)
    if not isinstance(found, Result):
        return found
    raise CodeRefused() if found.outcome is Outcome.REFUSED else ProviderSilent()


async def link(tx: Tx, who: Principal, kind: str, address: str) -> Sequence[Row[Any]]:
    """Write to this account of the caller's from now on, and to no other of the kind."""
    await repository.only(tx, who.sub, kind, address)
    await repository.put(tx, who.sub, kind, address)
    tx.audit("account.link", "person", who.sub, after={"kind": kind})
    return await repository.of_person(tx, who.sub)


async def notification_service_of(url: str) -> str:
    """The schema of an address at another notification service: not in a transaction, and calls nobody.

    Raises:
        NotSetUp: none of them is used here.
        AddressRefused: not one of those used here, or not an address of it that leads outside.
    """
    if not apprise.CHANNEL.enabled():
        raise NotSetUp()
    try:
        return await asyncio.to_thread(apprise.check, url)
    except apprise.BadAddress as error:
        zh, en = _WHY.get(error.reason, _MALFORMED)
        raise AddressRefused(fields=[FieldError("url", zh, en)]) from error


async def link_address(tx: Tx, who: Principal, url: str, schema: str) -> Sequence[Row[Any]]:
    """Write to this address from now on, and to no other of the kind. It is a secret, and is kept as such. Raises
    AddressTaken (409)."""
    await repository.only(tx, who.sub, apprise.CODE, "")
    if not await repository.put_sealed(tx, who.sub, apprise.CODE, url, {"url": url}, device=schema):
        raise AddressTaken()
    tx.audit("account.link", "person", who.sub, after={"kind": apprise.CODE, "schema": schema})
    return await repository.of_person(tx, who.sub)


async def unlink(tx: Tx, who: Principal, account_id: UUID) -> None:
    """Write to it no more. Raises NoSuchAccount (404)."""
    if not await repository.remove(tx, who.sub, account_id):
        raise NoSuchAccount()
    tx.audit("account.unlink", "person", who.sub, after={"account_id": account_id})
