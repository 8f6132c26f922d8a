"""What somebody proposed on a complaint, as the observation that a second person confirms or rejects.

Ticketing knows the case and who is meant; which indicator of the letters counts it is known here (C-023, C-031, C-032).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

from services.kpi.domain.measure import Mark, Reading, ratio

DEDUCTION: Final = "complaint.deduction_proposed.v1"
FAULT: Final = "complaint.fault_recorded.v1"
ACCOUNTABILITY: Final = "complaint.accountability_proposed.v1"
EVENTS: Final = (ACCOUNTABILITY, DEDUCTION, FAULT)

#: Bad handling, by what it led to (002.24).
_FAULTS: Final = {
    "misunderstanding": "knowledge.misunderstanding.count",
    "reputation_damage": "knowledge.reputation.damage.count",
}
#: What somebody is held to account for (003.96).
_CAUSES: Final = {"collective": "complaint.collective.count", "media": "media.negative.count"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One occurrence of an indicator, with the points given where the letter leaves them to a person."""

    indicator: str
    reading: Reading


def proposed(type: str, data: Mapping[str, Any]) -> Proposal:
    """What an event proposes.

    Raises:
        KeyError: it names a fault or a cause that no letter counts.
    """
    if type == DEDUCTION:
        # row: C-023 three to five points an occurrence, linked to the complaint by its number
        return _once("complaint.valid.count", Mark(Fraction(data["points"]), data["number"]))
    if type == FAULT:
        # row: C-031 a misunderstanding, or harm to the reputation, counted by the case it came from
        return _once(_FAULTS[data["fault"]])
    # row: C-032 complaints brought together, and the press
    return _once(_CAUSES[data["cause"]])


def _once(indicator: str, *marks: Mark) -> Proposal:
    return Proposal(indicator, replace(ratio("count", 1, 1), marks=marks))
