"""Who holds which delivery: claimed, durably, before the provider is called; settled after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from services.notify.accounts.addresses import addresses_of
from services.notify.domain.delivery import State
from services.notify.models import contacts, deliveries, messages, ref_communities
from services.notify.sending.repository import enqueue
from shared.db.tx import Tx


@dataclass(frozen=True)
class Claimed:
    """A delivery under way, with what it has to say, where, and what comes after it.

    The `contact` is as it is now; `title`, `body` and `shown` are gone once the person is erased.
    """

    id: UUID
    message_id: UUID
    person_id: UUID
    channel: str
    attempt: int
    state: State
    title: str | None
    body: str | None
    shown: Mapping[str, str]
    digest: str
    locale: str
    template: str
    message_class: str
    cause_id: UUID
    community_id: UUID | None
    timezone: str | None
    requested: bool
    fallback: tuple[str, ...]
    bulk: bool
    campaign_id: UUID | None
    contact: Mapping[str, str | None]


async def claim(
    tx: Tx, ids: Collection[UUID], run: UUID, most: int, paused: Collection[UUID] = ()
) -> list[Claimed]:
    """Take up to `most` of these deliveries that wait, for `run`; the caller commits before it calls anybody. Those of
    `paused` campaigns are left alone."""
    rows = await tx.raw.fetch(
        f"WITH chosen AS (SELECT id FROM {tx.schema}.deliveries WHERE org_id = $1 AND id = ANY($2::uuid[]) "
        "AND state = 'queued' AND (next_at IS NULL OR next_at <= $3) "
        "AND (campaign_id IS NULL OR NOT campaign_id = ANY($7::uuid[])) ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED) "
        f"UPDATE {tx.schema}.deliveries d SET state = 'sending', claim_id = $5, claimed_at = $3, next_at = NULL, "
        "attempts = d.attempts + 1, version = d.version + 1, updated_at = $6 FROM chosen "
        "WHERE d.org_id = $1 AND d.id = chosen.id RETURNING d.id",
        tx.org_id,
        list(ids),
        tx.wall,
        most,
        run,
        tx.now,
        list(paused),
    )
    return await loaded(tx, [row["id"] for row in rows]) if rows else []


async def loaded(tx: Tx, ids: Collection[UUID], *, lock: bool = False) -> list[Claimed]:
    """These deliveries with their messages and addresses, in order; with `lock` nobody else changes them meanwhile."""
    d, m, p, c = deliveries, messages, contacts, ref_communities
    query = (
        select(
            d.c.id,
            d.c.message_id,
            m.c.person_id,
            d.c.channel,
            d.c.attempts,
            d.c.state,
            d.c.fallback,
            d.c.bulk,
            d.c.campaign_id,
            m.c.title,
            m.c.body,
            m.c.shown,
            m.c.digest,
            m.c.locale,
            m.c.template,
            m.c.message_class,
            m.c.cause_id,
            m.c.community_id,
            m.c.requested,
            c.c.timezone,
            p.c.email,
            p.c.phone,
        )
        .select_from(
            d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id))
            .outerjoin(p, and_(p.c.org_id == m.c.org_id, p.c.id == m.c.person_id))
            .outerjoin(c, and_(c.c.org_id == m.c.org_id, c.c.id == m.c.community_id))
        )
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids))
        .order_by(d.c.id)
    )
    rows = await tx.rows(query.with_for_update(of=d) if lock else query)
    # Mail and telephone stand in the contact itself.
    elsewhere = {row.person_id for row in rows if row.channel not in ("email", "sms")}
    accounts = await addresses_of(tx, elsewhere)
    return [_claimed(row, accounts.get(row.person_id, {})) for row in rows]


def _claimed(r: Any, accounts: Mapping[str, str]) -> Claimed:
    return Claimed(
        id=r.id,
        message_id=r.message_id,
        person_id=r.person_id,
        channel=r.channel,
        attempt=r.attempts,
        state=State(r.state),
        title=r.title,
        body=r.body,
        shown=r.shown or {},
        digest=r.digest,
        locale=r.locale,
        template=r.template,
        message_class=r.message_class,
        cause_id=r.cause_id,
        community_id=r.community_id,
        timezone=r.timezone,
        requested=r.requested,
        fallback=tuple(r.fallback or ()),
        bulk=bool(r.bulk),
        campaign_id=r.campaign_id,
        contact={**accounts, "email": r.email, "phone": r.phone},
    )


async def left_behind(tx: Tx, ids: Collection[UUID], run: UUID) -> list[Claimed]:
    """Deliveries that an earlier run of this job claimed and never reported on, locked."""
    d = deliveries
    rows = await tx.rows(
        select(d.c.id)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.state == State.SENDING, d.c.claim_id != run)
        .order_by(d.c.id)
        .with_for_update()
    )
    return await loaded(tx, [row.id for row in rows]) if rows else []


async def release(tx: Tx, ids: Collection[UUID], run: UUID) -> None:
    """Give back deliveries this run claimed and did not try; the attempt does not count."""
    d = deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.claim_id == run, d.c.state == State.SENDING)
        .values(state=State.QUEUED, claim_id=None, attempts=d.c.attempts - 1, updated_at=tx.now)
    )


async def postpone(tx: Tx, ids: Collection[UUID], until: datetime) -> None:
    """Have those of these deliveries that wait for nothing else wait until a wall time, with a job of their
    own."""
    d = deliveries
    moved = await tx.rows(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.state == State.QUEUED, d.c.next_at.is_(None))
        .values(next_at=until, updated_at=tx.now)
        .returning(d.c.id, d.c.bulk)
    )
    for bulk in (False, True):
        enqueue(tx, [row.id for row in moved if bool(row.bulk) is bulk], run_at=until, bulk=bulk)


async def settle(
    tx: Tx, ids: Collection[UUID], state: State, *, run: UUID | None, next_at: datetime | None = None
) -> set[UUID]:
    """Record where these deliveries stand; those it was recorded of. `run` guards against another run having taken
    them meanwhile; a receipt that was faster stands."""
    d = deliveries
    held: list[ColumnElement[bool]] = [d.c.state.in_((State.SENDING, State.UNKNOWN))]
    if run is not None:
        held.append(d.c.claim_id == run)
    moved = await tx.rows(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), *held)
        .values(state=state, next_at=next_at, version=d.c.version + 1, updated_at=tx.now)
        .returning(d.c.id)
    )
    return {row.id for row in moved}


async def heads(tx: Tx, ids: Collection[UUID]) -> dict[UUID, str | None]:
    """The last links of these deliveries' chains; locked, so that an attempt and a receipt come one after the other."""
    d = deliveries
    rows = await tx.rows(
        select(d.c.id, d.c.link).where(d.c.org_id == tx.org_id, d.c.id.in_(ids)).order_by(d.c.id).with_for_update()
    )
    return {row.id: row.link for row in rows}


async def keep_heads(tx: Tx, links: Mapping[UUID, str], references: Mapping[UUID, str]) -> None:
    """Move the chains on, and remember under which ids providers took these deliveries."""
    ids = sorted(links)
    if ids:
        await tx.raw.execute(
            f"UPDATE {tx.schema}.deliveries d SET link = u.link, reference = coalesce(u.reference, d.reference) "
            "FROM unnest($2::uuid[], $3::text[], $4::text[]) AS u (id, link, reference) "
            "WHERE d.org_id = $1 AND d.id = u.id",
            tx.org_id,
            ids,
            [links[i] for i in ids],
            [references[i][:200] if i in references else None for i in ids],
        )


async def held(tx: Tx) -> Sequence[Any]:
    """What is held until now, with what a digest needs of it, locked."""
    d, m, p = deliveries, messages, contacts
    return await tx.rows(
        select(
            d.c.id,
            d.c.channel,
            d.c.held_for,
            d.c.fallback,
            d.c.bulk,
            m.c.person_id,
            m.c.title,
            m.c.community_id,
            m.c.message_class,
            p.c.locale,
            p.c.name,
        )
        .select_from(
            d.join(m, and_(m.c.org_id == d.c.org_id, m.c.id == d.c.message_id)).outerjoin(
                p, and_(p.c.org_id == m.c.org_id, p.c.id == m.c.person_id)
            )
        )
        .where(d.c.org_id == tx.org_id, d.c.state == State.HELD, d.c.held_until <= tx.now)
        .order_by(d.c.id)
        .with_for_update(of=d)
    )


async def let_go(tx: Tx, ids: Sequence[UUID], state: State) -> None:
    """End the holding of these deliveries."""
    d = deliveries
    if ids:
        await tx.execute(
            update(d)
            .where(d.c.org_id == tx.org_id, d.c.id.in_(ids), d.c.state == State.HELD)
            .values(state=state, held_until=None, version=d.c.version + 1, updated_at=tx.now)
        )


async def restart(tx: Tx, delivery_id: UUID) -> None:
    """Queue a delivery that ended, as if it were new; the caller has locked it and looked at its state."""
    d = deliveries
    await tx.execute(
        update(d)
        .where(d.c.org_id == tx.org_id, d.c.id == delivery_id)
        .values(
            state=State.QUEUED,
            attempts=0,
            next_at=None,
            claim_id=None,
            fallback=[],
            version=d.c.version + 1,
            updated_at=tx.now,
        )
    )
