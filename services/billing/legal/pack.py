"""The case pack: bills, part payments, steps, contacts, holds, notices and their proofs, with a manifest of hashes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.billing.domain.dunning import Policy, due_from, packet_deadline
from services.billing.domain.dunning_contacts import RESULTS, limitation_ends
from services.billing.dunning import repository as dunning
from services.billing.holds import repository as holds
from services.billing.legal import repository
from services.billing.notices import repository as notices
from services.billing.openings.repository import interruptions as opening_interruptions
from services.billing.proofs import repository as proofs
from shared.db.tx import Tx
from shared.documents import content_hash


@dataclass(frozen=True, slots=True)
class Pack:
    """A case with its evidence; ``manifest`` is part -> SHA-256 of its canonical JSON."""

    amount_fen: int
    oldest_due: date
    due_from: date
    deadline: date
    limitation_on: date
    parts: Mapping[str, Any]
    manifest: Mapping[str, str]
    manifest_hash: str


async def compile_pack(
    tx: Tx, case: Row[Any], zone: ZoneInfo, policy: Policy, messages: Sequence[Mapping[str, Any]]
) -> Pack:
    """The pack of a case as it stands now, in seven queries. `messages` are notify's proofs of the reminders."""
    today = tx.now.astimezone(zone).date()
    owed = await notices.open_bills(tx, case.unit_id, case.payer_id, today)
    paid = await repository.part_payments(tx, [bill.id for bill in owed])
    contacts = await dunning.contacts(tx, case.id)
    served = await notices.of_case(tx, case.id)
    proven = await proofs.of_notices(tx, [notice.id for notice in served])
    oldest = owed[0].due_date if owed else case.oldest_due
    interruptions = sorted(
        [
            # A demand that reached the debtor, an acknowledgement, a part payment: each begins the period anew.
            *((n.delivered_at.astimezone(zone).date(), "notice") for n in served if n.delivered_at is not None),
            *((k.at.astimezone(zone).date(), "acknowledged") for k in contacts if RESULTS[k.result].acknowledged),
            *((a.paid_on, "part_payment") for a in paid if a.bill_id == owed[0].id),
            *((day, "before_opening") for day in await opening_interruptions(tx, [bill.id for bill in owed[:1]])),
        ]
    )
    ends = limitation_ends(oldest, [day for day, _ in interruptions], policy.limitation_years)
    parts: dict[str, Any] = {
        "household": {"unit_id": case.unit_id, "payer_id": case.payer_id, "opened_at": case.opened_at},
        "bills": _rows(owed, "id", "number", "fee_kind", "period", "due_date", "amount_fen", "open_fen"),
        "part_payments": _rows(paid, "bill_id", "payment_id", "amount_fen", "paid_on", "value_date"),
        "steps": _rows(
            await dunning.steps_of_case(tx, case.id),
            *("id", "period", "kind", "opens_on", "last_on", "state", "cause", "result", "attempts"),
            *("asked_at", "done_at", "done_by", "on_time", "missed_at"),
        ),
        "contacts": _rows(
            contacts, "id", "step_id", "kind", "result", "at", "recorded_at", "by_id", "promised_on", "note"
        ),
        "holds": _rows(
            await holds.of_case(tx, case.id),
            *("id", "kind", "state", "reason", "evidence", "ticket_id", "until_on", "parts", "asked_by", "decided_by"),
        ),
        "notices": _rows(
            served,
            *("id", "number", "kind", "amount_fen", "content", "content_hash", "printed_at", "printed_by"),
            *("delivered_at", "delivered_by", "delivery", "proof", "due_at"),
        ),
        # The files lie in the store; what they are stands here, without their names, so that each can be held against
        # its hash.
        "proofs": _rows(
            proven,
            *("id", "notice_id", "kind", "media_type", "size", "sha256", "source_sha256"),
            *("uploaded_by", "created_at"),
        ),
        # Each with the hash of what was said and the chain of its attempts and receipts, as notify keeps them.
        "messages": list(messages),
        "limitation": {
            "ends_on": ends,
            "years": policy.limitation_years,
            "interruptions": [{"on": day, "by": what} for day, what in interruptions],
        },
    }
    parts = {name: _plain(part) for name, part in parts.items()}
    manifest = {name: _hash(part) for name, part in sorted(parts.items())}
    amount = sum(bill.open_fen for bill in owed)
    begins, deadline = due_from(oldest, policy.legal_months), packet_deadline(oldest, policy.legal_months)
    return Pack(amount, oldest, begins, deadline, ends, parts, manifest, content_hash(manifest))


def _hash(part: Any) -> str:
    return content_hash({"part": part})


def _rows(rows: Iterable[Row[Any]], *names: str) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in names} for row in rows]


def _plain(value: Any) -> Any:
    """As JSON keeps it, so that what is stored hashes as what was compiled."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)
