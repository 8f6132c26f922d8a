"""Connecting an exchange or a mailbox, changing its secret without a gap, and knowing what it signed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.access import community
from services.ticketing.connections import repository
from services.ticketing.connections.schemas import ConnectionIn
from services.ticketing.domain.inbound_errors import ConnectionInvalid, NoSuchConnection, NotSigned, SourceTaken
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.errors import NoSuchOrgUnit
from services.ticketing.sessions.secrets import Forged, Vault
from services.ticketing.tickets.intake import read_fields
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.http import signed
from shared.ids import uuid7
from shared.runtime import Runtime

_SEALED: Final = "connection"


def key_of(org_id: UUID, id: UUID) -> str:
    """How the messages of a connection name it: nobody has signed in, so the organisation stands in it."""
    return f"{org_id.hex}.{id.hex}"


async def create(tx: Tx, who: Principal, vault: Vault, body: ConnectionIn) -> tuple[Row[Any], str]:
    """Connect; the row and its secret, which is kept sealed and shown this once.

    Raises:
        NoSuchCommunity, NoSuchOrgUnit: unknown, or outside the caller's reach.
        ConnectionInvalid: a mailbox without its address, kind of ticket or community.
        SourceTaken: another connection has this source.
    """
    _check(body)
    org_unit_id = body.org_unit_id or tx.org_id
    if body.community_id is not None:
        await community(tx, who, body.community_id)
        org_unit_id = await repository.home_of(tx, body.community_id)
    path = await repository.path_of(tx, org_unit_id)
    if path is None or (body.community_id is None and not who.sees(path)):
        raise NoSuchOrgUnit()
    id, secret = uuid7(), signed.new_secret()
    given = body.model_dump(exclude={"org_unit_id", "address"})
    address = body.address.lower() if body.address else None
    row = {**given, "id": id, "org_unit_id": org_unit_id, "address": address}
    if not await repository.insert(tx, {**row, "secret": vault.seal(_SEALED, secret)}):
        raise SourceTaken(source=body.source)
    tx.audit("connection.created", "connection", id, after={"kind": body.kind, "source": body.source})
    return await _again(tx, who, id), signed.as_text(secret)


def _check(body: ConnectionIn) -> None:
    mail = {"community_id", "ticket_kind", "address"}
    wanted = mail if body.kind == "mail" else set()
    wrong = [
        FieldError(name, "邮箱接入须填写此项", "A mailbox wants this")
        for name in sorted(wanted)
        if getattr(body, name) is None
    ]
    strange = {"ticket_kind", "address"} - wanted
    wrong += [
        FieldError(name, "话机接入没有此项", "An exchange has no such thing")
        for name in sorted(strange)
        if getattr(body, name) is not None
    ]
    if body.ticket_kind is not None and not wrong:
        wrong = _unfit(body.ticket_kind)
    if wrong:
        raise ConnectionInvalid(fields=wrong)


def _unfit(kind: str) -> list[FieldError]:
    """A kind whose own fields have to be given cannot be opened by a message, which knows none of them."""
    try:
        read_fields(kinds()[kind], {})
    except TicketInvalid:
        zh, en = "该工单类型有必填项，不能由邮件自动建单", "A message cannot open this kind: it has fields to fill in"
        return [FieldError("ticket_kind", zh, en)]
    return []


async def _again(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    row = await repository.one(tx, who, id)
    assert row is not None  # stored or locked in this transaction
    return row


async def find(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """One connection. Raises NoSuchConnection."""
    row = await repository.one(tx, who, id)
    if row is None:
        raise NoSuchConnection()
    return row


async def _living(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    row = await repository.one(tx, who, id, lock=True)
    if row is None or row.ended_at is not None:
        raise NoSuchConnection()
    return row


async def rotate(tx: Tx, who: Principal, vault: Vault, id: UUID, keep_old: timedelta) -> tuple[Row[Any], str]:
    """A new secret; the old one stays good for a while, in machine time. Raises NoSuchConnection."""
    row, secret = await _living(tx, who, id), signed.new_secret()
    values = {
        "secret": vault.seal(_SEALED, secret),
        "previous_secret": row.secret,
        "previous_until": tx.wall + keep_old,
    }
    await repository.change(tx, row, values)
    tx.audit("connection.secret_changed", "connection", id)
    return await _again(tx, who, id), signed.as_text(secret)


async def end(tx: Tx, who: Principal, id: UUID) -> Row[Any]:
    """Disconnect: nothing it signs counts any more. Raises NoSuchConnection."""
    row = await _living(tx, who, id)
    await repository.change(tx, row, {"ended_at": tx.wall, "previous_secret": None, "previous_until": None})
    tx.audit("connection.ended", "connection", id)
    return await _again(tx, who, id)


async def caller(rt: Runtime, key: str, kind: str) -> Row[Any]:
    """The connection that a message names, before anything of it is believed. Raises NotSigned."""
    org, _, id = key.partition(".")
    try:
        org_id, connection_id = UUID(org), UUID(id)
    except ValueError as problem:
        raise NotSigned() from problem
    async with rt.db.read(org_id) as tx:
        row = await repository.by_id(tx, connection_id)
    if row is None or row.kind != kind:
        raise NotSigned()
    return row


def secrets_of(row: Row[Any], vault: Vault, now: datetime) -> list[bytes]:
    """The secrets that count now: the present one, and for a while the one before."""
    sealed = [row.secret]
    if row.previous_secret is not None and row.previous_until > now:
        sealed.append(row.previous_secret)
    try:
        return [vault.unseal(_SEALED, bytes(text)) for text in sealed]
    except Forged as problem:  # a backup under another master key: nobody can be believed
        raise NotSigned() from problem
