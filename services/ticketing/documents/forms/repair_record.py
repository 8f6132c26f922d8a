"""住户报修记录表 (C-001, C-002, C-007, E-001): who reported what, from where, for when, and that it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ticketing.documents.form import Form, Subject
from services.ticketing.domain.kind import kinds


def content(subject: Subject) -> Mapping[str, Any]:
    """The five fields of C-002 and what became of the report; "无 / none" for an appointment that was not made."""
    ticket = subject.ticket
    state = kinds()[ticket["kind"]].state(ticket["state"])
    done = subject.local(ticket["completed_at"])
    return {
        "ticket": ticket["number"],
        # row: C-002 name and
        "name": subject.name,
        "address": subject.address,
        "phone": subject.phone,
        "content": ticket["summary"],
        "detail": ticket["detail"] or "",
        "appointment": subject.local(ticket["appointment"]) or "无 / none",
        "received_at": subject.local(ticket["received_at"]),
        "urgent": ticket["urgency"] == "urgent",
        "assignee": subject.assignee,
        "state": f"{state.zh} / {state.en}",
        "result": ticket["result"] or "",
        # row: C-007 these words, with the time, on the original record
        "mark": f"{done} 已完成维修" if done else "",
    }


FORM = Form(
    code="repair_record",
    row="C-002",
    zh="住户报修记录表",
    en="Resident Repair Record",
    prefix="BX",
    kinds=frozenset({"repair"}),
    # row: E-001 the resident repair record form
    content=content,
)
