"""A clock in one sentence, Chinese and English: from when, until when, what counted, and how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from services.ticketing.domain.clocks import Clock, ClockSpec, whole
from services.ticketing.domain.kind import Gate
from services.ticketing.domain.limits import Limit, Pause, Stretch, history, reckon
from services.ticketing.domain.plans import SHIPPED, Plan


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reader is told: ``counted`` is the time that counted so far, ``allowed`` all of what was allowed."""

    zh: str
    en: str
    counted: timedelta
    allowed: timedelta


def span(duration: timedelta) -> tuple[str, str]:
    """A duration as people say it, in Chinese and English, to the second."""
    seconds = int(duration.total_seconds())
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    parts = [
        (days, "天", "d"),
        (hours, "小时", "h"),
        (minutes, "分", "min"),
        (rest, "秒", "s"),
    ]
    shown = [(n, zh, en) for n, zh, en in parts if n]
    if not shown:
        return "0秒", "0 s"
    return "".join(f"{n}{zh}" for n, zh, _ in shown), " ".join(f"{n} {en}" for n, _, en in shown)


@dataclass(frozen=True, slots=True)
class Interval:
    """One stretch of a clock's life and why it counted or not; ``pause`` is the told pause that it lies in."""

    stretch: Stretch
    zh: str
    en: str
    pause: Pause | None


def limit_text(limit: Limit | None) -> tuple[str, str]:
    """A limit as people say it."""
    if limit is None or limit.unit == "agreed":
        return "至约定时间", "until the agreed time"
    if limit.unit == "working_days":
        return f"{limit.amount}个工作日", f"{limit.amount} working days"
    zh, en = span(limit.length)
    return (f"{zh}工作时间", f"{en} of working time") if limit.unit == "working_hours" else (zh, en)


def intervals(
    clock: Clock, plan: Plan, pauses: Sequence[Pause], end: datetime
) -> tuple[Interval, ...]:
    """The clock's time from its start to ``end``, without a gap, by the computation that made its due time."""
    limit = clock.limit or Limit("wall", 0)
    return tuple(
        _interval(stretch, plan, pauses) for stretch in history(clock.from_at, end, limit, plan.calendar, pauses)
    )


def _interval(stretch: Stretch, plan: Plan, pauses: Sequence[Pause]) -> Interval:
    if stretch.how == "paused":
        pause = next((p for p in pauses if p.start < stretch.end and stretch.start < p.end), None)
        return Interval(stretch, "已暂停，不计时", "paused, does not count", pause)
    if stretch.how == "closed":
        zh, en = _closed(stretch, plan)
        return Interval(stretch, zh, en, None)
    if stretch.day is None:
        return Interval(stretch, "全天计时", "counts, around the clock", None)
    more = ("；该年放假通知未发布，暂按周末计", "; provisional, the year's notice is not out") if (
        stretch.day.provisional
    ) else ("", "")
    return Interval(stretch, f"{stretch.day.zh}，计时{more[0]}", f"{stretch.day.en}, counts{more[1]}", None)


def _closed(stretch: Stretch, plan: Plan) -> tuple[str, str]:
    """Why the calendar did not count: nights and weekends in a word, announced days by their names."""
    first = plan.calendar.local_date(stretch.start)
    last = plan.calendar.local_date(stretch.end - timedelta(microseconds=1))
    days = [first + timedelta(days=n) for n in range(min((last - first).days, 31) + 1)]
    named = [d for d in map(plan.calendar.describe, days) if d.kind in ("holiday", "override") and not d.hours]
    zh = "、".join(dict.fromkeys(d.zh for d in named))
    en = ", ".join(dict.fromkeys(d.en for d in named))
    if not named:
        return "非工作时间，不计时", "outside working time, does not count"
    return f"非工作时间，不计时：{zh}", f"outside working time, does not count: {en}"


def explain(
    clock: Clock,
    spec: ClockSpec,
    now: datetime,
    zone: tzinfo,
    plan: Plan = SHIPPED,
    pauses: Sequence[Pause] = (),
) -> Explanation:
    """Say how a clock stands at ``now``, in the community's time."""
    end = max(clock.met_at or whole(now), clock.from_at)
    limit = clock.limit or Limit("agreed", int((clock.due_at - clock.from_at).total_seconds()))
    parts = tuple(history(clock.from_at, end, limit, plan.calendar, pauses))
    counted = sum((s.length for s in parts if s.how == "counted"), timedelta())
    stood = sum((s.length for s in parts if s.how == "paused"), timedelta())
    allowed = reckon(clock.from_at, limit, plan.calendar, pauses).budget
    due = f"{clock.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    begun = f"{clock.from_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    zh, en = _verdict(clock, end, zone)
    took_zh, took_en = span(counted)
    still_zh, still_en = span(stood)
    how_zh, how_en = ("全天计时", "around the clock")
    if limit.by_calendar:
        how_zh, how_en = ("按工作日历计时", "by the working calendar")
    return Explanation(
        zh=(
            f"{spec.zh}：自 {begun} 起计，须不晚于 {due}（含该秒，{how_zh}）；{zh}，历时 {took_zh}"
            f"{f'，其间暂停 {still_zh}' if stood else ''}。"
        ),
        en=(
            f"{spec.en[0].upper()}{spec.en[1:]}: counted from {begun}, due by {due} inclusive, {how_en}; "
            f"{en} after {took_en}{f', paused for {still_en} besides' if stood else ''}."
        ),
        counted=counted,
        allowed=allowed,
    )


def _verdict(clock: Clock, end: datetime, zone: tzinfo) -> tuple[str, str]:
    met = f"{clock.met_at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if clock.met_at else ""
    if clock.state == "met":
        return f"已于 {met} 按时完成", f"kept at {met},"
    if clock.state == "withdrawn":
        return (
            f"曾判超时，后经补录证实已于 {met} 按时完成，超时记录已撤回并保留痕迹",
            f"first found missed, then shown by a late record to have been kept at {met}; the breach is withdrawn,",
        )
    if clock.state == "cancelled":
        return "已不再适用，停止计时", "no longer applies; stopped"
    if clock.state == "running":
        return "仍在计时", "still running"
    over_zh, over_en = span(end - clock.due_at)
    if clock.met_at is not None:
        return f"于 {met} 完成，超时 {over_zh}", f"done at {met}, {over_en} late,"
    return f"尚未完成，已超时 {over_zh}", f"not done yet and {over_en} late"


def explain_gate(gate: Gate, met_at: datetime | None, zone: tzinfo) -> tuple[str, str]:
    """Say whether a gate is passed; it has no time limit."""
    rule = gate.en[0].upper() + gate.en[1:]
    if met_at is None:
        return f"{gate.zh}：尚未签字，工单保持开启。", f"{rule}: not signed yet, so it stays open."
    when = f"{met_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return f"{gate.zh}：已于 {when} 签字。", f"{rule}: signed at {when}."
