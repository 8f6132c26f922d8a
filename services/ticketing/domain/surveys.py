"""Satisfaction surveys: eight dimensions, households as they stand at the opening, the last answer before the close.

AMB-020: three dimensions are named by the documents, five are configurable. AMB-021: households occupied when the
survey is issued; one valid answer each, the last before closing, all dimensions answered. AMB-111: marks 0 to 100.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from shared.money import round_half_up

#: 003.68: service attitude, repair timeliness, cleanliness of the environment.
NAMED: Final = ("service_attitude", "repair_timeliness", "environment_cleanliness")
#: The five that a company chooses itself; these stand in where it has not.
DEFAULT_DIMENSIONS: Final = (
    *NAMED,
    "greening",
    "security",
    "facility_upkeep",
    "communication",
    "community_activities",
)
DIMENSION_COUNT: Final = 8
LOWEST: Final = 0
HIGHEST: Final = 100

DRAFT: Final = "draft"
OPEN: Final = "open"
CLOSED: Final = "closed"
STATES: Final = (DRAFT, OPEN, CLOSED)

#: A mark that counts as satisfied (AMB-111, a parameter).
SATISFIED_FROM: Final = 80

#: States of the report on a closed survey (C-118, C-119).
SUBMITTED: Final = "submitted"
RETURNED: Final = "returned"
APPROVED: Final = "approved"

#: States of a measure that was given to somebody (C-119).
ASSIGNED: Final = "assigned"
DONE: Final = "done"
VERIFIED: Final = "verified"

#: What a household says when called back about the answer on record.
AGREE: Final = "agree"
DIFFER: Final = "differ"
NOT_REACHED: Final = "not_reached"

_CODE: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


# row: C-117, AMB-020 eight dimensions, the three named ones among them
def dimension_faults(dimensions: Sequence[str]) -> list[tuple[str, str, str]]:
    """What is wrong with a questionnaire's dimensions, as (path, Chinese, English); empty when nothing is (C-117)."""
    faults: list[tuple[str, str, str]] = []
    if len(dimensions) != DIMENSION_COUNT:
        faults.append(
            ("dimensions", f"应为 {DIMENSION_COUNT} 个维度", f"There should be {DIMENSION_COUNT} dimensions")
        )
    seen: set[str] = set()
    for index, code in enumerate(dimensions):
        path = f"dimensions.{index}"
        if not _CODE.match(code):
            faults.append(
                (path, "维度编码应为小写字母、数字和下划线", "A dimension's code is lower-case letters, digits, _")
            )
        elif code in seen:
            faults.append((path, "维度重复", "This dimension is listed twice"))
        seen.add(code)
    for code in NAMED:
        if code not in seen:
            faults.append(
                ("dimensions", f"缺少必备维度 {code}", f"The dimension {code} belongs in every questionnaire")
            )
    return faults


# row: AMB-111 whole marks from 0 to 100, for every dimension
def mark_faults(dimensions: Sequence[str], marks: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What is wrong with an answer's marks: each dimension needs a whole one from 0 to 100, nothing else has one."""
    faults: list[tuple[str, str, str]] = []
    for code in dimensions:
        mark = marks.get(code)
        path = f"marks.{code}"
        if mark is None:
            faults.append((path, "请为此项打分", "Give a mark for this question"))
        elif not isinstance(mark, int) or isinstance(mark, bool) or not LOWEST <= mark <= HIGHEST:
            faults.append((path, "分数应为 0 至 100 的整数", "A mark is a whole number from 0 to 100"))
    asked = set(dimensions)
    for code in marks:
        if code not in asked:
            faults.append((f"marks.{code}", "问卷中没有此项", "The questionnaire does not ask this"))
    return faults


def takes_answers(state: str, closes_at: datetime, now: datetime) -> bool:
    """Whether an answer given at ``now`` counts: the survey is open and its closing instant has not come.

    The closing instant itself is closed, whether or not the worker has got to it, so that the same answer never counts
    on a fast machine and fails on a slow one.
    """
    # row: AMB-021 the last answer before the close
    return state == OPEN and now < closes_at


def may_open(state: str, closes_at: datetime, now: datetime) -> bool:
    """Whether a survey may be opened: a draft whose closing time lies ahead."""
    return state == DRAFT and now < closes_at


# row: C-120 the composite score
def mean(total: int, count: int) -> Decimal | None:
    """The mean mark to two decimals, rounded half-up once; None without an answer, which is not a mark of nought."""
    return round_half_up(Fraction(total, count), 2) if count else None


def share(part: int, whole: int) -> Decimal | None:
    """A percentage to two decimals, rounded half-up once; None of nothing."""
    return round_half_up(Fraction(100 * part, whole), 2) if whole else None


def may_submit_report(survey_state: str, report_state: str | None) -> bool:
    """Whether a report may be submitted: of a closed survey, the first time or after it was returned (C-118)."""
    # row: C-118 on a closed survey, once, or again after it was returned
    return survey_state == CLOSED and report_state in (None, RETURNED)


def decision_fault(report_state: str, submitted_by: UUID | None, decides: UUID | None) -> str | None:
    """Why a report cannot be decided on: ``state`` (not waiting for it), ``own`` (by its author), or None (C-119)."""
    if report_state != SUBMITTED:
        return "state"
    # row: C-119 never by the author
    return "own" if submitted_by is not None and submitted_by == decides else None


def stage(survey_state: str, report_state: str | None, measures: int, assigned: Sequence[str]) -> str:
    """How far a survey has come, from its design to improvements that were looked at (C.13).

    ``measures`` are those of its report, ``assigned`` the states of those given to somebody.
    """
    if survey_state != CLOSED:
        return "designed" if survey_state == DRAFT else "collecting"
    if report_state != APPROVED:
        return {None: "closed", SUBMITTED: "report_submitted", RETURNED: "report_returned"}[report_state]
    if len(assigned) < measures:
        return "approved_by_gm"
    verified = all(state == VERIFIED for state in assigned)
    return "improvements_verified" if verified else "improvements_assigned"


def sample(seed: str, households: Sequence[UUID], size: int) -> list[UUID]:
    """So many of the households by chance, in an order that follows from the seed alone; all if there are fewer."""
    return sorted(households, key=lambda id: hashlib.sha256(seed.encode() + id.bytes).digest())[:size]
