"""Money given back: approved, set aside so that nothing else uses it, then paid out once.

Between approval and payment the money is owed to the payer (``refund_due``): no bill takes it, and no second refund. A
provider's word ends a refund that goes back the way it came; silence is the state ``unknown``, in which it is asked
again until it answers. What was sent is sent again under the same number only, so that it is paid once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from services.billing.domain.ledger import Posting, balanced
from services.billing.domain.vocabulary import MONEY, PREPAYMENT, REFUND_DUE

ASKED, APPROVED, SENT, UNKNOWN = "asked", "approved", "sent", "unknown"
PAID, DIFFERS, FAILED, REFUSED, GIVEN_UP = "paid", "differs", "failed", "refused", "given_up"

SET_ASIDE: Final = frozenset({APPROVED, SENT, UNKNOWN, DIFFERS})
"""States in which the money left the prepayment and has not left the house."""

AT_PROVIDER: Final = frozenset({SENT, UNKNOWN})

DONE, PENDING, GONE, NONE, TROUBLE = "done", "pending", "gone", "none", "trouble"
"""What a provider says: paid back, on its way, never will be, it knows of none, it could not and a person must look."""

PAY, FAIL, RESEND, DIFFER, WAIT, SILENT, KEEP = "pay", "fail", "resend", "differ", "wait", "silent", "keep"

_FIRST_ASK: Final = timedelta(minutes=3)
_LONGEST_WAIT: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SaidBack:
    """A provider's word on a refund: its state, and the fen it gave back."""

    state: str
    amount_fen: int | None = None


def set_aside(unit_id: UUID, fen: int) -> Sequence[Posting]:
    """Approved: what was paid in advance is now owed to the payer."""
    return balanced((Posting(PREPAYMENT, "", unit_id, None, fen), Posting(REFUND_DUE, "", unit_id, None, -fen)))


def paid_out(unit_id: UUID, method: str, fen: int) -> Sequence[Posting]:
    """Paid out: nothing is owed to the payer any more, and money went out."""
    return balanced((Posting(REFUND_DUE, "", unit_id, None, fen), Posting(MONEY, method, unit_id, None, -fen)))


def taken_back(unit_id: UUID, fen: int) -> Sequence[Posting]:
    """It will not be paid out: it stands beside the bills again."""
    return balanced((Posting(REFUND_DUE, "", unit_id, None, fen), Posting(PREPAYMENT, "", unit_id, None, -fen)))


def judge(state: str, amount_fen: int, said: SaidBack | None) -> str:
    """What a provider's word (``None``: no answer) means for a refund that was sent to it.

    RESEND: it never came there, so the same request goes again. DIFFER: a person must look. KEEP: nothing to do.
    """
    if state not in AT_PROVIDER:
        return KEEP
    if said is None:
        return SILENT
    if said.state == DONE:
        return PAY if said.amount_fen == amount_fen else DIFFER
    return {GONE: FAIL, NONE: RESEND, TROUBLE: DIFFER}.get(said.state, WAIT)


def next_ask(asked: int, now: datetime) -> datetime:
    """When to ask (again) after ``asked`` questions: ever more rarely, for ever."""
    return now + min(_FIRST_ASK * (1 << min(asked, 6)), _LONGEST_WAIT)
