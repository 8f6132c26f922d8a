"""Suggestions (建议): relayed to the department they are about, answered, and judged by their effect (C-035)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import AUTO_CLOSE, SERVING, promise
from services.ticketing.domain.kinds._kit import at as done_at
from services.ticketing.domain.kinds._shared import AUTHORITY

_D: Final = timedelta
_OPEN: Final = ("received", "relayed", "fed_back")


@dataclass(frozen=True, slots=True)
class Fields:
    """What it is about; ``by_staff``: an employee's own suggestion to the management."""

    area: Literal["service", "environment", "facility", "order", "fees", "management", "other"] = "other"
    by_staff: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the department makes of it, as the proposer is told."""

    adopted: bool
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether it had an effect, and which."""

    effective: bool
    effect: str


KIND = TicketKind(
    code="suggestion",
    zh="建议",
    en="Suggestion",
    prefix="S",
    policy="suggestion/1",
    fields=Fields,
    states=(
        StateSpec("received", "已收集", "received"),
        StateSpec("relayed", "已转交部门", "relayed", role="supervisor"),
        StateSpec("fed_back", "已反馈", "answered", role="supervisor"),
        StateSpec("completed", "已落实", "done"),
        StateSpec("closed", "已关闭", "closed", final=True),
        StateSpec("cancelled", "已撤回", "cancelled", final=True),
    ),
    moves={
        "respond": stay(*_OPEN, "completed", "closed"),
        # row: C-035, C-292 opinions reach the department they are about
        "dispatch": {"received": "relayed", **stay("relayed", "fed_back")},
        "feed-back": {"relayed": "fed_back", **stay("fed_back", "completed")},
        "assess": stay("fed_back", "completed", "closed"),
        "follow-up-note": stay(*_OPEN, "completed", "closed"),
        "complete": {"fed_back": "completed"},
        "rate": stay("completed", "closed"),
        "cancel": dict.fromkeys(_OPEN, "cancelled"),
        "close": {"completed": "closed"},
    },
    deeds=(
        Deed("feed-back", "反馈意见", "answered", SERVING, Feedback, stamp="fed_back_at", public=True),
        Deed("assess", "评估成效", "assessed", SERVING | {"qa"}, Outcome),
    ),
    clocks=(
        AUTHORITY,
        promise(
            "suggestion.feedback",
            "C-035",
            "意见和建议及时反馈",
            "answer a suggestion in time",
            done_at("fed_back_at"),
        ),
    ),
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "relayed, answered, done, and found to have an effect",
            (
                Step("dispatch", _D(hours=1), args={"department": "环境部"}),
                Step("feed-back", _D(days=2), args={"adopted": True, "text": "增设垃圾分类点"}),
                Step("complete", _D(days=5)),
                Step("assess", _D(days=6), args={"effective": True, "effect": "混投减少"}),
            ),
            until=_D(days=6),
            state="completed",
            clocks={},
            fields={"area": "environment"},
        ),
    ),
)
