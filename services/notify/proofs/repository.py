"""Messages with their deliveries, attempts and receipts, for their proof. No query per row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, select
from sqlalchemy.engine import Row

from services.notify.models import attempts, deliveries, inbox, messages, receipts
from shared.db.tx import Tx


def _messages(tx: Tx, communities: Collection[UUID] | None) -> Select[Any]:
    m, i = messages, inbox
    query = (
        select(
            *(m.c.id, m.c.cause_id, m.c.cause_type, m.c.subject_id, m.c.person_id, m.c.community_id, m.c.template),
            *(m.c.template_version, m.c.template_version_id, m.c.locale, m.c.message_class, m.c.digest),
            *(m.c.created_at, i.c.read_at),
        )
        .select_from(m.outerjoin(i, and_(i.c.org_id == m.c.org_id, i.c.id == m.c.id)))
        .where(m.c.org_id == tx.org_id)
    )
    return query if communities is None else query.where(m.c.community_id.in_(communities))


async def message(tx: Tx, message_id: UUID, communities: Collection[UUID] | None) -> Row[Any] | None:
    """One message within these communities (None: of the whole organisation)."""
    return await tx.one_or_none(_messages(tx, communities).where(messages.c.id == message_id))


async def of_subjects(
    tx: Tx, subjects: Collection[UUID], communities: Collection[UUID] | None, most: int
) -> Sequence[Row[Any]]:
    """The messages about these subjects, the oldest first."""
    wanted = _messages(tx, communities).where(messages.c.subject_id.in_(subjects))
    return await tx.rows(wanted.order_by(messages.c.id).limit(most))


async def deliveries_of(tx: Tx, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """The deliveries of these messages, in order."""
    d = deliveries
    wanted = select(d.c.id, d.c.message_id, d.c.channel, d.c.state, d.c.link)
    return await tx.rows(wanted.where(d.c.org_id == tx.org_id, d.c.message_id.in_(ids)).order_by(d.c.id))


async def attempts_of(tx: Tx, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """The attempts at these deliveries, in order."""
    a = attempts
    return await tx.rows(select(a).where(a.c.org_id == tx.org_id, a.c.delivery_id.in_(ids)).order_by(a.c.id))


async def receipts_of(tx: Tx, ids: Collection[UUID]) -> Sequence[Row[Any]]:
    """The receipts for these deliveries, in order."""
    r = receipts
    return await tx.rows(
        select(r).where(r.c.org_id == tx.org_id, r.c.delivery_id.in_(ids)).order_by(r.c.recorded_at, r.c.id)
    )
