"""Major incidents by the letter's own definition: by causes, or by casualties and loss (C-165 to C-175, AMB-030).

The letters contradict each other on purpose (X1-010), so `definition` is a setting of the letter's line, never merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kpi.domain.case_rule import CaseExample, CaseRule
from services.kpi.domain.numbers import exact

LISTS: Mapping[str, frozenset[str]] = {
    "six_causes": frozenset(
        {
            "employee_death",  # row: C-165 death of an employee
            "company_property",  # row: C-166, C-167 property of the company, uniforms and equipment included
            "fire",  # row: C-168 fire
            "vice_drugs_gambling",  # row: C-169 staff involved in vice, drugs or gambling
            "vicious_security_event",  # row: C-170 a vicious public-security event
            "desertion_strike_detention",  # row: C-171 mass desertion, strike or detention
        }
    ),
    # row: C-172, C-173 adds flooding and owners' casualties, has neither vice nor strike
    "six_items": frozenset(
        {"employee_death", "company_property", "fire", "flood", "vicious_security_event", "owner_casualty"}
    ),
    # row: C-174 the same six items, where breaking the rules is a cause as well
    "items_a_to_f": frozenset(
        {"employee_death", "company_property", "fire", "flood", "vicious_security_event", "owner_casualty"}
    ),
}
_FAULTS = {"items_a_to_f": ("dereliction", "violation")}


def counts(case: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    """Whether the incident is major. A record without `fault` was ruled as caused by management dereliction."""
    definition = parameters["definition"]
    if case.get("fault", "dereliction") not in _FAULTS.get(definition, ("dereliction",)):
        return False
    if definition in LISTS:
        return str(case["cause"]) in LISTS[definition]
    if definition == "ruled":
        return bool(case.get("level", "major") == "major")
    # row: C-175, A-198, F-059, AMB-006, AMB-030 a casualty, or a loss above the threshold, itself excluded
    return exact(case.get("casualties", 0)) > 0 or exact(case.get("loss", 0)) > exact(parameters["loss_above"])


CASE_RULE = CaseRule(
    code="incident.major.count", counts=counts, parameters={"definition": "ruled", "loss_above": "100000"}
)

_LOSS = {"definition": "casualty_or_loss", "loss_above": "100000"}
_SIX = ("employee_death", "company_property", "fire", "flood", "vicious_security_event", "owner_casualty")
EXAMPLES: tuple[CaseExample, ...] = (
    ({"loss": "100000.00", "casualties": 0}, _LOSS, False),
    ({"loss": "100000.01", "casualties": 0}, _LOSS, True),
    ({"loss": 0, "casualties": 1}, _LOSS, True),
    ({"loss": "300000", "casualties": 2, "fault": "none"}, _LOSS, False),
    # The causes are written out, so that an example fails when one of them is gone from its list.
    ({"cause": "employee_death"}, {"definition": "six_causes"}, True),
    ({"cause": "company_property"}, {"definition": "six_causes"}, True),
    ({"cause": "fire"}, {"definition": "six_causes"}, True),
    ({"cause": "vice_drugs_gambling"}, {"definition": "six_causes"}, True),
    ({"cause": "vicious_security_event"}, {"definition": "six_causes"}, True),
    ({"cause": "desertion_strike_detention"}, {"definition": "six_causes"}, True),
    ({"cause": "flood"}, {"definition": "six_causes"}, False),
    *(({"cause": cause}, {"definition": "six_items"}, True) for cause in _SIX),
    ({"cause": "desertion_strike_detention"}, {"definition": "six_items"}, False),
    *(({"cause": cause}, {"definition": "items_a_to_f"}, True) for cause in _SIX),
    ({"cause": "fire", "fault": "violation"}, {"definition": "items_a_to_f"}, True),
    ({"cause": "fire", "fault": "violation"}, {"definition": "six_items"}, False),
    ({"level": "general"}, {"definition": "ruled"}, False),
)
