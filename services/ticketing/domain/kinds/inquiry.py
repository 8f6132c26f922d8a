"""Inquiries (咨询): about property and fees, answered at once where that is possible, on the channel they came by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import AUTO_CLOSE, DESK, MOVES, STATES, promise, received
from services.ticketing.domain.kinds._shared import AUTHORITY

_D: Final = timedelta
#: What comes by these is answered by these (001.203).
_WRITTEN_BACK: Final = ("email", "phone", "chat")


@dataclass(frozen=True, slots=True)
class Fields:
    """What is asked about."""

    # row: C-040, C-041 what the house explains: the property, its rules and its fees
    topic: Literal["property", "rules", "fees", "services", "other"] = "other"


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered, and by which channel."""

    channel: Literal["app", "mini_program", "phone", "visit", "wechat_group", "email", "chat"]
    text: str


def _reply(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    """An answer is an answer; whoever wrote an e-mail is promised one by e-mail."""
    facts = replace(facts, responded_at=min(at, facts.responded_at or at))
    known = facts.time("replied_at")
    # row: C-043 each channel is answered as such: a call does not answer an e-mail
    if given["channel"] == facts.channel and (known is None or at < known):
        facts = replace(facts, fields={**facts.fields, "replied_at": at.isoformat()})
    return facts


def _closed(facts: Facts) -> dict[str, Any]:
    return {
        "topic": facts.fields.get("topic", "other"),
        "closed_at": facts.completed_at,
        "responded_at": facts.responded_at,
    }


KIND = TicketKind(
    code="inquiry",
    zh="咨询",
    en="Inquiry",
    prefix="Q",
    policy="inquiry/1",
    fields=Fields,
    states=STATES,
    moves={**MOVES, "reply": stay("received", "in_progress", "reopened", "completed", "closed")},
    deeds=(Deed("reply", "答复", "answered", DESK | {"gm", "qa"}, Reply, effect=_reply, public=True),),
    tells={"complete": ("inquiry.closed.v1", _closed)},
    clocks=(
        AUTHORITY,
        promise(
            "affair.handle.now",
            "B-003",
            "能办理的事务立即办理",
            "what can be done at once is done at once",
            lambda f: f.completed_at,
            which=lambda f: None if f.dispatched_at else "",
        ),
        promise(
            "affair.transfer",
            "B-004",
            "不能办理的做好记录，转交相关部门",
            "what cannot be done at once is recorded and passed on to the department concerned",
            lambda f: f.dispatched_at or f.completed_at,
        ),
        promise(
            "inquiry.reply",
            "B-026",
            "及时回复客户咨询",
            "answer an inquiry in time",
            lambda f: f.responded_at or f.completed_at,
        ),
        ClockSpec(
            "channel.reply",
            "B-027",
            "邮件、电话、在线咨询在原渠道及时回复",
            "answer in time on the channel it came by",
            # 及时 without a number, and no channel is as quick as another: a policy sets each by itself
            {f"channel.reply.{channel}": None for channel in _WRITTEN_BACK},
            # done in the very contact is answered where it was asked
            met=lambda f: f.time("replied_at") or (f.completed_at if f.completed_at == f.received_at else None),
            starts=received,
            which=lambda f: f"channel.reply.{f.channel}" if f.channel in _WRITTEN_BACK else None,
        ),
    ),
    auto_close=AUTO_CLOSE,
    examples=(
        Example(
            "answered at the desk and done with",
            (Step("reply", _D(), args={"channel": "phone", "text": "物业费按季收取"}), Step("complete", _D())),
            until=_D(hours=1),
            state="completed",
            clocks={},
            fields={"topic": "fees"},
        ),
        Example(
            "passed on to the department concerned, and closed a week after it was done",
            (
                Step("dispatch", _D(minutes=5), args={"department": "财务部"}),
                Step("reply", _D(hours=3), args={"channel": "email", "text": "明细已发送"}),
                Step("complete", _D(hours=3)),
            ),
            until=_D(days=8),
            state="closed",
            clocks={},
            fields={"topic": "fees"},
            channel="email",
        ),
    ),
)
