"""Accounts in the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, delete, select, update
from sqlalchemy.dialects.postgresql import insert as pg_insert

from services.notify.models import accounts, permits, ref_staff
from shared.db.tx import Tx
from shared.ids import uuid7


async def put(tx: Tx, person_id: UUID, kind: str, address: str, *, device: str | None = None) -> None:
    """Give an address to a person, also where another had it: whoever signed in last has it. A device has one address
    of a kind, and what it had before goes."""
    a = accounts
    if device is not None:
        await tx.execute(
            delete(a).where(a.c.org_id == tx.org_id, a.c.kind == kind, a.c.device == device, a.c.address != address)
        )
    row = {
        "org_id": tx.org_id,
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "person_id": person_id,
        "kind": kind,
        "address": address,
        "device": device,
        "disabled_at": None,
    }
    said = pg_insert(a).values(row)
    await tx.execute(
        said.on_conflict_do_update(
            index_elements=["org_id", "kind", "address"],
            set_={
                "person_id": person_id,
                "device": device,
                "disabled_at": None,
                "version": a.c.version + 1,
                "updated_at": tx.now,
            },
        )
    )


async def only(tx: Tx, person_id: UUID, kind: str, address: str) -> None:
    """Take a person's other addresses of a kind away: of these they have one."""
    a = accounts
    await tx.execute(
        delete(a).where(a.c.org_id == tx.org_id, a.c.person_id == person_id, a.c.kind == kind, a.c.address != address)
    )


async def of_person(tx: Tx, person_id: UUID, kinds: Collection[str] | None = None) -> Sequence[Row[Any]]:
    """A person's accounts, the oldest first."""
    a = accounts
    query = select(a).where(a.c.org_id == tx.org_id, a.c.person_id == person_id).order_by(a.c.id)
    return await tx.rows(query if kinds is None else query.where(a.c.kind.in_(kinds)))


async def remove(tx: Tx, person_id: UUID, account_id: UUID) -> bool:
    """Let one of a person's accounts go; whether there was one."""
    a = accounts
    gone = await tx.rows(
        delete(a).where(a.c.org_id == tx.org_id, a.c.id == account_id, a.c.person_id == person_id).returning(a.c.id)
    )
    return bool(gone)


async def disable(tx: Tx, addresses: Collection[str]) -> None:
    """Write nothing more to addresses that their provider says exist no more; of those that are kept sealed, this is
    their JSON."""
    if not addresses:
        return
    a = accounts
    named = {*addresses, *(sealed_name(address) for address in addresses)}
    await tx.execute(
        update(a)
        .where(a.c.org_id == tx.org_id, a.c.address.in_(named), a.c.disabled_at.is_(None))
        .values(disabled_at=tx.wall, version=a.c.version + 1, updated_at=tx.now)
    )


async def forget(tx: Tx, person_id: UUID) -> None:
    """Let all of a person's accounts and permits go: nothing is written to them there any more."""
    for table in (permits, accounts):
        await tx.execute(delete(table).where(table.c.org_id == tx.org_id, table.c.person_id == person_id))


async def follow(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Give one person's accounts and permits to another."""
    a, p, other = accounts, permits, permits.alias("other")
    await _reseal(tx, loser, survivor)
    await tx.execute(
        update(a).where(a.c.org_id == tx.org_id, a.c.person_id == loser).values(person_id=survivor, updated_at=tx.now)
    )
    same = (
        select(other.c.id)
        .where(
            other.c.org_id == tx.org_id,
            other.c.person_id == survivor,
            other.c.provider == p.c.provider,
            other.c.template == p.c.template,
            other.c.report_id == p.c.report_id,
        )
        .exists()
    )
    await tx.execute(
        update(p)
        .where(p.c.org_id == tx.org_id, p.c.person_id == loser, ~same)
        .values(person_id=survivor, updated_at=tx.now)
    )


async def _reseal(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """Put one person's secret addresses under the key of another; of a kind that the other has already, they go."""
    a = accounts
    mine = [row for row in await of_person(tx, loser) if row.sealed is not None]
    theirs = {row.kind for row in await of_person(tx, survivor)} if mine else set()
    opened = await tx.vault.open(tx, [(loser, bytes(row.sealed)) for row in mine])
    for row, value in zip(mine, opened, strict=True):
        this = (a.c.org_id == tx.org_id, a.c.id == row.id)
        if value is None or row.kind in theirs:
            await tx.execute(delete(a).where(*this))
        else:
            await tx.execute(update(a).where(*this).values(sealed=await tx.vault.seal(tx, survivor, value)))


def sealed_name(address: str) -> str:
    """What stands for an address that is a secret itself: the hash of its URL, given as such or in its JSON."""
    if address.startswith("{"):
        address = str(orjson.loads(address).get("url", ""))
    return sha256(address.encode()).hexdigest()


async def put_sealed(
    tx: Tx, person_id: UUID, kind: str, url: str, value: Mapping[str, Any], *, device: str | None = None
) -> bool:
    """Keep an address that is a secret, under the key of whom it belongs to, so that erasing them reaches it; whether
    it is new."""
    row = {
        "org_id": tx.org_id,
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "person_id": person_id,
        "kind": kind,
        "address": sealed_name(url),
        "device": device,
        "sealed": await tx.vault.seal(tx, person_id, value),
    }
    added = await tx.rows(pg_insert(accounts).values(row).on_conflict_do_nothing().returning(accounts.c.id))
    return bool(added)


async def leave(tx: Tx, device: str, kinds: Collection[str], *, person_id: UUID | None = None) -> bool:
    """Let a device go, of whomever or of a person; whether there was one."""
    a = accounts
    whose = [] if person_id is None else [a.c.person_id == person_id]
    gone = await tx.rows(
        delete(a).where(a.c.org_id == tx.org_id, a.c.device == device, a.c.kind.in_(kinds), *whose).returning(a.c.id)
    )
    return bool(gone)


async def staff_among(tx: Tx, people: Collection[UUID]) -> set[UUID]:
    """Those of these people who work here."""
    s = ref_staff
    found = await tx.rows(select(s.c.id).where(s.c.org_id == tx.org_id, s.c.id.in_(people)))
    return {row.id for row in found}
