"""Connecting a system: who it is, what it may do, and how its secret is changed without a gap."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.grants.client_credentials import secret_hash
from services.ticketing.integrators import repository
from services.ticketing.integrators.schemas import IntegratorIn
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import NoSuchIntegrator, ScopeNotGrantable, UnitNotYours
from services.ticketing.sessions.identities import CLIENT, key_of, link, unlink
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.ids import uuid7

#: What no system may do: give powers, hold people's sign-ins, or act where the law wants a person.
_NEVER: Final = frozenset(
    {
        "integrator.manage",
        "connection.manage",
        "issuer.rotate",
        "session.own",
        "session.end_others",
        "credential.own",
        "credential.reset",
        "identity.rebuild",
        "people.erase",
        "people.export",
        "people.opened",
        "staff.write",
    }
)


async def create(ctx: Context, who: Principal, body: IntegratorIn) -> tuple[Row[Any], str]:
    """Connect a system; its row and its secret, which is stored as a hash alone.

    Raises ScopeNotGrantable, and UnitNotYours for org units outside the caller's own reach.
    """
    for n, scope in enumerate(body.scopes):
        if scope in _NEVER:
            fault = FieldError(f"scopes.{n}", "该权限不能授予对接系统", "A connected system cannot hold this scope")
            raise ScopeNotGrantable(fields=[fault])
    units = {who.org} if body.units is None else set(body.units)
    id, secret = uuid7(), secrets.token_urlsafe(32)
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        known = await repository.paths(tx, units)
        if any(unit not in known or not who.sees(known[unit]) for unit in units):
            raise UnitNotYours
        scopes = sorted(set(body.scopes))
        await repository.insert(
            tx,
            {
                "id": id,
                "name": body.name,
                "scopes": scopes,
                "units": sorted(units),
                "secret_hash": secret_hash(secret),
            },
        )
        await link(tx, CLIENT, key_of(ctx.vault, CLIENT, str(id)), "client", id)
        tx.audit(
            "integrator.created",
            "integrator",
            id,
            after={"name": body.name, "scopes": scopes, "units": [str(u) for u in sorted(units)]},
        )
        row = await repository.one(tx, who, id)
    assert row is not None  # inserted above
    return row, secret


async def rotate(ctx: Context, who: Principal, id: UUID, keep_old: timedelta) -> tuple[Row[Any], str]:
    """A new secret; the old one stays good for a while. Raises NoSuchIntegrator."""
    secret = secrets.token_urlsafe(32)
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        row = await _living(tx, who, id)
        values = {
            "secret_hash": secret_hash(secret),
            "previous_hash": row.secret_hash,
            "previous_until": tx.wall + keep_old,
        }
        await repository.change(tx, row, values)
        tx.audit("integrator.secret_changed", "integrator", id)
    return row, secret


async def end(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """Disconnect a system; its last token ends within ten minutes. Raises NoSuchIntegrator."""
    row = await _living(tx, who, id)
    await repository.change(tx, row, {"ended_at": tx.wall})
    await unlink(tx, [id])
    tx.audit("integrator.ended", "integrator", id)
    ended = await repository.one(tx, who, id)
    assert ended is not None  # locked above
    return ended


async def _living(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    row = await repository.one(tx, who, id, lock=True)
    if row is None or row.ended_at is not None:
        raise NoSuchIntegrator
    return row
