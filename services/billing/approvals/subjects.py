"""What is decided in billing by somebody else than who asks: one entry per kind, each with its ladder."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row

from services.billing.credits import service as credits
from services.billing.refunds import service as refunds
from services.billing.vacancies import service as vacancies
from shared.approvals.rules import APPROVED, Rung
from shared.db.tx import Tx

GM_FROM_FEN: Final = 5_000_000
"""From 50,000.00 yuan on the general manager decides, and nobody in their place."""


@dataclass(frozen=True)
class Subject:
    """A kind of request: who decides, for how long it waits, and what is done when it is decided."""

    code: str
    ladder: Sequence[Rung]
    expires_after: timedelta
    approved: Callable[[Tx, UUID], Awaitable[None]]
    refused: Callable[[Tx, UUID], Awaitable[None]]


_LEADS = ("finance", "cs_manager", "project_manager")

SUBJECTS: Final[Mapping[str, Subject]] = MappingProxyType(
    {
        "credit": Subject(
            "credit",
            (Rung(_LEADS), Rung(("gm",), GM_FROM_FEN, strict=True)),
            timedelta(days=14),
            credits.apply,
            credits.refuse,
        ),
        "refund": Subject(
            "refund",
            # row: D-083 from 50,000 yuan on nobody below the general manager approves that money goes out
            (Rung(_LEADS), Rung(("gm",), GM_FROM_FEN, strict=True)),
            timedelta(days=14),
            refunds.approve,
            refunds.refuse,
        ),
        "vacancy": Subject("vacancy", (Rung(_LEADS),), timedelta(days=30), vacancies.approve, vacancies.refuse),
    }
)


async def decided(tx: Tx, row: Row[Any]) -> None:
    """Tell the thing itself what was decided about it; what expired or was withdrawn counts as refused."""
    subject = SUBJECTS[row.subject_kind]
    await (subject.approved if row.state == APPROVED else subject.refused)(tx, row.subject_id)
