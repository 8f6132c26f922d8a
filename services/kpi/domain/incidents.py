"""Rulings of incidents as the indicators count them: which set speaks for which letter's definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.kpi.domain.case_facts import when
from services.kpi.domain.facts import Case, Fact, Judging
from services.kpi.domain.numbers import fixed
from services.kpi.domain.times import maybe_instant

#: The definition sets by which ticketing rules, for each definition that a letter names.
_SETS: Mapping[str, tuple[str, ...]] = {
    "six_causes": ("T000",),
    "six_items": ("T001P",),
    "items_a_to_f": ("T004C",),
    "casualty_or_loss": ("T003G",),
    "ruled": ("T001F", "T001H", "T000", "T001P", "T003G", "T004C"),
}
#: Classes of the sets, as the letters' lists of causes name them.
_CAUSES: Mapping[str, str] = {
    "property": "company_property",
    "important_property": "company_property",
    "vice": "vice_drugs_gambling",
    "vicious_security": "vicious_security_event",
    "mass_desertion": "desertion_strike_detention",
    "owner_injury": "owner_casualty",
}
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_MAJOR = ("major", "extra_major")


def ruling(case: Case, definition: str) -> Mapping[str, Any] | None:
    """What was ruled by the letter's definition, flat; a record without rulings is taken as the ruling itself."""
    doc = case.doc
    if "rulings" not in doc:
        return doc
    found = next((doc["rulings"][name] for name in _SETS[definition] if name in doc["rulings"]), None)
    return None if found is None else flat(found)


def flat(ruled: Mapping[str, Any]) -> Mapping[str, Any]:
    """A ruling in the words of the letters: cause, fault, level, loss in yuan, casualties."""
    told = str(ruled["event_class"])
    return {
        "cause": _CAUSES.get(told, told),
        "fault": "dereliction" if ruled.get("by_dereliction") else "none",
        "level": "major" if ruled["level"] in _MAJOR else ruled["level"],
        "loss": fixed(Fraction(int(ruled.get("loss_fen") or 0), 100)),
        "casualties": int(ruled.get("casualties") or 0),
        "ruled_at": ruled.get("ruled_at"),
    }


def all_rulings(case: Case) -> list[Mapping[str, Any]]:
    """Every ruling of the incident, whichever set it was by."""
    if "rulings" not in case.doc:
        return [case.doc]
    return [flat(ruled) for _, ruled in sorted(case.doc["rulings"].items())]


def counted(code: str, case: Case, judging: Judging, found: Mapping[str, Any], verdict: str, counts: bool) -> Fact:
    """An incident on the day it happened: 1 where it counts, else 0. A record without a day is of the period asked
    for."""
    happened = case.doc.get("happened_at") is not None
    at = when(case, "happened_at") if happened else (judging.as_at or _EVER) - timedelta(seconds=1)
    return Fact(
        indicator=code,
        subject=case.subject,
        numerator=int(counts),
        denominator=0,
        on=at.astimezone(case.zone).date(),
        verdict=verdict,
        at=at,
        decided_at=maybe_instant(found.get("ruled_at"), case.zone),
        link=f"/ticketing/v1/tickets/{case.subject}",
        detail={"number": case.doc.get("number"), "cause": found.get("cause"), "level": found.get("level")},
    )
