"""Connected systems: client id and secret. No session and no refresh token; the system signs in again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from services.ticketing.grants import _base
from services.ticketing.models import integrators
from services.ticketing.sessions.context import Context
from services.ticketing.sessions.errors import SignInRefused
from services.ticketing.sessions.identities import CLIENT, find, key_of
from shared.db.tx import Tx

EXAMPLES: Final[Sequence[Mapping[str, Any]]] = (
    {
        "grant": "client_credentials",
        "client_id": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77",
        "client_secret": "3q2-7wAAB5mZkq0cT0V1Yw1m4mXr8v0y",
    },
)


class ClientFields(_base.Fields):
    """A client and its secret."""

    grant: Literal["client_credentials"]
    client_id: UUID
    client_secret: Annotated[str, Field(min_length=1, max_length=200)]


def secret_hash(secret: str) -> bytes:
    """What is stored of a client secret. It has 256 random bits: nothing to stretch."""
    return hashlib.sha256(secret.encode()).digest()


async def _fits(tx: Tx, client_id: UUID, secret: str) -> bool:
    c = integrators.c
    row = await tx.one_or_none(
        select(c.secret_hash, c.previous_hash, c.previous_until, c.ended_at).where(
            c.org_id == tx.org_id, c.id == client_id
        )
    )
    if row is None or row.ended_at is not None:
        return False
    given = secret_hash(secret)
    if hmac.compare_digest(given, bytes(row.secret_hash)):
        return True
    old = row.previous_hash is not None and row.previous_until > tx.wall
    return old and hmac.compare_digest(given, bytes(row.previous_hash))


async def prove(ctx: Context, fields: ClientFields) -> _base.Proof:
    """Compare the secret. Raises SignInRefused.

    The OAuth grant of machines.
    """
    async with ctx.plain() as raw:
        found = await find(raw, CLIENT, key_of(ctx.vault, CLIENT, str(fields.client_id)))
    for candidate in found:
        async with ctx.read(candidate.org_id) as tx:
            if await _fits(tx, fields.client_id, fields.client_secret):
                return _base.Proof([candidate], "client_credentials")
    raise SignInRefused


GRANT: Final = _base.Grant(code="client_credentials", fields=ClientFields, examples=EXAMPLES, prove=prove)
