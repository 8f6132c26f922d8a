"""What can be asked for in ticketing: one entry per kind, each with its ladder and the thing it hangs on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.ticketing.assignments import deciding as appointments
from services.ticketing.domain.duties import ABOVE
from services.ticketing.leaves import deciding as leaves
from services.ticketing.org_changes import deciding as org_changes
from services.ticketing.tickets import pausing, repository, service
from shared.approvals.rules import Rung
from shared.auth import Principal
from shared.db.tx import Tx

#: F-061, D-083: 以上 is inclusive, and no lower role approves it.
GM_FROM_FEN: Final = 5_000_000


@dataclass(frozen=True)
class Subject:
    """A kind of request: whether money is asked for, who decides unless an org unit says otherwise, for how long.

    ``find`` raises what its slice raises for what is outside the caller's reach; it answers community and path. None
    where the slice itself asks, in the transaction that makes the thing.
    ``decided`` tells the thing itself. ``keeps`` says what is wrong with an org unit's own ladder (Chinese, English).
    """

    code: str
    zh: str
    en: str
    money: bool
    ladder: Sequence[Rung]
    expires_after: timedelta
    find: Callable[[Tx, Principal, UUID], Awaitable[Row[Any]]] | None
    decided: Callable[[Tx, Row[Any]], Awaitable[None]]
    keeps: Callable[[Sequence[Rung]], tuple[str, str] | None]


async def _note_on_ticket(tx: Tx, row: Row[Any]) -> None:
    ticket = await repository.find(tx, row.subject_id)
    assert ticket is not None
    entry = {
        "ticket_id": ticket.id,
        "action": f"approval.{row.state}",
        "state": ticket.state,
        "public": False,
        "occurred_at": tx.now,
        "late_reason": None,
        "data": {"approval": row.number, "kind": row.subject_kind, "amount_fen": row.amount_fen},
    }
    await repository.add_entries(tx, [entry])


def keeps_gm(ladder: Sequence[Rung]) -> tuple[str, str] | None:
    """F-061 holds whatever an org unit sets: from 50,000.00 yuan on, only the general manager decides last."""
    last = ladder[-1] if ladder else None
    if last is not None and last.roles == ("gm",) and last.strict and last.from_fen <= GM_FROM_FEN:
        return None
    return (
        "最后一级必须是总经理本人审批，起点不高于 50,000.00 元",
        "The last rung has to be the general manager alone, from 50,000.00 yuan or less",
    )


_EXPENDITURE: Final = Subject(
    code="expenditure",
    zh="维修支出",
    en="expenditure on a case",
    money=True,
    ladder=(
        Rung(("supervisor", "cs_manager", "project_manager")),
        Rung(("project_manager",), 500_000),
        # row: D-001, D-083, F-061 from 50,000.00 yuan on the general manager decides last
        Rung(("gm",), GM_FROM_FEN, strict=True),
    ),
    expires_after=timedelta(days=7),
    find=service.find,
    decided=_note_on_ticket,
    keeps=keeps_gm,
)


def keeps_nothing(ladder: Sequence[Rung]) -> tuple[str, str] | None:
    """Where an org unit may set any ladder it likes."""
    return None


def keeps_above(ladder: Sequence[Rung]) -> tuple[str, str] | None:
    """D-018, D-084 hold whatever an org unit sets: what was proposed is decided above the department in the end."""
    # row: D-018, D-084 the manager only proposes
    if ladder and ABOVE.issuperset(ladder[-1].roles):
        return None
    return (
        "最后一级只能由项目经理、总经理、人力资源或系统管理员审批",
        "The last rung is the project manager's, the general manager's, human resources' or the administrator's",
    )


_APPOINTMENT: Final = Subject(
    code="appointment",
    zh="任命提名",
    en="appointment that was proposed",
    money=False,
    # row: D-018 the deputy is decided above the customer service manager
    ladder=(Rung(("project_manager", "gm", "hr")),),
    expires_after=timedelta(days=14),
    find=None,
    decided=appointments.decided,
    keeps=keeps_above,
)

_LEAVE: Final = Subject(
    code="leave",
    zh="请假",
    en="leave",
    money=False,
    # row: C-145 the supervisor decides about leave, and whoever stands above
    ladder=(Rung(("supervisor", "cs_manager", "project_manager")),),
    expires_after=timedelta(days=14),
    find=None,
    decided=leaves.decided,
    keeps=keeps_nothing,
)

def keeps_company(ladder: Sequence[Rung]) -> tuple[str, str] | None:
    """C-251 holds whatever an org unit sets: how a department is organised is decided by the general manager."""
    last = ladder[-1] if ladder else None
    if last is not None and last.roles == ("gm",) and last.strict and last.from_fen == 0:
        return None
    return ("最后一级必须是总经理本人审批", "The last rung has to be the general manager alone")


_ORG_CHANGE: Final = Subject(
    code="org_change",
    zh="组织架构和编制调整",
    en="change of structure or headcount",
    money=False,
    # row: C-251 the project and personnel look at it, the general manager decides
    ladder=(Rung(("project_manager", "hr")), Rung(("gm",), strict=True)),
    expires_after=timedelta(days=30),
    find=None,
    decided=org_changes.decided,
    keeps=keeps_company,
)

_PAUSE: Final = Subject(
    code="pause",
    zh="暂停计时",
    en="pause of a case",
    money=False,
    ladder=(Rung(("supervisor", "cs_manager", "project_manager")),),
    expires_after=timedelta(days=3),
    find=pausing.find_asked,
    decided=pausing.decided,
    keeps=keeps_nothing,
)

SUBJECTS: Final[Mapping[str, Subject]] = MappingProxyType(
    {s.code: s for s in (_EXPENDITURE, _APPOINTMENT, _LEAVE, _ORG_CHANGE, _PAUSE)}
)
