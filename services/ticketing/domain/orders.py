"""Work orders: what may happen to one, which skill it wants, and whose turn it is.

An order is a case as one engineer has it. A refusal or a transfer ends it, and the next one begins: who had the case,
and what was handed over, is never written over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.domain.clocks import in_time, whole
from services.ticketing.domain.order_errors import NotYourOrder, OrderNotNow

Mode = Literal["assign", "grab", "rotate"]

#: States in which an order is somebody's, or to be had: a case has at most one such.
OPEN: Final = frozenset({"pooled", "offered", "accepted"})

STATES: Final[Mapping[str, tuple[str, str]]] = {
    "pooled": ("待接单", "waiting to be taken"),
    "offered": ("已派，待接受", "offered"),
    "accepted": ("已接单", "accepted"),
    "refused": ("已拒单", "refused"),
    "lapsed": ("超时未接", "not answered in time"),
    "transferred": ("已转派", "transferred"),
    "done": ("已完成", "done"),
    "withdrawn": ("已收回", "withdrawn"),
}

#: action -> (states in which it is possible, the state after it, Chinese, English).
_MOVES: Final[Mapping[str, tuple[frozenset[str], str, str, str]]] = {
    "grab": (frozenset({"pooled"}), "accepted", "抢单", "taken"),
    "accept": (frozenset({"offered"}), "accepted", "接单", "accepted"),
    "refuse": (frozenset({"offered"}), "refused", "拒单", "refused"),
    # Before or after it was accepted: what counts is that the next one is told.
    "transfer": (frozenset({"offered", "accepted"}), "transferred", "转派", "transferred"),
}

#: What the catalogue's categories of repair ask of an engineer; nothing in particular where none is named.
SKILL_OF: Final[Mapping[str, str]] = {
    "water": "water",
    "drainage": "water",
    "electricity": "electricity",
    "gas": "gas",
    "lift": "lift",
    "door_window": "carpentry",
    "access": "weak_current",
    "structure": "masonry",
}


def skill_for(fields: Mapping[str, Any]) -> str | None:
    """The skill that a case wants, by the category among its fields."""
    return SKILL_OF.get(str(fields.get("category")))


def next_state(state: str, action: str) -> str:
    """The state of an order after an action. Raises :class:`OrderNotNow`, naming the present state."""
    states, after, zh, en = _MOVES[action]
    if state not in states:
        # row: C-011 an order is one engineer's at a time, and moves only as it may
        raise OrderNotNow(state_zh=STATES[state][0], state_en=STATES[state][1], action_zh=zh, action_en=en)
    return after


def accept_by(offered_at: datetime, minutes: int | None) -> datetime | None:
    """The last second in which an offer may be accepted; None where a rule sets no time for it (what is shipped)."""
    return None if minutes is None else whole(offered_at) + timedelta(minutes=minutes)


def lapses(state: str, until: datetime | None, now: datetime) -> bool:
    """Whether an offer has gone unanswered beyond its time: the last second still counts."""
    return state == "offered" and until is not None and not in_time(now, until)


def forbid_strangers(actor_id: UUID, engineer_id: UUID | None, leads: bool) -> None:
    """Raises :class:`NotYourOrder` unless it is one's own order, or one's office to give orders out."""
    if actor_id != engineer_id and not leads:
        raise NotYourOrder()


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on duty: their open orders, when they were last given one, and why they cannot have this one."""

    person_id: UUID
    open: int
    last_at: datetime | None
    barred: Literal["skill", "refused", "handed_over"] | None = None


def in_turn(candidates: Collection[Candidate]) -> list[Candidate]:
    """Those who can have the order, first the one whose turn it is.

    Fewest open orders, then longest without a new one, then by id: the same candidates are always in the same order.
    """
    able = [c for c in candidates if c.barred is None]
    # row: C-011 轮派: the one with the fewest open orders, then the one who waited longest
    return sorted(able, key=lambda c: (c.open, c.last_at is not None, c.last_at or 0, c.person_id))


def explained(candidates: Collection[Candidate], chosen: UUID | None) -> Sequence[dict[str, Any]]:
    """Who was considered and why they were chosen or not, as it is kept with the order."""
    turn = in_turn(candidates)
    out = sorted((c for c in candidates if c.barred is not None), key=lambda c: c.person_id)
    return [
        {
            "person_id": str(c.person_id),
            "open": c.open,
            "last_at": None if c.last_at is None else c.last_at.isoformat().replace("+00:00", "Z"),
            "why": "chosen" if c.person_id == chosen else c.barred or "later_turn",
        }
        for c in (*turn, *out)
    ]
