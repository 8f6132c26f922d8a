"""停工整改通知书 (C-100, E-025): what whoever renovates is told in writing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from services.ticketing.documents.form import Form, Subject

VIOLATIONS: Final = {
    "structure": "危害物业结构安全 / endangers the structure",
    "appearance": "破坏外观 / destroys the appearance",
    "neighbours": "损害相邻业主利益 / harms neighbours",
    "public_interest": "损害公共利益 / harms the public interest",
    "minor": "一般违规 / minor",
}
_HOW: Final = {
    "handed_over": "当面送交 / handed over",
    "refused_left": "拒收留置 / refused and left",
    "posted_on_door": "张贴送达 / posted on the door",
    "registered_mail": "挂号邮寄 / registered mail",
}


def at(subject: Subject, name: str) -> str:
    """A time that a deed left in the case's fields, as people write it."""
    told = subject.ticket["fields"].get(name)
    return subject.local(datetime.fromisoformat(told)) if told else ""


def content(subject: Subject) -> Mapping[str, Any]:
    """To whom, about what, what has to be put right and until when."""
    ticket, fields = subject.ticket, subject.ticket["fields"]
    return {
        "ticket": ticket["number"],
        "address": subject.address,
        # row: C-100 addressee, violation, deadline
        "addressee": fields.get("addressee") or subject.name,
        "contractor": fields.get("contractor") or "",
        "violation": VIOLATIONS.get(fields.get("violation", ""), ""),
        "found": ticket["summary"],
        "detail": ticket["detail"] or "",
        "found_at": subject.local(ticket["received_at"]),
        "stopped_at": at(subject, "stopped_at"),
        "demand": fields.get("demand") or "",
        "deadline": subject.local(ticket["deadline"]),
        "how": _HOW.get(fields.get("how", ""), ""),
        "delivered_at": at(subject, "notice_delivered_at"),
    }


FORM = Form(
    code="stop_notice",
    row="C-100",
    zh="停工整改通知书",
    en="Stop-work and Rectification Notice",
    prefix="TG",
    kinds=frozenset({"renovation_violation"}),
    # row: E-025 the stop-work and rectification notice
    content=content,
)
