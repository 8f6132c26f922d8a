"""What was learned since a past moment: the cases that stand otherwise now, which is why a number has moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.kpi.domain.freezing import reading_from_json
from services.kpi.domain.numbers import Number
from services.kpi.facts import history_repository as history
from services.kpi.facts.repository import number
from services.kpi.observations import repository as observations
from shared.db.tx import Tx
from shared.periods import Period

CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class Said:
    """What one version says of a case."""

    fact_id: UUID
    state: str
    counted: bool
    numerator: Number | None
    denominator: Number | None
    on: date


@dataclass(frozen=True, slots=True)
class Learned:
    """A case then and now; `before` is None for one that was not known, or not yet confirmed."""

    indicator: str
    subject: str
    before: Said | None
    after: Said
    recorded_at: datetime
    link: str | None


async def learned(
    tx: Tx,
    code: str,
    stored_as: str | None,
    communities: Sequence[UUID],
    period: Period,
    moment: datetime,
    *,
    after: str = "",
    limit: int,
) -> list[Learned]:
    """The cases of an indicator and a period that stand otherwise now, by subject; `stored_as` None for an observed
    indicator, of which single observations are told."""
    if stored_as is None:
        seen = await observations.confirmed_since(
            tx, code, communities, period.start, period.end, moment, _id(after), limit
        )
        return [_observed(row) for row in seen]
    rows = await history.since(tx, stored_as, communities, moment, period.start, period.end, after=after, limit=limit)
    return [
        Learned(code, row["subject"], _said(row, "then"), _now(row), row["recorded_at"], row["link"]) for row in rows
    ]


def _id(text: str) -> UUID | None:
    """The observation a list goes on after; what is no id is the beginning."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _now(row: Any) -> Said:
    said = _said(row, "now")
    assert said is not None  # what was told of stands
    return said


def _said(row: Any, when: str) -> Said | None:
    if row[f"{when}_fact_id"] is None:
        return None
    return Said(
        UUID(str(row[f"{when}_fact_id"])),
        row[f"{when}_verdict"],
        row[f"{when}_counted"],
        number(row[f"{when}_numerator"]),
        number(row[f"{when}_denominator"]),
        row[f"{when}_on_date"],
    )


def _observed(row: Any) -> Learned:
    reading = reading_from_json(row.reading)
    top = reading.numerator if reading.numerator is not None else reading.value
    said = Said(row.id, CONFIRMED, True, top, reading.denominator, row.on_date)
    return Learned(row.indicator, str(row.id), None, said, row.reviewed_at, f"/kpi/v1/observations/{row.id}")
