"""Linking one's accounts with others, so that messages reach them there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.engine import Row

from services.notify.accounts import repository
from services.notify.domain.account_errors import CodeRefused, NoSuchAccount, NotSetUp, ProviderSilent
from services.notify.domain.delivery import Outcome, Result
from services.notify.registry import providers
from shared.auth import Principal
from shared.db.tx import Tx


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


async def unlink(tx: Tx, who: Principal, account_id: UUID) -> None:
    """Write to it no more. Raises NoSuchAccount (404)."""
    if not await repository.remove(tx, who.sub, account_id):
        raise NoSuchAccount()
    tx.audit("account.unlink", "person", who.sub, after={"account_id": account_id})
