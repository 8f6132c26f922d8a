"""What came from ticketing to be counted, as the observation that a second person confirms or rejects.

Ticketing knows the case, the survey and who is meant; which indicator of the letters counts it is known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final

from services.kpi.domain.measure import Mark, Reading, ratio

DEDUCTION: Final = "complaint.deduction_proposed.v1"
FAULT: Final = "complaint.fault_recorded.v1"
ACCOUNTABILITY: Final = "complaint.accountability_proposed.v1"
AGENCY: Final = "third_party_survey.imported.v1"
STAFF: Final = "staff_sample.closed.v1"
EVENTS: Final = (ACCOUNTABILITY, AGENCY, DEDUCTION, FAULT, STAFF)

#: Bad handling, by what it led to (002.24).
_FAULTS: Final = {
    "misunderstanding": "knowledge.misunderstanding.count",
    "reputation_damage": "knowledge.reputation.damage.count",
}
#: What somebody is held to account for (003.96).
_CAUSES: Final = {"collective": "complaint.collective.count", "media": "media.negative.count"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reading of an indicator: one occurrence, with points where a letter leaves them to a person; or a rate.

    ``on``: the local day that decides the period, where that is not the day of the event. ``sampled``: how many.
    """

    indicator: str
    reading: Reading
    on: date | None = None
    sampled: int | None = None


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
    if type == AGENCY:
        # row: C-121, E-034 the annual target is measured by the agency's own data
        rate = ratio("percent", data["satisfied_answers"], data["valid_answers"])
        on = date.fromisoformat(data["carried_out_on"])
        return Proposal("customer.satisfaction.annual.rate", rate, on, data["valid_answers"])
    if type == STAFF:
        # row: C-122 of the employees sampled, those who are satisfied with their manager
        rate = ratio("percent", data["satisfied"], data["forms"])
        return Proposal("staff.satisfaction.manager.rate", rate, None, data["forms"])
    # row: C-032 complaints brought together, and the press
    return _once(_CAUSES[data["cause"]])


def _once(indicator: str, *marks: Mark) -> Proposal:
    return Proposal(indicator, replace(ratio("count", 1, 1), marks=marks))
