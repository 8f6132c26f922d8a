"""有偿服务单 (C-067, E-017): what was done, what it costs, and who agreed; without a slip a blank one to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.ticketing.documents.form import Form, Subject
from services.ticketing.domain.slips import STATES
from shared.money import Money


def content(subject: Subject) -> Mapping[str, Any]:
    """Owner, service, amount and date of the newest slip that counts; each line with its own rounded amount."""
    ticket, slip = subject.ticket, subject.slips[-1] if subject.slips else None
    lines = [
        {
            "name": line["name"] + ("（免费 free）" if line["free"] else ""),
            "quantity": f"{line['quantity']} {line['unit']}",
            "price": str(Money(line["price_fen"])) + (" / h" if line["what"] == "labour" else ""),
            "amount": str(Money(line["amount_fen"])),
        }
        for line in (slip["lines"] if slip else ())
    ]
    state = STATES[slip["state"]] if slip else ("", "")
    return {
        "ticket": ticket["number"],
        "slip": slip["number"] if slip else "",
        "revision": str(slip["revision"]) if slip else "",
        "name": subject.name,
        "address": subject.address,
        "phone": subject.phone,
        "service": ticket["summary"],
        "done_at": subject.local(slip["done_at"]) if slip else "",
        "lines": lines,
        "total": str(Money(slip["total_fen"])) if slip else "",
        "state": f"{state[0]} / {state[1]}" if slip else "",
        "confirmed_at": subject.local(slip["confirmed_at"]) if slip else "",
        "lines_hash": slip["lines_hash"][:16] if slip else "",
    }


FORM = Form(
    code="service_slip",
    row="E-017",
    zh="有偿服务单",
    en="Paid Service Slip",
    prefix="FW",
    kinds=frozenset({"repair"}),
    content=content,
)
