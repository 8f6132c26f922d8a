"""Who holds which delivery: claimed, durably, before the provider is called; settled after."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, select, update

from services.notify.accounts.addresses import addresses_of
from services.notify.domain.delivery import State
from services.notify.models import contacts, deliveries, messages
from services.notify.sending.repository import enqueue
from shared.db.flush import loads
from shared.db.tx import Tx


@dataclass(frozen=True)
class Claimed:
    """A delivery under way, with what it has to say, where, and what comes after it.

    `link` is the head of its chain of proof. The `contact` is as it is now; `title`, `body` and `shown` are gone once
    the person is erased.
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
    link: str | None
    contact: Mapping[str, str | None]


#: What a delivery has to say, to whom and where; `d`, `m`, `p`, `c` and `u` are joined below.
_WHOLE: Final = (
    "d.id, d.message_id, m.person_id, d.channel, d.attempts, d.state, d.fallback, d.bulk, d.campaign_id, d.link, "
    "m.title, m.body, m.shown, m.digest, m.locale, m.template, m.message_class, m.cause_id, m.community_id, "
    "m.requested, c.timezone, p.email, p.phone, u.number AS place"
)


def _said(schema: str) -> str:
    return (
        f"{schema}.messages m LEFT JOIN {schema}.contacts p ON p.org_id = m.org_id AND p.id = m.person_id "
        f"LEFT JOIN {schema}.ref_communities c ON c.org_id = m.org_id AND c.id = m.community_id "
        f"LEFT JOIN {schema}.ref_units u ON u.org_id = m.org_id AND u.id = m.unit_id"
    )


async def waiting(tx: Tx, ids: Collection[UUID], paused: Collection[UUID] = ()) -> list[UUID]:
    """Those of these deliveries that may be claimed now, in order; those of `paused` campaigns are left alone."""
    rows = await tx.raw.fetch(
        f"SELECT id FROM {tx.schema}.deliveries WHERE org_id = $1 AND id = ANY($2::uuid[]) AND state = 'queued' "
        "AND (next_at IS NULL OR next_at <= $3) AND (campaign_id IS NULL OR NOT campaign_id = ANY($4::uuid[])) "
        "ORDER BY id",
        tx.org_id,
        list(ids),
        tx.wall,
        list(paused),
    )
    return [row["id"] for row in rows]


async def claim(tx: Tx, ids: Collection[UUID], run: UUID, paused: Collection[UUID] = ()) -> list[Claimed]:
    """Take those of these deliveries that wait, for `run`, in order; the caller commits before it calls anybody. Those
    of `paused` campaigns are left alone. Whoever else is at one is waited for, and has it."""
    rows = await tx.raw.fetch(
        f"UPDATE {tx.schema}.deliveries d SET state = 'sending', claim_id = $4, claimed_at = $3, next_at = NULL, "
        f"attempts = d.attempts + 1, version = d.version + 1, updated_at = $5 FROM {_said(tx.schema)} "
        "WHERE d.org_id = $1 AND d.id = ANY($2::uuid[]) AND d.state = 'queued' "
        "AND (d.next_at IS NULL OR d.next_at <= $3) "
        "AND (d.campaign_id IS NULL OR NOT d.campaign_id = ANY($6::uuid[])) "
        f"AND m.org_id = $1 AND m.id = d.message_id RETURNING {_WHOLE}",
        tx.org_id,
        list(ids),
        tx.wall,
        run,
        tx.now,
        list(paused),
    )
    return await _all(tx, sorted(rows, key=lambda row: row["id"].bytes))


async def loaded(tx: Tx, ids: Collection[UUID], *, lock: bool = False) -> list[Claimed]:
    """These deliveries with their messages and addresses, in order; with `lock` nobody else changes them meanwhile."""
    rows = await tx.raw.fetch(
        f"SELECT {_WHOLE} FROM {tx.schema}.deliveries d JOIN ({_said(tx.schema)}) "
        "ON m.org_id = d.org_id AND m.id = d.message_id "
        f"WHERE d.org_id = $1 AND d.id = ANY($2::uuid[]) ORDER BY d.id{' FOR UPDATE OF d' if lock else ''}",
        tx.org_id,
        list(ids),
    )
    return await _all(tx, rows)


async def _all(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> list[Claimed]:
    # Mail and telephone stand in the contact itself.
    elsewhere = {row["person_id"] for row in rows if row["channel"] not in ("email", "sms")}
    accounts = await addresses_of(tx, elsewhere)
    return [_claimed(row, accounts.get(row["person_id"], {})) for row in rows]


def _claimed(r: Mapping[str, Any], accounts: Mapping[str, str]) -> Claimed:
    return Claimed(
        id=r["id"],
        message_id=r["message_id"],
        person_id=r["person_id"],
        channel=r["channel"],
        attempt=r["attempts"],
        state=State(r["state"]),
        title=r["title"],
        body=r["body"],
        shown=loads(r["shown"]) if r["shown"] is not None else {},
        digest=r["digest"],
        locale=r["locale"],
        template=r["template"],
        message_class=r["message_class"],
        cause_id=r["cause_id"],
        community_id=r["community_id"],
        timezone=r["timezone"],
        requested=r["requested"],
        fallback=tuple(r["fallback"] or ()),
        bulk=bool(r["bulk"]),
        campaign_id=r["campaign_id"],
        link=r["link"],
        contact={**accounts, "email": r["email"], "phone": r["phone"], "place": r["place"]},
    )


async def left_behind(tx: Tx, ids: Collection[UUID], run: UUID) -> list[Claimed]:
    """Deliveries that an earlier run of this job claimed and never reported on, locked."""
    rows = await tx.raw.fetch(
        f"SELECT id FROM {tx.schema}.deliveries WHERE org_id = $1 AND id = ANY($2::uuid[]) AND state = 'sending' "
        "AND claim_id <> $3 ORDER BY id FOR UPDATE",
        tx.org_id,
        list(ids),
        run,
    )
    return await loaded(tx, [row["id"] for row in rows]) if rows else []


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
