"""违规装修报告 (C-101, E-026): what the authority is told in writing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ticketing.documents.form import Form, Subject
from services.ticketing.documents.forms.stop_notice import VIOLATIONS, at


def content(subject: Subject) -> Mapping[str, Any]:
    """What was found, what was done about it on the spot and in writing, and why the authority is asked."""
    ticket, fields = subject.ticket, subject.ticket["fields"]
    return {
        "ticket": ticket["number"],
        # row: C-101 the authority, and what it is told
        "authority": fields.get("authority") or "",
        "report": fields.get("report") or "",
        "address": subject.address,
        "violation": VIOLATIONS.get(fields.get("violation", ""), ""),
        "found": ticket["summary"],
        "found_at": subject.local(ticket["received_at"]),
        "on_site": fields.get("done_on_site") or "",
        "stopped_at": at(subject, "stopped_at"),
        "notice_at": at(subject, "notice_at"),
        "deadline": subject.local(ticket["deadline"]),
    }


FORM = Form(
    code="authority_report",
    row="C-101",
    zh="违规装修情况报告",
    en="Report on a Renovation Violation",
    prefix="BG",
    kinds=frozenset({"renovation_violation"}),
    # row: E-026 the report to the authority
    content=content,
)
