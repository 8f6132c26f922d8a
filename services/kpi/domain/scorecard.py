"""What scoring answers: points per section and item, states, consequences, each with its sentence; and its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from services.kpi.domain.consequence_rules import Consequence
from services.kpi.domain.measure import Reading
from services.kpi.domain.numbers import Text, fixed, plain

ItemState = Literal["met", "missed", "no_data", "not_measured", "pending", "unscored"]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """One line of the letter. `points` and `maximum` only where the item, not its section, owns the pool."""

    indicator: str
    title: Text
    section: str | None
    state: ItemState
    reading: Reading
    target: str | None
    deduction: Fraction | None
    points: Fraction | None
    maximum: Fraction | None
    explanation: Text
    bonus: Fraction | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape of the API; the deduction is shown with two decimals and stays exact inside."""
        return {
            "indicator": self.indicator,
            "title": self.title.as_json(),
            "section": self.section,
            "state": self.state,
            "value": _or_none(self.reading.value),
            "numerator": None if self.reading.numerator is None else plain(self.reading.numerator),
            "denominator": None if self.reading.denominator is None else plain(self.reading.denominator),
            "target": self.target,
            "points": _or_none(self.points),
            "maximum": _or_none(self.maximum),
            "deduction": _or_none(self.deduction),
            "bonus": _or_none(self.bonus),
            "explanation": self.explanation.as_json(),
        }


@dataclass(frozen=True, slots=True)
class SectionScore:
    """One section: rounded once, half-up, where its maximum stands (RR4)."""

    section: str
    title: Text
    points: Fraction
    maximum: Fraction
    explanation: Text

    def as_json(self) -> dict[str, Any]:
        """The shape of the API."""
        return {
            "section": self.section,
            "title": self.title.as_json(),
            "points": fixed(self.points),
            "maximum": fixed(self.maximum),
            "explanation": self.explanation.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A scored letter. The total is the sum of what the sections show, or what the deciding column says (AMB-078);
    `final` is false while that column is empty or a judgement is due."""

    template: str
    total: Fraction | None
    maximum: Fraction | None
    sections: Sequence[SectionScore]
    items: Sequence[ItemScore]
    consequences: Sequence[Consequence]
    columns: Mapping[str, Fraction] = field(default_factory=dict)
    final: bool = True
    notes: Sequence[Text] = ()

    def as_json(self) -> dict[str, Any]:
        """The answer of `POST /kpi/v1/what-if`, and the result kept with a frozen scorecard."""
        return {
            "template": self.template,
            "total": _or_none(self.total),
            "maximum": _or_none(self.maximum),
            "sections": [section.as_json() for section in self.sections],
            "items": [item.as_json() for item in self.items],
            "consequences": [
                {"kind": c.kind, "reason": c.reason.as_json(), "indicators": list(c.indicators)}
                for c in self.consequences
            ],
            "columns": {name: fixed(points) for name, points in self.columns.items()},
            "final": self.final,
            "notes": [note.as_json() for note in self.notes],
        }


def _or_none(value: Fraction | None) -> str | None:
    return None if value is None else fixed(value)
