"""Facts, the cases they are judged from, and what an indicator is.

An event is folded into the document of its case; an indicator judges the document to facts: a share of the numerator,
a share of the denominator, the local date that decides the period (AMB-109), whether it counts and why not. A value
is a sum over facts. The same judge runs on the `cases` of a what-if request, so a rule cannot be right in one place
and wrong in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from fractions import Fraction
from typing import Any, Literal, Protocol
from uuid import UUID

from services.kpi.domain.numbers import Number, Text
from shared.calendar import WorkingCalendar

Doc = dict[str, Any]
Selection = Literal["sum", "last_check", "monthly_last_check", "open_in_period"]
#: Selections that count each file of a register once, at its last check.
CHECKS: frozenset[Selection] = frozenset({"last_check", "monthly_last_check"})
Unit = Literal["percent", "points", "count", "number"]

# What a fact says of its case. Counted verdicts enter the sums; the others name why a case is in neither number.
NEVER_CHECKED = "never_checked"
WITHIN_LIMIT = "within_limit"
WITHDRAWN = "withdrawn"
# An upheld objection took the case out of the number; it stays in the evidence.
OBJECTED = "objection_upheld"
# Found before the period and not done when it began.
OPEN_BEFORE = "open_before"
# An obliged question that nobody put; with nothing else in a period it was not measured (AMB-008).
NOT_ASKED = "not_asked"


class Event(Protocol):
    """What a family of cases reads of an event; the envelope of the change feeds has it all."""

    @property
    def type(self) -> str: ...
    @property
    def subject(self) -> UUID: ...
    @property
    def community_id(self) -> UUID | None: ...
    @property
    def occurred_at(self) -> datetime: ...
    @property
    def data(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class CaseFamily:
    """One kind of case document and how events build it.

    `route` names the cases an event touches, each with the piece of data that concerns it (a batch event touches
    hundreds); `fold` answers the new document, or None for an event that is none of this family's business. It never
    changes its argument.
    """

    code: str
    source: str
    watches: frozenset[str]
    route: Callable[[Event], Iterable[tuple[str, Mapping[str, Any]]]]
    fold: Callable[[Doc | None, Event, Mapping[str, Any]], Doc | None]


@dataclass(frozen=True, slots=True)
class Case:
    """One case to be judged: a complaint, a bill, a household of a survey, an owner's file."""

    family: str
    subject: str
    doc: Doc
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Judging:
    """What a judge may know besides the case: the indicator's definition parameters and, for given cases, the instant
    up to which the world is known (a case past its limit then is late even without a breach event).

    ``calendar``: limits count only while it is open, as if it had held; what the case's own clocks say is left aside.
    """

    parameters: Mapping[str, str]
    as_at: datetime | None = None
    calendar: WorkingCalendar | None = None

    def until(self, start: datetime, limit: timedelta) -> datetime:
        """When a limit ends: around the clock, or in the working time of the calendar that is tried."""
        return start + limit if self.calendar is None else self.calendar.add_working_time(start, limit)

    def own(self, clocks: Mapping[str, Any] | None, name: str) -> Mapping[str, Any]:
        """What a case's own clock says; nothing where another calendar is tried, but that it was met."""
        found = (clocks or {}).get(name) or {}
        return found if self.calendar is None else {"met_at": found.get("met_at")}


@dataclass(frozen=True, slots=True)
class Fact:
    """One judged share of an indicator. Money is in fen, everything else a count or a sum of marks."""

    indicator: str
    subject: str  # unique within the indicator and the organisation
    numerator: Number
    denominator: Number
    on: date  # local date that decides the period
    verdict: str  # "met", "late", "satisfied", ... or, when not counted, the reason
    counted: bool = True
    at: datetime | None = None
    decided_at: datetime | None = (
        None  # when the verdict was known; later than a period's end means "within its limit" there
    )
    group: str | None = None  # facts of which only the last of a period counts (AMB-113)
    since: date | None = None  # when the group came on the register
    until: date | None = None  # the last day of what is open: it stands in every period from `on` to there (AMB-098)
    who: str | None = None
    link: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One measure of a letter, computed from events. `obliged`: not having measured at all is a miss, not "no case"
    (AMB-008)."""

    code: str
    row: str
    title: Text
    unit: Unit
    families: tuple[str, ...]
    judge: Callable[[Case, Judging], Sequence[Fact]]
    selection: Selection = "sum"
    obliged: bool = False
    parameters: Mapping[str, str] = field(default_factory=dict)
    misses: Text | None = None  # what one missed case is called: 超时 / late
    fen: bool = False  # facts are money in fen; values, sums and sentences show yuan
    signed: bool = False  # may be negative: a deviation
    version: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A documented case of an indicator: what is judged and the sums it must give. Run by the contract test, shown by
    the API."""

    name: str
    cases: Sequence[Mapping[str, Any]]
    numerator: Number
    denominator: Number
    verdicts: Sequence[str] = ()
    period: str = "2025-Q1"
    state: str = "measured"
    parameters: Mapping[str, str] = field(default_factory=dict)


def withdrawn(fact: Fact) -> Fact:
    """The version that says a fact no longer stands; the log keeps both, the sums neither."""
    return Fact(
        indicator=fact.indicator,
        subject=fact.subject,
        numerator=0,
        denominator=0,
        on=fact.on,
        verdict=WITHDRAWN,
        counted=False,
        at=fact.at,
        group=fact.group,
        who=fact.who,
        link=fact.link,
    )


def changed(before: Iterable[Fact], after: Iterable[Fact]) -> list[Fact]:
    """The fact versions to append when a judgement of a case follows another: new, different, or withdrawn ones."""
    old = {fact.subject: fact for fact in before}
    fresh: list[Fact] = []
    for fact in after:
        known = old.pop(fact.subject, None)
        if known is not fact and known != fact:
            fresh.append(fact)
    fresh.extend(withdrawn(fact) for fact in old.values())
    return fresh


def share(numerator: Number, denominator: Number) -> Fraction:
    """An exact quotient; the denominator is not zero."""
    return Fraction(numerator) / Fraction(denominator)
