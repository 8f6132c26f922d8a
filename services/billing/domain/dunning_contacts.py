"""What a contact with a debtor comes to: result codes, hours in which one may call, the pause after a contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

from services.billing.domain.dunning import CALL, DEMAND, LEGAL, VISIT, Policy
from services.billing.domain.vocabulary import Text


@dataclass(frozen=True, slots=True)
class Result:
    """How a contact ended. ``reached``: the debtor heard of it; ``acknowledged``: and granted the debt, which
    interrupts the limitation period; ``kinds``: the steps it can belong to."""

    text: Text
    reached: bool
    acknowledged: bool = False
    kinds: frozenset[str] = frozenset({CALL, VISIT})


RESULTS: Final[Mapping[str, Result]] = MappingProxyType(
    {
        "promised": Result({"zh": "承诺缴费", "en": "promised to pay"}, True, True),
        "acknowledged": Result({"zh": "承认欠费", "en": "granted the debt"}, True, True),
        "refused": Result({"zh": "拒绝缴费", "en": "unwilling to pay"}, True),
        "disputed": Result({"zh": "有异议", "en": "disputes the debt"}, True),
        "says_paid": Result({"zh": "称已缴费", "en": "says it is paid"}, True),
        "notice_left": Result({"zh": "留置通知", "en": "notice left at the door"}, True, kinds=frozenset({VISIT})),
        "no_answer": Result({"zh": "无人接听或不在家", "en": "nobody answered"}, False),
        "wrong_contact": Result({"zh": "号码或住址有误", "en": "wrong number or address"}, False),
    }
)

DISPUTE, PROMISE, INSTALMENT = "dispute", "promise", "instalment"
HOLDS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        DISPUTE: {"zh": "有异议", "en": "disputed"},
        PROMISE: {"zh": "承诺缴费", "en": "promised"},
        INSTALMENT: {"zh": "分期缴费", "en": "instalments"},
    }
)

ASKED, ACTIVE, REFUSED, ENDED, BROKEN, KEPT = "asked", "active", "refused", "ended", "broken", "kept"


def completes(result: str, earlier_attempts: int, policy: Policy) -> bool:
    """Whether a contact with this result does the step; so many attempts in vain do it as well."""
    # row: C-059 a step is done by a contact or by enough recorded attempts
    return RESULTS[result].reached or earlier_attempts + 1 >= policy.unreachable_after


def within_hours(at: datetime, zone: tzinfo, policy: Policy) -> bool:
    """Whether one may call or ring at that instant, local time; the last hour is not included."""
    return policy.hour_from <= at.astimezone(zone).hour < policy.hour_to


def next_hour(at: datetime, zone: tzinfo, policy: Policy) -> datetime:
    """The first instant from ``at`` on that lies in the contact hours."""
    local = at.astimezone(zone)
    if within_hours(at, zone, policy):
        return at
    day = local if local.hour < policy.hour_from else local + timedelta(days=1)
    return day.replace(hour=policy.hour_from, minute=0, second=0, microsecond=0).astimezone(at.tzinfo)


def again_from(last_reached: datetime | None, policy: Policy) -> datetime | None:
    """From when the household may be contacted again; None = at once."""
    return None if last_reached is None else last_reached + timedelta(hours=policy.cool_down_hours)


def on_time(done_at: datetime, due_at: datetime) -> bool:
    """Whether what was done at one instant meets a window that ends at another (exclusive)."""
    # row: B-073 late is at or after the window's end
    return done_at < due_at


@dataclass(frozen=True, slots=True)
class Month:
    """Flags of a debtor's month: a step done in its window, one missed, one suspended, all cancelled, a contact."""

    done: bool
    missed: bool
    suspended: bool
    all_cancelled: bool
    contact: bool


def counts_as_debtor(month: Month) -> bool:
    """Whether the debtor stands in the denominator: not when the debt was paid before any step was due."""
    return not month.all_cancelled


def counts_as_dunned(month: Month) -> bool:
    """Coverage, not amounts (AMB-060); a suspended debtor counts by the contact that led to it (AMB-117)."""
    # row: AMB-117 suspended counts as dunned with a contact recorded in the month
    suspended = month.suspended and month.contact
    # row: AMB-060, C-059 a debtor counts once, whatever the amount
    return counts_as_debtor(month) and (month.done or suspended)


def limitation_ends(oldest_due: date, interruptions: list[date], years: int = 3) -> date:
    """The last day of the limitation period: it begins the day after the due date and begins anew with each demand
    that was served, each acknowledgement and each part payment before it was over."""
    end = _years(oldest_due, years)
    for day in sorted(interruptions):
        if oldest_due < day <= end:
            end = _years(day, years)
    return end


def _years(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February of a year that has none
        return day.replace(year=day.year + years, day=28)


def suspends(hold: str, step: str) -> bool:
    """Whether a hold suspends a step. Demand and packet go on (A-232) but for an instalment plan that is kept."""
    # row: AMB-117 the packet is held by instalments alone
    return step not in (DEMAND, LEGAL) or hold == INSTALMENT
