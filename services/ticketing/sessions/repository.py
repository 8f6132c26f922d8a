"""Statements on sessions and one-time codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, update

from services.ticketing.domain.grants.rotation import Family
from services.ticketing.models import credentials, identities, one_time_codes, sessions
from services.ticketing.sessions.secrets import INSTALLATION
from shared.db.helpers import insert_rows
from shared.db.tx import Tx
from shared.ids import uuid7


async def insert_session(tx: Tx, values: dict[str, Any]) -> None:
    """Store a new session."""
    await insert_rows(
        tx, sessions, [{"version": 1, "created_at": tx.wall, "updated_at": tx.wall, "rotated_at": tx.wall, **values}]
    )


async def lock_session(tx: Tx, session_id: UUID) -> Row[Any] | None:
    """One session, locked until the commit."""
    return await tx.one_or_none(
        select(sessions).where(sessions.c.org_id == tx.org_id, sessions.c.id == session_id).with_for_update()
    )


def family_of(row: Row[Any]) -> Family:
    """What rotation judges by."""
    return Family(
        row.generation,
        bytes(row.token_hash),
        None if row.previous_hash is None else bytes(row.previous_hash),
        row.rotated_at,
        None if row.retry_hash is None else bytes(row.retry_hash),
        row.idle_until,
        row.expires_at,
        row.ended_at is not None,
    )


async def update_session(tx: Tx, row: Row[Any], values: dict[str, Any]) -> None:
    """Change a locked session."""
    await tx.execute(
        update(sessions)
        .where(sessions.c.org_id == tx.org_id, sessions.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.wall, **values)
    )


async def end_sessions(
    tx: Tx, subject_id: UUID, reason: str, *, but: UUID | None = None, only: UUID | None = None
) -> list[UUID]:
    """End somebody's living sessions (all, all but one, or one); the ids of those that lived."""
    c = sessions.c
    where = [c.org_id == tx.org_id, c.subject_id == subject_id, c.ended_at.is_(None)]
    if but is not None:
        where.append(c.id != but)
    if only is not None:
        where.append(c.id == only)
    rows = await tx.rows(
        update(sessions)
        .where(*where)
        .values(ended_at=tx.wall, end_reason=reason, updated_at=tx.wall, version=c.version + 1)
        .returning(c.id)
    )
    return [row.id for row in rows]


async def living_sessions(tx: Tx, subject_id: UUID) -> Sequence[Row[Any]]:
    """Somebody's sessions that can still be refreshed, the latest used first."""
    c = sessions.c
    return await tx.rows(
        select(c.id, c.method, c.device, c.created_at, c.rotated_at, c.expires_at)
        .where(
            c.org_id == tx.org_id,
            c.subject_id == subject_id,
            c.ended_at.is_(None),
            c.idle_until > tx.wall,
            c.expires_at > tx.wall,
        )
        .order_by(c.rotated_at.desc(), c.id)
        .limit(100)
    )


async def credential(tx: Tx, subject_id: UUID, kind: str, *, lock: bool = False) -> Row[Any] | None:
    """Somebody's password or TOTP secret."""
    c = credentials.c
    found = select(credentials).where(c.org_id == tx.org_id, c.subject_id == subject_id, c.kind == kind)
    return await tx.one_or_none(found.with_for_update() if lock else found)


# -- one-time codes (of the installation) ---------------------------------------------------------------------------


async def last_code(tx: Tx, phone_key: bytes) -> Row[Any] | None:
    """The code of the last message to a phone, unless it was used."""
    c = one_time_codes.c
    return await tx.one_or_none(
        select(one_time_codes)
        .where(c.org_id == INSTALLATION, c.phone_key == phone_key, c.used_at.is_(None))
        .order_by(c.sent_at.desc(), c.id.desc())
        .limit(1)
    )


async def challenge_of(tx: Tx, phone_key: bytes, lane: bytes, *, sent_at: datetime | None = None) -> Row[Any] | None:
    """The challenge of a lane: for one message, or its newest; locked."""
    c = one_time_codes.c
    where = [c.org_id == INSTALLATION, c.phone_key == phone_key, c.lane == lane]
    if sent_at is not None:
        where.append(c.sent_at == sent_at)
    return await tx.one_or_none(
        select(one_time_codes).where(*where).order_by(c.sent_at.desc(), c.id.desc()).limit(1).with_for_update()
    )


async def challenge(tx: Tx, id: UUID, phone_key: bytes) -> Row[Any] | None:
    """A challenge by its id, if it is this phone's; locked."""
    c = one_time_codes.c
    return await tx.one_or_none(
        select(one_time_codes)
        .where(c.org_id == INSTALLATION, c.id == id, c.phone_key == phone_key)
        .with_for_update()
    )


async def insert_code(
    tx: Tx, phone_key: bytes, lane: bytes, code_hash: bytes, sent_at: datetime, expires_at: datetime
) -> UUID:
    """Store a challenge; its id."""
    id = uuid7()
    row = {
        "id": id,
        "phone_key": phone_key,
        "code_hash": code_hash,
        "lane": lane,
        "sent_at": sent_at,
        "expires_at": expires_at,
        "tries": 0,
        "used_at": None,
    }
    await insert_rows(tx, one_time_codes, [row])
    return id


async def count_try(tx: Tx, id: UUID) -> None:
    """One more wrong try of a challenge."""
    c = one_time_codes.c
    await tx.execute(
        update(one_time_codes).where(c.org_id == INSTALLATION, c.id == id).values(tries=c.tries + 1)
    )


async def use_code(tx: Tx, phone_key: bytes, code_hash: bytes) -> bool:
    """Use a code up in every challenge that shares it; False when somebody else just did."""
    c = one_time_codes.c
    rows = await tx.rows(
        update(one_time_codes)
        .where(
            c.org_id == INSTALLATION,
            c.phone_key == phone_key,
            c.code_hash == code_hash,
            c.used_at.is_(None),
        )
        .values(used_at=tx.wall)
        .returning(c.id)
    )
    return bool(rows)


async def sessions_of_person(tx: Tx, subject_id: UUID) -> Sequence[Row[Any]]:
    """Every session of a subject that is still on record."""
    c = sessions.c
    return await tx.rows(select(sessions).where(c.org_id == tx.org_id, c.subject_id == subject_id).order_by(c.id))


async def identities_of_person(tx: Tx, subject_id: UUID) -> Sequence[Row[Any]]:
    """By what sorts of address a subject is known here, since when."""
    c = identities.c
    wanted = select(c.kind, c.created_at).where(c.organisation_id == tx.org_id, c.subject_id == subject_id)
    return await tx.rows(wanted.order_by(c.id))
