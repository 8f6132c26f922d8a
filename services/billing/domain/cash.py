"""A cashier's drawer: what is in it by the books, what was counted, to whom it goes and until when.

Nothing that a drawer held is forgiven by its close: what was counted instead of what the books say stays beside it as
over or short, with its reason, and somebody else than who gives the money signs that it was received.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

OPEN, CLOSED, OFFERED, RECEIVED = "open", "closed", "offered", "received"
STATES: Final = (OPEN, CLOSED, OFFERED, RECEIVED)

CASHIER, FINANCE, BANK = "cashier", "finance", "bank"
TO: Final = (CASHIER, FINANCE, BANK)

PAYMENT, MOVED, REVERSED, REFUND, DEPOSIT = "payment", "moved", "reversed", "refund", "deposit_returned"
KINDS: Final = {
    PAYMENT: {"zh": "收款", "en": "payment"},
    MOVED: {"zh": "转移（不动现金）", "en": "moved (no cash)"},
    REVERSED: {"zh": "冲正", "en": "reversed"},
    REFUND: {"zh": "退款", "en": "refund"},
    DEPOSIT: {"zh": "退押金", "en": "deposit returned"},
}

#: Notes and coins that are legal tender, in fen.
DENOMINATIONS: Final = (10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10, 5, 2, 1)

SETTLE_DAYS: Final = 1
"""Cash of a day is settled by the end of the next one, unless the community sets other days."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many notes or coins of a value (fen)."""

    value_fen: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Drawer:
    """A drawer with its float, what of it are takings of earlier shifts, and the fen that went in and out."""

    float_fen: int
    carried_fen: int
    moved_fen: int

    @property
    def expected_fen(self) -> int:
        """What the books say is in it."""
        return self.float_fen + self.moved_fen


class Refused(ValueError):
    """What cannot be done with a shift now; ``reason`` is the code of the refusal."""

    def __init__(self, reason: str, fen: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.fen = fen


def counted(pieces: Iterable[Pieces]) -> int:
    """The fen in a count.

    Raises:
        Refused: ``denomination`` that is none, or named twice.
    """
    total, seen = 0, set()
    for item in pieces:
        if item.value_fen not in DENOMINATIONS or item.value_fen in seen:
            raise Refused("denomination", item.value_fen)
        seen.add(item.value_fen)
        total += item.value_fen * item.pieces
    return total


def takings(counted_fen: int, float_fen: int, carried_fen: int) -> int:
    """What has to be settled of a count: all but the float that belongs to the drawer; never less than nothing."""
    return max(0, counted_fen - float_fen + carried_fen)


def offer(to: str, amount_fen: int | None, counted_fen: int, owed_fen: int) -> int:
    """How much is handed over: to the next cashier the whole drawer, else the takings or more of it.

    Raises:
        Refused: ``above`` what was counted, ``below`` what is owed.
    """
    if to == CASHIER:
        if amount_fen not in (None, counted_fen):
            raise Refused("whole", counted_fen)
        return counted_fen
    amount = owed_fen if amount_fen is None else amount_fen
    if amount > counted_fen:
        raise Refused("above", counted_fen)
    if amount < owed_fen:
        raise Refused("below", owed_fen)
    return amount


def second_person(receiver: UUID, *givers: UUID | None) -> None:
    """Both sign: whoever kept, closed or offered the drawer does not receive it.

    Raises:
        Refused: ``same_person``.
    """
    if receiver in givers:
        raise Refused("same_person")


def settle_due(opened_on: date, days: int, zone: ZoneInfo) -> datetime:
    """The instant by which the cash of a day has to be settled; that instant itself is too late."""
    return datetime.combine(opened_on + timedelta(days=days + 1), time.min, zone)


def settled_in_time(settled_at: datetime, due_at: datetime) -> bool:
    """Whether cash was settled promptly."""
    return settled_at < due_at  # row: B-076 fees collected are settled by the end of their day


def next_midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """The next local midnight after an instant."""
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time.min, zone)
