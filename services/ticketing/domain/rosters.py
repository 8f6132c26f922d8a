"""Rosters as pure spans of time: what is covered, what is not, and who was there when it was their shift.

Spans are half open: a shift that ends at 20:00:00 and one that begins at 20:00:00 neither overlap nor leave a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Final

#: B-030: the front desk is staffed from 08:00 to 20:00 local time.
FRONT_DESK: Final = "frontdesk"
# row: B-030, C-147 the front desk's hours unless the post says otherwise
FRONT_DESK_HOURS: Final = (time(8), time(20))
#: A stay without its clock-out counts for at most this long.
LONGEST_STAY: Final = timedelta(hours=16)
#: The longest single shift that can be rostered.
LONGEST_SHIFT: Final = timedelta(hours=24)
#: How long before its beginning a clock-in still belongs to a shift, and how long after its end a clock-out.
AROUND: Final = timedelta(hours=4)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From an instant up to, but not including, another."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        return self.start <= at < self.end

    def meets(self, other: Span) -> bool:
        """Whether the two share any time at all."""
        return self.start < other.end and other.start < self.end


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time as few spans, in order; those that touch become one."""
    found: list[Span] = []
    for span in sorted(s for s in spans if s.start < s.end):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """The time of ``spans`` that is not in ``taken``."""
    left = merged(spans)
    for gone in merged(taken):
        left = [
            piece
            for span in left
            for piece in (Span(span.start, min(span.end, gone.start)), Span(max(span.start, gone.end), span.end))
            if piece.start < piece.end
        ]
    return left


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """The time that is in both."""
    rest = merged(other)
    return merged(
        Span(max(a.start, b.start), min(a.end, b.end)) for a in merged(one) for b in rest if a.meets(b)
    )


def window(day: date, opens: time, closes: time, zone: tzinfo) -> Span:
    """A post's hours on a local day; closing at or before opening means the next morning."""
    start = datetime.combine(day, opens, zone)
    end = datetime.combine(day if closes > opens else day + timedelta(days=1), closes, zone)
    return Span(start, end)


def stay(in_at: datetime | None, out_at: datetime | None, now: datetime) -> Span | None:
    """The time somebody was there, as far as their two records show it at ``now``; None without a clock-in."""
    if in_at is None:
        return None
    # Somebody who forgot to clock out is not at the desk for ever.
    return Span(in_at, out_at if out_at is not None else min(now, in_at + LONGEST_STAY))


@dataclass(frozen=True, slots=True)
class Cover:
    """One person's part in a post: their shifts there, their time away, and, where it is kept, their presence."""

    shifts: tuple[Span, ...]
    away: tuple[Span, ...]
    present: tuple[Span, ...] | None

    def spans(self) -> list[Span]:
        """The time this person covers: rostered and not away; where presence is kept, also there."""
        planned = without(self.shifts, self.away)
        # row: B-030 roster and presence cover the window
        return planned if self.present is None else common(planned, self.present)


def gaps(hours: Span, crew: Iterable[Cover]) -> list[Span]:
    """The time of a post's hours that nobody covers."""
    return without([hours], [span for one in crew for span in one.spans()])


def conflicts(stored: Mapping[str, Span], wanted: Mapping[str, Span]) -> set[str]:
    """Of the shifts that one person is to be given, by code, those that would overlap another of theirs.

    A wanted shift takes the place of the stored one of its code; where it is refused, the stored one stays. Of two new
    ones that overlap the first of ``wanted`` is kept.
    """
    refused: set[str] = set()
    while True:
        held = {code: span for code, span in stored.items() if code not in wanted or code in refused}
        for code, span in wanted.items():
            if code in refused:
                continue
            # row: C-147 nobody stands in two shifts at once
            if any(span.meets(other) for key, other in held.items() if key != code):
                refused.add(code)
                break
            held[code] = span
        else:
            return refused


def minutes(spans: Iterable[Span]) -> int:
    """Uncovered minutes; a begun minute counts whole, for any uncovered minute counts (AMB-028)."""
    # row: AMB-028 any uncovered minute counts
    return sum(-((span.start - span.end) // _MINUTE) for span in spans)


# -- a shift, judged --------------------------------------------------------------------------------------------------

PRESENT: Final = "present"
LATE: Final = "late"
EARLY: Final = "early"
ABSENT: Final = "absent"
ANOMALY: Final = "punch_anomaly"
LEAVE: Final = "leave"
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        PRESENT: ("正常", "present"),
        LATE: ("迟到", "late"),
        EARLY: ("早退", "left early"),
        ABSENT: ("旷工", "absent"),
        ANOMALY: ("打卡异常", "punch anomaly"),
        LEAVE: ("请假", "on leave"),
    }
)
#: A shift of which a record is missing: of its beginning or its end, or both.
UNRECORDED: Final = (ABSENT, ANOMALY)


@dataclass(frozen=True, slots=True)
class Punches:
    """The two records of a stay; either may be missing."""

    in_at: datetime | None
    out_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of a shift; minutes are begun minutes."""

    outcomes: tuple[str, ...]
    late_minutes: int = 0
    early_minutes: int = 0


def judge(shift: Span, stays: Sequence[Punches], leave: Sequence[Span]) -> Judged:
    """What came of a shift after its end, by the stays that belong to it and the approved leave that meets it.

    To the second: whoever clocks in at 08:00:00 for 08:00 is on time, at 08:00:01 late by a begun minute.
    """
    due = without([shift], leave)
    if not due:
        # row: C-144, C-146 a shift in approved leave is leave, not absence
        return Judged((LEAVE,))
    on_leave = (LEAVE,) if any(span.meets(shift) for span in leave) else ()
    mine = [s for s in stays if _belongs(shift, s)]
    if not mine:
        # row: C-144 nobody there, no leave: absent
        return Judged((*on_leave, ABSENT))
    if any(s.in_at is None or s.out_at is None for s in mine):
        # row: C-146 a missing punch is an anomaly of its own
        return Judged((*on_leave, ANOMALY))
    first = min(s.in_at for s in mine if s.in_at is not None)
    last = max(s.out_at for s in mine if s.out_at is not None)
    late = minutes([Span(due[0].start, first)]) if first > due[0].start else 0
    early = minutes([Span(last, due[-1].end)]) if last < due[-1].end else 0
    # row: C-144 late arrival and early leave
    found = (*((LATE,) if late else ()), *((EARLY,) if early else ()))
    return Judged((*on_leave, *(found or (PRESENT,))), late, early)


def _belongs(shift: Span, stay: Punches) -> bool:
    around = Span(shift.start - AROUND, shift.end + AROUND)
    if stay.in_at is not None and stay.out_at is not None:
        return Span(stay.in_at, stay.out_at).meets(shift)
    at = stay.in_at or stay.out_at
    return at is not None and around.holds(at)
