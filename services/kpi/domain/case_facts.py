"""Facts in the three shapes that most indicators need: one of one, a count of one, and a case with its end apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.kpi.domain.facts import Case, Fact
from services.kpi.domain.times import instant


def when(case: Case, *names: str) -> datetime:
    """The first of these instants that the document has. Raises ValueError for none."""
    for name in names:
        if case.doc.get(name) is not None:
            return instant(case.doc[name], case.zone)
    raise ValueError(f"{names[0]} is missing")


def one_of_one(
    code: str,
    case: Case,
    at: datetime | date,
    met: bool,
    verdict: str,
    *,
    counted: bool = True,
    decided: datetime | None = None,
    link: str | None = None,
    who: str | None = None,
    detail: Mapping[str, Any] | None = None,
    subject: str | None = None,
) -> Fact:
    """A case that is kept or not: 1 of 1, or 0 of 1, on the local day of `at`."""
    return Fact(
        indicator=code,
        subject=subject or case.subject,
        numerator=int(met),
        denominator=1,
        on=at.astimezone(case.zone).date() if isinstance(at, datetime) else at,
        verdict=verdict,
        counted=counted,
        at=at if isinstance(at, datetime) else None,
        decided_at=decided,
        who=who,
        link=link,
        detail=detail or {},
    )


def counted_once(
    code: str,
    case: Case,
    at: datetime | date,
    verdict: str,
    *,
    counts: bool = True,
    decided: datetime | None = None,
    link: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Fact:
    """An occurrence: 1 where it counts, shown beside where it does not."""
    return Fact(
        indicator=code,
        subject=case.subject,
        numerator=1,
        denominator=0,
        on=at.astimezone(case.zone).date() if isinstance(at, datetime) else at,
        verdict=verdict,
        counted=counts,
        at=at if isinstance(at, datetime) else None,
        decided_at=decided,
        link=link,
        detail=detail or {},
    )


def opened_and_done(
    code: str,
    case: Case,
    at: datetime,
    done: datetime | None,
    verdict: str,
    *,
    link: str | None = None,
    who: str | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Sequence[Fact]:
    """A case without a limit: in the denominator from its receipt on, in the numerator once it is done.

    Two facts, so that one still open at the period's end stays in the denominator, whatever becomes of it later
    (AMB-109); its end enters by restatement.
    """
    on = at.astimezone(case.zone).date()
    received = Fact(
        indicator=code,
        subject=case.subject,
        numerator=0,
        denominator=1,
        on=on,
        verdict="received",
        at=at,
        who=who,
        link=link,
        detail=detail or {},
    )
    if done is None:
        return (received,)
    ended = Fact(
        indicator=code,
        subject=f"{case.subject}/done",
        numerator=1,
        denominator=0,
        on=on,
        verdict=verdict,
        at=done,
        decided_at=done,
        who=who,
        link=link,
        detail=detail or {},
    )
    return (received, ended)
