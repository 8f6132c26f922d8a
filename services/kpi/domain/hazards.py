"""What rates of rectified hazards share (A-121 to A-127, A-133, A-134).

A hazard is in the denominator of every period in which it is open: the one in which it was found and, while it is not
rectified, each one after; in the numerator of the one in which it was rectified. So the month and the year come from
the same facts, and neither forgets what was left over (AMB-098).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from services.kpi.domain.case_facts import when
from services.kpi.domain.facts import Case, Example, Fact, Indicator
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant

#: Stands in every period to come.
OPEN = date.max
LEAK = "1_leak"


def rate(code: str, row: str, title: Text, which: Callable[[Mapping[str, Any]], bool]) -> Indicator:
    """The rate over the hazards that ``which`` picks by their entry in the register, as it stands corrected."""

    def judge(case: Case, _: object) -> Sequence[Fact]:
        return _judged(code, case) if which(case.doc) else ()

    return Indicator(
        code=code,
        row=row,
        title=title,
        unit="percent",
        families=("hazard",),
        judge=judge,
        selection="open_in_period",
        misses=Text("项未整改", "not rectified"),
        parameters={"facts": "events"},
        version=2,
    )


def _judged(code: str, case: Case) -> Sequence[Fact]:
    found, done = when(case, "found_at"), maybe_instant(case.doc.get("rectified_at"), case.zone)
    shared: dict[str, Any] = {
        "indicator": code,
        "link": f"/ticketing/v1/tickets/{case.subject}",
        "detail": {name: case.doc.get(name) for name in ("number", "level", "party", "appliance")},
    }
    end = OPEN if done is None else max(done, found).astimezone(case.zone).date()
    opened = Fact(
        subject=case.subject,
        numerator=0,
        denominator=1,
        on=found.astimezone(case.zone).date(),
        verdict="found",
        at=found,
        until=end,
        **shared,
    )
    if done is None:
        return (opened,)
    rectified = Fact(
        subject=f"{case.subject}/done",
        numerator=1,
        denominator=0,
        on=end,
        verdict="rectified",
        at=done,
        decided_at=done,
        **shared,
    )
    return (opened, rectified)


def examples(mine: Mapping[str, Any], other: Mapping[str, Any] | None = None) -> Sequence[Example]:
    """Over hazards that are in the rate, and one that is not where there is such a one."""
    found = {"found_at": "2025-03-07T09:00:00+08:00"}
    before = {"found_at": "2025-01-07T09:00:00+08:00"}
    return (
        Example(
            "AMB-098: found and rectified in the month, found and open, open from before and rectified, open since",
            [
                {**mine, **found, "rectified_at": "2025-03-09T09:00:00+08:00"},
                {**mine, **found},
                {**mine, **before, "rectified_at": "2025-03-31T23:59:59+08:00"},
                {**mine, **before},
                *([] if other is None else [{**other, **found}]),
            ],
            2,
            4,
            ["found", "rectified", "found", "open_before", "rectified", "open_before"],
            period="2025-03",
        ),
        Example(
            "AMB-098: rectified before the month, and after it; found after it",
            [
                {**mine, **before, "rectified_at": "2025-02-28T23:59:59+08:00"},
                {**mine, **before, "rectified_at": "2025-04-01T00:00:00+08:00"},
                {**mine, "found_at": "2025-04-01T00:00:00+08:00"},
            ],
            0,
            1,
            ["open_before"],
            period="2025-03",
        ),
        Example(
            "AMB-049, AMB-098: the year from the same facts counts each once",
            [
                {**mine, **found, "rectified_at": "2025-03-09T09:00:00+08:00"},
                {**mine, **before, "rectified_at": "2025-12-31T23:59:59+08:00"},
                {**mine, "found_at": "2024-12-31T09:00:00+08:00", "rectified_at": "2026-01-01T00:00:00+08:00"},
            ],
            2,
            3,
            ["found", "rectified", "found", "rectified", "open_before"],
            period="2025",
        ),
        Example(
            "none found and none left over",
            [] if other is None else [{**other, **found}],
            0,
            0,
            period="2025-03",
            state="no_data",
        ),
    )
