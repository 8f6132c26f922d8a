"""What a household needs of its own (客户需求): recorded, understood with it, followed up until it is met (C-264).

001.163「及时了解和跟进客户需求」: neither broken nor a complaint, but an elderly person who wants to be looked in
upon, a household that needs help with its deliveries. Nobody closes one that was not asked back about and followed up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import AUTO_CLOSE, DESK, at, promise
from services.ticketing.domain.kinds._shared import AUTHORITY

_D: Final = timedelta
_OPEN: Final = ("received", "understood", "following")
_ALL: Final = (*_OPEN, "completed", "closed")


@dataclass(frozen=True, slots=True)
class Fields:
    """What it is about, and whether it is wanted once or from now on."""

    area: Literal["elderly", "child", "disability", "health", "delivery", "pet", "notice", "other"] = "other"
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Understood:
    """The need in the words in which the household confirmed it, and how it was asked."""

    need: str
    asked_by: Literal["visit", "phone", "chat", "desk"]


@dataclass(frozen=True, slots=True)
class Followed:
    """What was done about it, and how it stands with the household."""

    what: str
    standing: Literal["under_way", "met", "not_possible"]


def _follow(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    """An answer to whoever asked, and a follow-up."""
    return replace(
        facts,
        responded_at=min(at, facts.responded_at or at),
        followed_up_at=min(at, facts.followed_up_at or at),
    )


def _answered(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    return replace(facts, responded_at=min(at, facts.responded_at or at))


KIND = TicketKind(
    code="customer_need",
    zh="客户需求",
    en="Customer need",
    prefix="N",
    policy="customer_need/1",
    fields=Fields,
    states=(
        StateSpec("received", "已记录", "recorded", role="supervisor"),
        StateSpec("understood", "已了解", "understood", role="supervisor"),
        StateSpec("following", "跟进中", "being followed up", role="supervisor"),
        StateSpec("completed", "已落实", "done"),
        StateSpec("closed", "已关闭", "closed", final=True),
        StateSpec("cancelled", "已取消", "cancelled", final=True),
    ),
    moves={
        "respond": stay(*_ALL),
        "dispatch": stay(*_OPEN),
        # row: C-264 understood with the household first, then followed up
        "understand": {"received": "understood", **stay("understood", "following")},
        "follow": {"understood": "following", **stay("following", "completed", "closed")},
        "follow-up-note": stay(*_ALL),
        # row: C-264 none is done with that was not followed up
        "complete": {"following": "completed"},
        "rate": stay("completed", "closed"),
        "reopen": dict.fromkeys(("completed", "closed"), "following"),
        "cancel": dict.fromkeys(_OPEN, "cancelled"),
        "close": {"completed": "closed"},
    },
    deeds=(
        Deed(
            "understand",
            "了解需求",
            "understood",
            DESK | {"gm"},
            Understood,
            stamp="understood_at",
            effect=_answered,
            public=True,
        ),
        Deed("follow", "跟进需求", "followed up", DESK | {"gm", "engineer"}, Followed, effect=_follow, public=True),
    ),
    clocks=(
        AUTHORITY,
        # 及时 without a number, for both: a policy sets one
        promise("need.understand", "C-264", "及时了解客户需求", "ask back about a need in time", at("understood_at")),
        promise("need.follow", "C-264", "及时跟进客户需求", "follow a need up in time", lambda f: f.followed_up_at),
    ),
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "asked back, followed up twice, met, and closed after a week",
            (
                Step("understand", _D(hours=2), args={"need": "每周三代取快递到户", "asked_by": "phone"}),
                Step("follow", _D(days=1), args={"what": "已排入管家日程", "standing": "under_way"}),
                Step("follow", _D(days=8), args={"what": "住户确认满意", "standing": "met"}),
                Step("complete", _D(days=8)),
            ),
            until=_D(days=16),
            state="closed",
            clocks={},
            fields={"area": "delivery", "lasting": True},
        ),
        Example(
            "what cannot be done is said, and done with all the same",
            (
                Step("understand", _D(hours=1), args={"need": "单元内加装座椅电梯", "asked_by": "visit"}),
                Step("follow", _D(days=2), args={"what": "楼道宽度不足，已说明", "standing": "not_possible"}),
                Step("complete", _D(days=2)),
            ),
            until=_D(days=3),
            state="completed",
            clocks={},
            fields={"area": "disability"},
        ),
    ),
)
