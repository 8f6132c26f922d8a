"""What a complaint means for those who caused or handled it: named on it, decided elsewhere (C-023, C-031, C-032).

Nobody loses points or pay here. Each deed hangs on the complaint that gave rise to it, is not done by whoever handled
the case, and goes to kpi as a proposal that a second person confirms there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.domain.consequence_errors import NotAccountable, NotValidYet
from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

#: Those who appraise, and whose own letters do not count the case.
_APPRAISERS: Final = frozenset({"cs_manager", "project_manager", "qa", "gm"})
#: 002.19: three to five points for each valid complaint.
LEAST: Final = 3
MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Deduction:
    """Points that the appraiser would take off for this valid complaint, and from whom."""

    deducted_id: UUID
    points: int
    reason: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What bad handling of the complaint led to, and whose handling it was."""

    fault: Literal["misunderstanding", "reputation_damage"]
    fault_by: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Accountability:
    """Which measure is proposed for whom, because owners complained together or the press reported."""

    measure: Literal["warning", "pay_cut", "transfer"]
    accountable_id: UUID
    reason: str


def _deduct(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    # row: C-023 a deduction hangs on a complaint that was ruled valid
    if facts.valid is not True:
        raise NotValidYet()
    if not LEAST <= given["points"] <= MOST:
        told = (f"每项次扣 {LEAST} 至 {MOST} 分", f"{LEAST} to {MOST} points an occurrence")
        raise TicketInvalid(fields=[FieldError("fields.points", *told)])
    return facts


def _cause(facts: Facts) -> str | None:
    if facts.fields.get("media_exposed"):
        return "media"
    return "collective" if facts.fields.get("collective") else None


def _account(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    # row: C-032 what owners brought together, or the press reported
    if _cause(facts) is None:
        raise NotAccountable()
    return facts


DEEDS: Final = (
    Deed(
        "propose-deduction",
        "提议扣分",
        "followed by a proposed deduction",
        _APPRAISERS,
        Deduction,
        effect=_deduct,
        second=True,
    ),
    # row: C-031 what bad handling led to is recorded on the complaint itself
    Deed("record-fault", "认定处理过失", "found badly handled", _APPRAISERS, Fault, second=True),
    Deed(
        "hold-to-account",
        "提议问责",
        "followed by proposed accountability",
        frozenset({"gm", "hr", "project_manager", "qa"}),
        Accountability,
        effect=_account,
        second=True,
    ),
)

#: What kpi hears of them, to propose it for confirmation there.
TELLS: Final = {
    "propose-deduction": (
        "complaint.deduction_proposed.v1",
        lambda f: {"points": f.fields["points"], "employee_id": f.fields["deducted_id"]},
    ),
    "record-fault": (
        "complaint.fault_recorded.v1",
        lambda f: {"fault": f.fields["fault"], "employee_id": f.fields["fault_by"]},
    ),
    "hold-to-account": (
        "complaint.accountability_proposed.v1",
        lambda f: {"cause": _cause(f), "measure": f.fields["measure"], "employee_id": f.fields["accountable_id"]},
    ),
}
