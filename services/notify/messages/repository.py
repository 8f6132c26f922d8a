"""Messages with their deliveries and attempts, for staff. No query per row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.engine import Row

from services.notify.models import attempts, contacts, deliveries, inbox, messages
from shared.db.tx import Tx


def _messages(tx: Tx, communities: Collection[UUID] | None) -> Select[Any]:
    m, p, i = messages, contacts, inbox
    query = (
        select(
            m.c.id,
            m.c.template,
            m.c.template_version,
            m.c.template_version_id,
            m.c.message_class,
            m.c.locale,
            m.c.person_id,
            p.c.name,
            p.c.email,
            m.c.community_id,
            m.c.cause_id,
            m.c.cause_type,
            m.c.subject_id,
            m.c.digest,
            m.c.created_at,
            i.c.read_at,
        )
        .select_from(
            m.outerjoin(p, and_(p.c.org_id == m.c.org_id, p.c.id == m.c.person_id)).outerjoin(
                i, and_(i.c.org_id == m.c.org_id, i.c.id == m.c.id)
            )
        )
        .where(m.c.org_id == tx.org_id)
    )
    return query if communities is None else query.where(m.c.community_id.in_(communities))


async def page(
    tx: Tx,
    *,
    communities: Collection[UUID] | None,
    template: str | None,
    person_id: UUID | None,
    subject_id: UUID | None,
    state: str | None,
    channel: str | None,
    before: UUID | None,
    updated_after: datetime | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Up to `limit` + 1 messages, newest first; `communities` None means all of the organisation."""
    m, d = messages, deliveries
    query = _messages(tx, communities).order_by(m.c.id.desc()).limit(limit + 1)
    if template is not None:
        query = query.where(m.c.template == template)
    if person_id is not None:
        query = query.where(m.c.person_id == person_id)
    if subject_id is not None:
        query = query.where(m.c.subject_id == subject_id)
    if updated_after is not None:
        query = query.where(m.c.updated_at >= updated_after)
    if before is not None:
        query = query.where(m.c.id < before)
    if state is not None or channel is not None:
        wanted: list[ColumnElement[bool]] = [d.c.org_id == tx.org_id, d.c.message_id == m.c.id]
        if state is not None:
            wanted.append(d.c.state == state)
        if channel is not None:
            wanted.append(d.c.channel == channel)
        query = query.where(exists().where(*wanted))
    return await tx.rows(query)


async def one(tx: Tx, message_id: UUID, communities: Collection[UUID] | None) -> Row[Any] | None:
    """One message within the communities, or None."""
    return await tx.one_or_none(_messages(tx, communities).where(messages.c.id == message_id))


async def deliveries_of(tx: Tx, message_ids: Collection[UUID]) -> dict[UUID, list[Row[Any]]]:
    """The deliveries of these messages, by message."""
    d = deliveries
    found: dict[UUID, list[Row[Any]]] = {}
    if message_ids:
        for row in await tx.rows(
            select(
                d.c.id,
                d.c.message_id,
                d.c.channel,
                d.c.state,
                d.c.attempts,
                d.c.next_at,
                d.c.held_until,
                d.c.held_for,
            )
            .where(d.c.org_id == tx.org_id, d.c.message_id.in_(message_ids))
            .order_by(d.c.id)
        ):
            found.setdefault(row.message_id, []).append(row)
    return found


async def attempts_of(tx: Tx, message_id: UUID) -> Sequence[Row[Any]]:
    """All attempts of a message over all channels, in order."""
    a, d = attempts, deliveries
    return await tx.rows(
        select(a, d.c.channel)
        .select_from(a.join(d, and_(d.c.org_id == a.c.org_id, d.c.id == a.c.delivery_id)))
        .where(a.c.org_id == tx.org_id, d.c.message_id == message_id)
        .order_by(a.c.id)
    )


async def counts(tx: Tx, communities: Collection[UUID] | None) -> list[tuple[str, str, int]]:
    """Messages by (channel, state); the inbox's states are unread and read."""
    m, d, i = messages, deliveries, inbox
    scope = [] if communities is None else [m.c.community_id.in_(communities)]
    sent = await tx.rows(
        select(d.c.channel, d.c.state, func.count())
        .select_from(d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id)))
        .where(d.c.org_id == tx.org_id, *scope)
        .group_by(d.c.channel, d.c.state)
    )
    read = i.c.read_at.is_not(None)
    kept = await tx.rows(
        select(read, func.count())
        .select_from(i.join(m, and_(m.c.org_id == i.c.org_id, m.c.id == i.c.id)))
        .where(i.c.org_id == tx.org_id, *scope)
        .group_by(read)
    )
    out: list[tuple[str, str, int]] = [(channel, state, n) for channel, state, n in map(tuple, sent)]
    out.extend(("inbox", "read" if was_read else "unread", n) for was_read, n in map(tuple, kept))
    return sorted(out)
