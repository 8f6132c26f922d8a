"""What a frozen scorecard is hashed over, and exact readings in and out of JSON.

The hash covers the letter's version and parameters, every reading, and every fact with its numbers and how it was
used. Change any of them and `verify` says which.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, cast

from services.kpi.domain.facts import Fact
from services.kpi.domain.measure import Mark, Reading, State

FORMAT = 1


def fraction_text(value: Fraction | int | None) -> str | None:
    """An exact number as "n/d", or "n" where it is whole."""
    return None if value is None else str(Fraction(value))


def reading_json(reading: Reading) -> dict[str, Any]:
    """A reading without any rounding. What only some rules need stands there only when it was given."""
    extra: dict[str, Any] = {}
    if reading.prior is not None:
        extra["prior"] = fraction_text(reading.prior)
    if reading.parts is not None:
        extra["parts"] = {name: fraction_text(value) for name, value in reading.parts.items()}
    if reading.grade is not None:
        extra["grade"] = reading.grade
    if reading.marks:
        extra["marks"] = [{"points": fraction_text(mark.points), "reason": mark.reason} for mark in reading.marks]
    return {
        **extra,
        "state": reading.state,
        "value": fraction_text(reading.value),
        "numerator": fraction_text(reading.numerator),
        "denominator": fraction_text(reading.denominator),
        "misses": fraction_text(reading.misses),
    }


def reading_from_json(raw: Mapping[str, Any]) -> Reading:
    """The reading that `reading_json` wrote."""
    numbers = {
        name: None if raw.get(name) is None else Fraction(raw[name])
        for name in ("value", "numerator", "denominator", "misses", "prior")
    }
    parts = raw.get("parts")
    return Reading(
        cast(State, raw["state"]),
        **numbers,
        parts=None if parts is None else {name: Fraction(value) for name, value in parts.items()},
        grade=raw.get("grade"),
        marks=tuple(Mark(Fraction(mark["points"]), mark["reason"]) for mark in raw.get("marks", ())),
    )


def item_hash(indicator: str, version: int, reading: Reading, pinned: Iterable[tuple[str, Fact, str, bool]]) -> str:
    """The hash of one item over its facts: id, numbers, dates, and how each was used, in the frozen order."""
    digest = hashlib.sha256()
    digest.update(canonical([FORMAT, indicator, version, reading_json(reading)]))
    for fact_id, fact, verdict, counted in pinned:
        row = [
            fact_id,
            fact.subject,
            fraction_text(fact.numerator),
            fraction_text(fact.denominator),
            fact.on.isoformat(),
            fact.verdict,
            fact.counted,
            verdict,
            counted,
        ]
        digest.update(canonical(row))
    return digest.hexdigest()


def scorecard_hash(head: Mapping[str, Any], item_hashes: Sequence[tuple[str, str]], result: Mapping[str, Any]) -> str:
    """The one hash of a scorecard."""
    return hashlib.sha256(canonical([FORMAT, head, list(item_hashes), result])).hexdigest()


def canonical(value: Any) -> bytes:
    """JSON in the one form that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
