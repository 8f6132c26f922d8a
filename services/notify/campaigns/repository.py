"""Campaigns in the database, the people they are for, and how far they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.engine import Row

from services.notify.domain.delivery import State
from services.notify.models import (
    accounts,
    campaigns,
    contacts,
    deliveries,
    inbox,
    messages,
    ref_communities,
    ref_relations,
    ref_units,
)
from shared.db.helpers import insert_rows
from shared.db.tx import Tx

#: What was under way when a campaign was cancelled is over after so long.
_CANCELLED_LATELY: Final = timedelta(days=1)
_UNDER_WAY: Final = (State.QUEUED, State.SENDING)


async def add(tx: Tx, values: Mapping[str, Any]) -> None:
    """Store a new campaign."""
    await insert_rows(tx, campaigns, [{"version": 1, "created_at": tx.now, "updated_at": tx.now, **values}])


async def change(tx: Tx, row: Row[Any], values: Mapping[str, Any]) -> None:
    """Write a campaign anew, as its next version."""
    c = campaigns
    await tx.execute(
        update(c)
        .where(c.c.org_id == tx.org_id, c.c.id == row.id)
        .values(version=row.version + 1, updated_at=tx.now, **values)
    )


async def one(tx: Tx, campaign_id: UUID, *, lock: bool = False) -> Row[Any] | None:
    """One campaign."""
    c = campaigns
    wanted = select(c).where(c.c.org_id == tx.org_id, c.c.id == campaign_id)
    return await tx.one_or_none(wanted.with_for_update() if lock else wanted)


async def page(
    tx: Tx, communities: Collection[UUID] | None, stage: str | None, before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Campaigns that lie wholly within these communities (None: all), the newest first."""
    c = campaigns
    wanted = select(c).where(c.c.org_id == tx.org_id)
    if communities is not None:
        wanted = wanted.where(c.c.communities.contained_by(list(communities)))
    if stage is not None:
        wanted = wanted.where(c.c.stage == stage)
    if before is not None:
        wanted = wanted.where(c.c.id < before)
    return await tx.rows(wanted.order_by(c.c.id.desc()).limit(limit))


async def paused(tx: Tx, *, hold: bool = False) -> list[UUID]:
    """The campaigns of which nothing is sent now. With `hold` they stay so until the commit: whoever leaves a delivery
    waiting because of it has left it before the campaign goes on, and is seen by whoever lets it."""
    rows = await tx.raw.fetch(
        f"SELECT id FROM {tx.schema}.campaigns WHERE org_id = $1 AND (stage = 'paused' OR stage = 'cancelled' "
        f"AND ended_at > $2) AND published_at IS NOT NULL{' FOR SHARE' if hold else ''}",
        tx.org_id,
        tx.now - _CANCELLED_LATELY,
    )
    return [row["id"] for row in rows]


async def zones(tx: Tx, communities: Collection[UUID]) -> list[str]:
    """The time zones of these communities."""
    c = ref_communities
    rows = await tx.rows(select(c.c.timezone).where(c.c.org_id == tx.org_id, c.c.id.in_(communities)).distinct())
    return sorted(row.timezone for row in rows)


def _tied(tx: Tx, campaign: Any, on: date) -> list[ColumnElement[bool]]:
    """Who is meant: people with a tie of these roles, on that day, to a unit of these communities and filters."""
    u, r, p = ref_units, ref_relations, contacts
    wanted: list[ColumnElement[bool]] = [
        r.c.org_id == tx.org_id,
        u.c.community_id.in_(campaign.communities),
        r.c.role.in_(campaign.roles),
        or_(r.c.since.is_(None), r.c.since <= on),
        or_(r.c.until.is_(None), r.c.until >= on),
        p.c.erased_at.is_(None),
    ]
    if campaign.number_prefix:
        wanted.append(u.c.number.startswith(campaign.number_prefix, autoescape=True))
    if campaign.units:
        wanted.append(u.c.id.in_(campaign.units))
    return wanted


def _ties() -> Any:
    u, r, p = ref_units, ref_relations, contacts
    return r.join(u, and_(u.c.org_id == r.c.org_id, u.c.id == r.c.unit_id)).outerjoin(
        p, and_(p.c.org_id == r.c.org_id, p.c.id == r.c.person_id)
    )


async def people(tx: Tx, campaign: Any, on: date, limit: int) -> Sequence[Row[Any]]:
    """The next people of a campaign, by their ids, each with one of their units."""
    u, r, p, c = ref_units, ref_relations, contacts, ref_communities
    wanted = (
        select(
            *(r.c.person_id, u.c.id.label("unit_id"), u.c.number, u.c.community_id, c.c.name.label("community")),
            *(c.c.timezone, p.c.name, p.c.email, p.c.phone, p.c.locale),
        )
        .ext(distinct_on(r.c.person_id))
        .select_from(_ties().outerjoin(c, and_(c.c.org_id == u.c.org_id, c.c.id == u.c.community_id)))
        .where(*_tied(tx, campaign, on))
        .order_by(r.c.person_id, u.c.id)
        .limit(limit)
    )
    if campaign.cursor is not None:
        wanted = wanted.where(r.c.person_id > campaign.cursor)
    return await tx.rows(wanted)


async def reach(tx: Tx, campaign: Any, on: date) -> tuple[int, list[tuple[frozenset[str], int]]]:
    """Households; and (kinds of addresses, how many people have just these)."""
    u, r, p, a = ref_units, ref_relations, contacts, accounts
    someone = (
        select(
            r.c.person_id.label("person_id"),
            func.bool_or(p.c.email.is_not(None)).label("mail"),
            func.bool_or(p.c.phone.is_not(None)).label("phone"),
        )
        .select_from(_ties())
        .where(*_tied(tx, campaign, on))
        .group_by(r.c.person_id)
        .subquery()
    )
    linked = (
        select(a.c.person_id, func.string_agg(a.c.kind.distinct(), ",").label("kinds"))
        .where(a.c.org_id == tx.org_id, a.c.disabled_at.is_(None))
        .group_by(a.c.person_id)
        .subquery()
    )
    s = someone.c
    counted = await tx.rows(
        select(s.mail, s.phone, linked.c.kinds, func.count())
        .select_from(someone.outerjoin(linked, linked.c.person_id == s.person_id))
        .group_by(s.mail, s.phone, linked.c.kinds)
    )
    homes = await tx.scalar(select(func.count(u.c.id.distinct())).select_from(_ties()).where(*_tied(tx, campaign, on)))
    found = [(_kinds(mail, phone, kinds), int(count)) for mail, phone, kinds, count in map(tuple, counted)]
    return int(homes or 0), found


def _kinds(mail: bool, phone: bool, linked: str | None) -> frozenset[str]:
    # Whoever is tied to a unit is reached at its door as well.
    known = {"place", *(linked or "").split(",")} - {""}
    return frozenset(known | ({"email"} if mail else set()) | ({"phone"} if phone else set()))


async def let_wait(tx: Tx, campaign_id: UUID) -> None:
    """Cancel what is not sent yet."""
    d = deliveries
    await tx.execute(
        update(d)
        .where(
            d.c.org_id == tx.org_id, d.c.campaign_id == campaign_id, d.c.state.in_((State.QUEUED, State.HELD))
        )
        .values(state=State.CANCELLED, next_at=None, version=d.c.version + 1, updated_at=tx.now)
    )


async def waiting(tx: Tx, campaign_id: UUID) -> Sequence[Row[Any]]:
    """What of a campaign is queued: (id, channel)."""
    d = deliveries
    return await tx.rows(
        select(d.c.id, d.c.channel)
        .where(d.c.org_id == tx.org_id, d.c.campaign_id == campaign_id, d.c.state == State.QUEUED)
        .order_by(d.c.id)
    )


async def under_way(tx: Tx, campaign_id: UUID) -> bool:
    """Whether anything of a campaign is still queued or being sent."""
    d = deliveries
    found = await tx.scalar(
        select(d.c.id)
        .where(d.c.org_id == tx.org_id, d.c.campaign_id == campaign_id, d.c.state.in_(_UNDER_WAY))
        .limit(1)
    )
    return found is not None


async def progress(tx: Tx, campaign_id: UUID) -> tuple[list[tuple[str, str, int]], int, int]:
    """(channel, state, count) of the deliveries; messages; and how many of them were read in the app."""
    d, m, i = deliveries, messages, inbox
    states = await tx.rows(
        select(d.c.channel, d.c.state, func.count())
        .where(d.c.org_id == tx.org_id, d.c.campaign_id == campaign_id)
        .group_by(d.c.channel, d.c.state)
        .order_by(d.c.channel, d.c.state)
    )
    told = await tx.one_or_none(
        select(func.count(m.c.id), func.count(i.c.read_at))
        .select_from(m.outerjoin(i, and_(i.c.org_id == m.c.org_id, i.c.id == m.c.id)))
        .where(m.c.org_id == tx.org_id, m.c.campaign_id == campaign_id)
    )
    count, read = (0, 0) if told is None else map(int, told)
    return [(channel, state, int(n)) for channel, state, n in map(tuple, states)], count, read
