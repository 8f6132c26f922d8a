"""Activation codes: issued in batches, redeemed once, revoked."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import community as visible_community
from services.ticketing.activations import repository
from services.ticketing.activations.schemas import MOST_AT_ONCE, IssueIn, PrintedOut, RedeemedOut
from services.ticketing.domain.grants import activation as rules
from services.ticketing.domain.grants import limits
from services.ticketing.domain.grants.limits import Limit
from services.ticketing.domain.household_errors import (
    ActivationOver,
    ActivationRefused,
    NoSuchActivation,
    TooManyUnits,
)
from services.ticketing.errors import NoSuchPerson, NoSuchUnit
from services.ticketing.households.binding import Begin, Home, begin
from services.ticketing.households.repository import living, lock_unit
from services.ticketing.models import units
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.limiter import purse, too_often
from services.ticketing.sessions.secrets import Vault
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import AppError
from shared.ids import uuid7

_PURPOSE: Final = "activation"


def _hash(vault: Vault, org_id: UUID, handle: str, secret: str) -> bytes:
    return vault.hash(_PURPOSE, org_id.bytes, handle, secret)


async def communities_of(tx: Tx, who: Principal, body: IssueIn) -> list[UUID]:
    """Where the units lie for which codes are wanted. Raises NoSuchCommunity, NoSuchUnit, TooManyUnits."""
    return sorted({row.community_id for row in await _wanted(tx, who, body)})


async def issue(tx: Tx, vault: Vault, who: Principal, body: IssueIn) -> list[PrintedOut]:
    """Make codes to be printed; earlier ones of the same units and role are revoked.

    Raises:
        NoSuchCommunity, NoSuchUnit: unknown, or outside the caller's reach; then none is made.
        TooManyUnits: the community is too large for one list.
    """
    rows = await _wanted(tx, who, body)
    await repository.revoke(tx, [row.id for row in rows], body.role)
    expires_at = tx.now + timedelta(days=body.days)
    shown, stored = [], []
    for row in rows:
        handle, secret = rules.drawn(secrets.randbelow(len(rules.LETTERS)) for _ in range(rules.HANDLE + rules.SECRET))
        id = uuid7()
        stored.append(
            {
                "id": id,
                "version": 1,
                "created_at": tx.now,
                "updated_at": tx.now,
                "unit_id": row.id,
                "community_id": row.community_id,
                "role": body.role,
                "handle": handle,
                "code_hash": _hash(vault, tx.org_id, handle, secret),
                "state": "issued",
                "issued_by": who.sub,
                "expires_at": expires_at,
            }
        )
        shown.append(
            PrintedOut(
                id=id,
                unit_id=row.id,
                community=row.community,
                building=row.building,
                number=row.number,
                role=body.role,
                code=rules.printed(handle, secret),
                expires_at=expires_at,
            )
        )
        tx.audit("activation.issued", "activation", id, after={"unit_id": row.id, "role": body.role})
    await repository.insert(tx, stored)
    return shown


async def _wanted(tx: Tx, who: Principal, body: IssueIn) -> Sequence[Row[Any]]:
    if body.community_id is not None:
        await visible_community(tx, who, body.community_id)
        rows = await repository.lock_units(tx, [units.c.community_id == body.community_id], MOST_AT_ONCE + 1)
        if len(rows) > MOST_AT_ONCE:
            raise TooManyUnits(most=MOST_AT_ONCE)
    else:
        wanted = sorted(set(body.unit_ids or ()))
        rows = await repository.lock_units(tx, [units.c.id.in_(wanted)], len(wanted))
        if len(rows) < len(wanted) or not all(who.sees(row.path) for row in rows):
            raise NoSuchUnit()
    return rows


async def redeem(ctx: Context, who: Principal, text: str) -> RedeemedOut:
    """Bind the caller to the unit of a code. Every try is counted, and committed, before the code is looked at.

    Raises:
        ActivationRefused: wrong, used by somebody else, revoked, too old or tried too often; which of them is not said.
        TooOften: the caller, or their network, tried too many.
        AlreadyBound, NoSuchPerson: the code is right and stays good.
    """
    read = rules.read(text)
    if read is None:
        raise ActivationRefused()
    handle, secret = read
    lanes = {
        f"activation:person:{who.org}:{who.sub}": rules.TRIES_PERSON,
        f"activation:network:{ctx.network}": rules.TRIES_NETWORK,
    }
    code = f"activation:code:{who.org}:{handle}"
    await _spend(ctx, lanes, code)
    try:
        made = await _bind(ctx, who, handle, secret)
    except ActivationRefused:
        raise
    except AppError:
        await _refund(ctx, {**lanes, code: rules.TRIES_CODE})
        raise
    await _refund(ctx, {**lanes, code: rules.TRIES_CODE})
    return made


async def _spend(ctx: Context, lanes: dict[str, Limit], code: str) -> None:
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, [*lanes, code])
        wait = limits.longest(held.wait(name, limit) for name, limit in lanes.items())
        if wait > limits.ZERO:
            raise too_often(wait)
        # row: D-076 five wrong tries and the code is locked, whoever tries from wherever
        locked = held.wait(code, rules.TRIES_CODE) > limits.ZERO
        for name, limit in lanes.items():
            held.spend(name, limit)
        if not locked:
            held.spend(code, rules.TRIES_CODE)
        await held.store()
    if locked:
        raise ActivationRefused()


async def _refund(ctx: Context, spent: dict[str, Limit]) -> None:
    async with ctx.tx() as tx:
        held = await purse(tx, ctx.vault, list(spent))
        for name, limit in spent.items():
            held.refund(name, limit)
        await held.store()


async def _bind(ctx: Context, who: Principal, handle: str, secret: str) -> RedeemedOut:
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        found = await repository.by_handle(tx, handle)
        shown = _hash(ctx.vault, who.org, handle, secret)
        if found is None or not hmac.compare_digest(bytes(found.code_hash), shown):
            raise ActivationRefused()
        # The household first, as everybody does; then the code as it is now.
        unit = await lock_unit(tx, found.unit_id)
        row = await repository.locked(tx, found.id)
        if row is not None and row.used_by == who.sub and row.relation_id is not None:
            return _redeemed(row, row.relation_id)  # the answer was lost on the way: asked again, it is the same
        if unit is None or row is None or row.state != "issued" or tx.now >= row.expires_at:
            raise ActivationRefused()
        if not await living(tx, [who.sub]):
            raise NoSuchPerson()
        home = Home(unit.id, unit.number, unit.community_id, unit.path, unit.timezone)
        (relation,) = await begin(tx, home, [Begin(who.sub, row.role, home.today(tx.now))])
        used = {"state": "used", "used_by": who.sub, "used_at": tx.now, "relation_id": relation}
        await repository.change(tx, row, used)
        tx.audit("activation.redeemed", "activation", row.id, after={"unit_id": row.unit_id, "relation_id": relation})
        tx.emit(
            "activation.redeemed.v1",
            subject=row.id,
            seq=row.version + 1,
            community_id=row.community_id,
            data={"person_id": str(who.sub), "unit_id": str(row.unit_id), "relation_id": str(relation)},
        )
        return _redeemed(row, relation)


def _redeemed(row: Row[Any], relation_id: UUID) -> RedeemedOut:
    return RedeemedOut(relation_id=relation_id, unit_id=row.unit_id, community_id=row.community_id, role=row.role)


async def revoke(tx: Tx, who: Principal, code_id: UUID) -> Row[Any]:
    """Take a code back that was not used. Raises NoSuchActivation, ActivationOver."""
    found = await repository.find(tx, code_id)
    unit = None if found is None else await lock_unit(tx, found.unit_id)  # the household first, as everybody does
    if found is None or unit is None or not who.sees(unit.path):
        raise NoSuchActivation()
    row = await repository.locked(tx, code_id)
    if row is None or row.state != "issued":
        raise ActivationOver()
    await repository.change(tx, row, {"state": "revoked"})
    tx.audit("activation.revoked", "activation", code_id)
    after = await repository.locked(tx, code_id)
    assert after is not None  # locked above
    return after
