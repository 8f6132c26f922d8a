"""A clock in one sentence, Chinese and English: from when, until when, what counted, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from services.ticketing.domain.clocks import Clock, ClockSpec, whole
from services.ticketing.domain.kind import Gate


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a reader is told: ``counted`` is the wall-clock time that ran, ``allowed`` what was allowed."""

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


def explain(clock: Clock, spec: ClockSpec, now: datetime, zone: tzinfo) -> Explanation:
    """Say how a clock stands at ``now``, in the community's time.

    Every clock of this file runs around the clock: nothing pauses it, so what counted is the plain difference.
    """
    end = clock.met_at or whole(now)
    counted = max(end - clock.from_at, timedelta())
    allowed = clock.due_at - clock.from_at
    due = f"{clock.due_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    begun = f"{clock.from_at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    zh, en = _verdict(clock, end, zone)
    took_zh, took_en = span(counted)
    return Explanation(
        zh=f"{spec.zh}：自 {begun} 起计，须不晚于 {due}（含该秒，全天计时）；{zh}，历时 {took_zh}。",
        en=(
            f"{spec.en[0].upper()}{spec.en[1:]}: counted from {begun}, due by {due} inclusive, around the clock; "
            f"{en} after {took_en}."
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
