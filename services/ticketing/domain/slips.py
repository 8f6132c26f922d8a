"""Paid service slips (有偿服务单): lines priced in fen, one total, and the hash that a confirmation is bound to.

A slip goes draft → confirmed → posted. Changed lines are a new revision and want a new confirmation; what is posted
changes no more, because the amount is on its way to the bank.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal

from services.ticketing.domain.slip_errors import SlipNotNow
from shared.money import round_half_up

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "draft": ("待业主确认", "waiting for the owner"),
    "confirmed": ("业主已确认", "confirmed"),
    "refused": ("业主不认可", "refused by the owner"),
    "posted": ("金额已录入", "posted"),
    "void": ("已作废", "void"),
}

#: Slips that are still to be settled with the owner: their case is not over.
UNSETTLED: Final = frozenset({"draft", "refused"})

_MOVES: Final[Mapping[str, tuple[frozenset[str], str, str, str]]] = {
    "price": (frozenset({"draft", "refused", "confirmed"}), "draft", "修改明细", "changed"),
    "confirm": (frozenset({"draft"}), "confirmed", "确认", "confirmed"),
    "refuse": (frozenset({"draft"}), "refused", "拒绝", "refused"),
    # row: B-074 only an amount that the owner confirmed goes to the deduction run
    "post": (frozenset({"confirmed"}), "posted", "录入", "posted"),
    "void": (frozenset({"draft", "refused", "confirmed"}), "void", "作废", "made void"),
}


def next_state(state: str, action: str) -> str:
    """The state of a slip after an action. Raises :class:`SlipNotNow`, naming the present state."""
    states, after, zh, en = _MOVES[action]
    if state not in states:
        raise SlipNotNow(state_zh=STATES[state][0], state_en=STATES[state][1], action_zh=zh, action_en=en)
    return after


@dataclass(frozen=True, slots=True)
class Line:
    """One line: material by quantity and unit, or labour by minutes with the price of an hour. Prices are fen.

    ``free`` is what is done without charge (warranty, goodwill): it stands on the slip and costs nothing.
    """

    what: Literal["material", "labour"]
    name: str
    quantity: Decimal
    unit: str
    price_fen: int
    source: Literal["stock", "bought"] | None = None
    free: bool = False

    @property
    def amount_fen(self) -> int:
        """Whole fen, half-up once; of labour the share of an hour."""
        if self.free:
            return 0
        exact = Fraction(self.quantity) * self.price_fen
        # row: E-017 each line is rounded once, half up, and the total is their sum
        return int(round_half_up(exact / 60 if self.what == "labour" else exact))

    def stored(self) -> dict[str, Any]:
        """The line as it is kept and as its hash sees it."""
        return {
            "what": self.what,
            "name": self.name,
            "quantity": f"{self.quantity.normalize():f}",
            "unit": self.unit,
            "price_fen": self.price_fen,
            "source": self.source,
            "free": self.free,
            "amount_fen": self.amount_fen,
        }


def total_fen(lines: Sequence[Line]) -> int:
    """The sum of the rounded lines."""
    return sum(line.amount_fen for line in lines)


def lines_hash(number: str, ticket: str, revision: int, lines: Sequence[Mapping[str, Any]], total: int) -> str:
    """SHA-256 of what the owner is asked to confirm: UTF-8 JSON with sorted keys and no spaces."""
    told = {"slip": number, "ticket": ticket, "revision": revision, "lines": list(lines), "total_fen": total}
    plain = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
