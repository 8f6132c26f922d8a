"""What is told of a visit: what became of it has to say what, and nobody observes their own greeting (C-038)."""

from __future__ import annotations

from uuid import UUID

from services.ticketing.domain.affairs import AT_ONCE, TRANSFERRED
from services.ticketing.domain.inbound_errors import OwnVisit
from shared.errors import FieldError


def faults_of(affair: str | None, result: str | None, department: str | None) -> list[FieldError]:
    """What is missing: what was done at once, or to which department it was passed on."""
    if affair == AT_ONCE and not result:
        return [FieldError("result", "当场办结的，请写明办理结果", "Settled at once: say what was done")]
    if affair == TRANSFERRED and not department:
        # row: C-039 what is passed on is passed on to somebody
        return [FieldError("department", "转交的，请写明转交的部门", "Passed on: say to which department")]
    return []


def forbid_own(received_by: UUID | None, observer: UUID) -> None:
    """Raises :class:`OwnVisit` when whoever received the visitor observes their own greeting."""
    if observer == received_by:
        # row: B-002, AMB-058 observed by somebody else
        raise OwnVisit()
