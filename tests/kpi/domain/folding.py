"""Events as much as a family reads of them, folded and judged without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.kpi.domain.catalogue import families, indicators
from services.kpi.domain.facts import Case, Doc, Fact, Judging
from services.kpi.domain.measure import Measurement, measure
from services.kpi.domain.times import SHANGHAI
from shared.periods import Period

TICKET = UUID(int=7)


@dataclass
class Told:
    """An event, as much of it as a family reads."""

    type: str
    data: dict[str, Any] = field(default_factory=dict)
    subject: UUID = TICKET
    occurred_at: datetime = datetime(2025, 1, 1, tzinfo=UTC)
    community_id: UUID | None = UUID(int=8)


def at(text: str) -> str:
    return f"2025-{text}+08:00"


def folded(family: str, *events: Told) -> dict[str, Doc]:
    docs: dict[str, Doc] = {}
    for event in events:
        assert event.type in families()[family].watches
        for subject, piece in families()[family].route(event):
            before = dict(docs[subject]) if subject in docs else None
            after = families()[family].fold(docs.get(subject), event, piece)
            assert docs.get(subject) == before, "fold changed its argument"
            if after is not None:
                docs[subject] = after
    return docs


def judged(code: str, family: str, *events: Told, **parameters: str) -> list[Fact]:
    indicator = indicators()[code]
    return [
        fact
        for subject, doc in folded(family, *events).items()
        for fact in indicator.judge(
            Case(family, subject, doc, SHANGHAI), Judging({**indicator.parameters, **parameters})
        )
    ]


def valued(code: str, facts: list[Fact], period: str = "2025-Q1", *, restated: bool = False) -> Measurement:
    return measure(indicators()[code], facts, Period.parse(period), SHANGHAI, restated=restated)
