"""回访记录表 (C-049, E-003): every attempt to follow a case up, as it was written down, with what was corrected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from services.ticketing.documents.form import Form, Subject

_OUTCOMES: Final = {
    "reached": "接通 / reached",
    "no_answer": "未接通 / no answer",
    "refused": "拒访 / refused",
    "wrong_number": "空号错号 / wrong number",
}
_CHANNELS: Final = {"phone": "电话 / phone", "visit": "上门 / visit", "chat": "在线 / chat"}


def content(subject: Subject) -> Mapping[str, Any]:
    """The case and its attempts in order; corrections stand below what they correct and replace nothing (G-017)."""
    ticket = subject.ticket
    return {
        "ticket": ticket["number"],
        "name": subject.name,
        "address": subject.address,
        "phone": subject.phone,
        "matter": ticket["summary"],
        "result": ticket["result"] or "",
        "completed_at": subject.local(ticket["completed_at"]),
        "calls": [_call(subject, call) for call in subject.calls],
    }


def _call(subject: Subject, call: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "round": call["round"],
        "at": subject.local(call["occurred_at"]),
        "caller": call["caller"] or "",
        "channel": _CHANNELS[call["channel"]],
        "outcome": _OUTCOMES[call["outcome"]],
        "rating": _mark(call["rating"]),
        "note": call["note"] or "",
        "corrections": [
            {
                "at": subject.local(fix["recorded_at"]),
                "rating": _mark(fix["rating"]),
                "note": fix["note"] or "",
                "reason": fix["reason"],
            }
            for fix in call["corrections"]
        ],
    }


def _mark(rating: int | None) -> str:
    return "" if rating is None else str(rating)


FORM = Form(
    code="revisit_record",
    row="E-003",
    zh="回访记录表",
    en="Follow-up Record",
    prefix="HF",
    kinds=frozenset({"complaint", "repair"}),
    content=content,
)
