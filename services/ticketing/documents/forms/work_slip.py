"""维修任务单 (C-004, C-006, E-002): what maintenance takes along, has signed, and brings back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ticketing.documents.form import Form, Subject

_CATEGORIES = {
    "water": "给水 / water",
    "electricity": "用电 / electricity",
    "gas": "燃气 / gas",
    "door_window": "门窗 / door, window",
    "drainage": "排水 / drainage",
    "lift": "电梯 / lift",
    "access": "门禁 / access",
    "structure": "结构 / structure",
    "other": "其他 / other",
}


def content(subject: Subject) -> Mapping[str, Any]:
    """Where to go, to whom, when, for what; the appointment goes with the order (C-003)."""
    ticket = subject.ticket
    fields = ticket["fields"]
    return {
        "ticket": ticket["number"],
        "community": subject.community,
        "address": subject.address,
        "name": subject.name,
        "phone": subject.phone,
        "content": ticket["summary"],
        "detail": ticket["detail"] or "",
        "category": _CATEGORIES.get(fields.get("category", "other"), fields.get("category", "")),
        "paid": "是 / yes" if fields.get("paid") else "否 / no",
        # row: C-003 the appointment goes with the order
        "appointment": subject.local(ticket["appointment"]) or "无 / none",
        "received_at": subject.local(ticket["received_at"]),
        "urgent": ticket["urgency"] == "urgent",
        "assignee": subject.assignee,
        "department": ticket["department"] or "维修部 / maintenance",
        "arrived_at": subject.local(ticket["arrived_at"]),
        "completed_at": subject.local(ticket["completed_at"]),
        "result": ticket["result"] or "",
    }


FORM = Form(
    code="work_slip",
    row="C-004",
    zh="维修任务单",
    en="Maintenance Work Slip",
    prefix="WX",
    kinds=frozenset({"repair"}),
    # row: E-002 the maintenance work slip
    content=content,
)
