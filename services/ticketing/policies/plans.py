"""Plans as they are stored, read and kept: immutable, so a process reads each of them once.

The plan of a community is named by its row, which intake reads anyway. A community without one has what is shipped, by
its own time zone and all holidays known.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID, uuid5

import orjson

from services.ticketing.access import zone_of
from services.ticketing.domain.limits import Limit
from services.ticketing.domain.plans import Habits, Plan
from services.ticketing.policies import repository
from shared.calendar import OFFICE_WEEK, Notice, SpecialDay, WorkingCalendar, hours
from shared.db.tx import Tx
from shared.holidays import china, published, statutory

_PLANS: Final = UUID("c0a6f0e2-9c0d-5a77-8a38-0f5a7f7c8f10")
#: Plans are small and few; the bound is only there so that no number of organisations fills the memory.
_MOST_KEPT: Final = 2000
_kept: dict[UUID, Plan] = {}


@lru_cache(maxsize=64)
def shipped(timezone: str) -> Plan:
    """What holds where nobody has set anything."""
    return Plan(None, china(zone=zone_of(timezone)))


async def of_community(tx: Tx, row: Mapping[str, Any] | Any) -> Plan:
    """The plan of a community's row (``clock_plan_id, clock_plan_since, timezone``)."""
    plan = await find(tx, row["clock_plan_id"], row["timezone"])
    since: datetime | None = row["clock_plan_since"]
    return plan.began(since)


async def find(tx: Tx, plan_id: UUID | None, timezone: str) -> Plan:
    """A plan by its id; None is what is shipped."""
    if plan_id is None:
        return shipped(timezone)
    plan = _kept.get(plan_id)
    if plan is None:
        if len(_kept) >= _MOST_KEPT:
            _kept.clear()
        plan = _kept[plan_id] = plan_from(plan_id, await repository.plan_content(tx, plan_id))
    return plan


def content_of(
    timezone: str,
    calendar: Mapping[str, Any] | None,
    policies: Iterable[Mapping[str, Any]],
    notices: Mapping[int, Mapping[str, Any]],
) -> dict[str, Any]:
    """What a plan consists of: the nearest calendar, policies from the root down, imported notices by year.

    The years that were known are named, so that a plan means the same after an upgrade brings further ones.
    """
    found: dict[str, Any] = {"limits": {}, "roles": {}, "habits": {}}
    for policy in policies:  # the nearer one has the last word, limit by limit
        for part in found:
            found[part].update(policy.get(part) or {})
    return {
        "timezone": timezone,
        "calendar": dict(calendar or {}),
        "notices": {str(year): dict(days) for year, days in sorted(notices.items())},
        "published": sorted(published()),
        **found,
    }


def id_of(content: Mapping[str, Any]) -> UUID:
    """The id that a plan's content gives it."""
    return uuid5(_PLANS, hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest())


def plan_from(plan_id: UUID | None, content: Mapping[str, Any]) -> Plan:
    """The plan in a stored document."""
    limits = {code: None if text is None else Limit.parse(text) for code, text in content["limits"].items()}
    return Plan(plan_id, calendar_from(content), limits, content["roles"], habits_from(content["habits"]))


def habits_from(doc: Mapping[str, Any]) -> Habits:
    """The parameters in a stored document; what is not there is as shipped."""
    usual = Habits()
    night = doc.get("night")
    return Habits(
        pause_limit=timedelta(seconds=doc.get("pause_limit_seconds", int(usual.pause_limit.total_seconds()))),
        pauses=doc.get("pauses", usual.pauses),
        night=usual.night if night is None else (night[0], night[1]),
        urge_every=timedelta(seconds=doc.get("urge_every_seconds", int(usual.urge_every.total_seconds()))),
        hold_above=timedelta(seconds=doc.get("hold_above_seconds", int(usual.hold_above.total_seconds()))),
    )


def calendar_from(content: Mapping[str, Any]) -> WorkingCalendar:
    """The working calendar in a plan's document."""
    doc = content["calendar"]
    known = {notice.year: notice for notice in statutory(content["published"])}
    known |= {int(year): notice_from(int(year), days) for year, days in content["notices"].items()}
    week = doc.get("week")
    make_up = doc.get("make_up")
    return WorkingCalendar(
        zone=zone_of(content["timezone"]),
        week=OFFICE_WEEK if week is None else [hours(*day) for day in week],
        notices=list(known.values()),
        overrides={date.fromisoformat(day): hours(*worked) for day, worked in (doc.get("overrides") or {}).items()},
        make_up=None if make_up is None else hours(*make_up),
    )


def notice_from(year: int, days: Mapping[str, Mapping[str, Any]]) -> Notice:
    """A stored notice."""
    return Notice(
        year, {date.fromisoformat(day): SpecialDay(one["off"], one["zh"], one["en"]) for day, one in days.items()}
    )


def notice_doc(notice: Notice) -> dict[str, Any]:
    """A notice as it is stored."""
    return {
        day.isoformat(): {"off": one.off, "zh": one.zh, "en": one.en} for day, one in sorted(notice.days.items())
    }
