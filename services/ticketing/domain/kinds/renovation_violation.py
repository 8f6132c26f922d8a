"""Violations found in a renovation (违规装修): stopped, told in writing, reported, rectified, looked at (B-035).

What endangers the structure, the appearance, neighbours or the public is serious. A serious case ends only with the
written notice, and where stopping it had no effect only with the written report to the authority as well (002.16).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from services.ticketing.domain.consequence_errors import NoticeOwed
from services.ticketing.domain.deeds import Deed, Nothing
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import FIELD, LEADS, SERVING, Reasoned, at, finish, promise, send_back
from services.ticketing.domain.kinds._shared import AUTHORITY, FOLLOW_UP, REVIEW
from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

_D: Final = timedelta
_FINDERS: Final = SERVING | FIELD | {"qa"}
_LEADERS: Final = LEADS | {"gm"}
_ROLES: Final = ("supervisor", "project_manager", "gm")


@dataclass(frozen=True, slots=True)
class Fields:
    """What was found. Whoever renovates stands in the contact, the dwelling in the unit."""

    # row: C-097 the class of a serious violation
    violation: Literal["structure", "appearance", "neighbours", "public_interest", "minor"]
    contractor: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """What was done on the spot, and whether the work stopped."""

    done_on_site: str
    effective: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """The written notice: to whom, what has to be put right, until when."""

    addressee: str
    demand: str
    deadline: datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the notice reached them."""

    how: Literal["handed_over", "refused_left", "posted_on_door", "registered_mail"]


@dataclass(frozen=True, slots=True)
class Report:
    """The written report: to which authority, and what it says."""

    authority: str
    report: str


def serious(facts: Facts) -> bool:
    """Whether the violation is of one of the serious classes."""
    return facts.fields.get("violation") != "minor"


def _notice(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    deadline: datetime = given["deadline"].replace(microsecond=0)
    if deadline <= at:
        told = ("整改期限须晚于通知之时", "The deadline must lie after the notice")
        raise TicketInvalid(fields=[FieldError("fields.deadline", *told)])
    return replace(facts, deadline=deadline, deadline_set_at=at)


def _finish(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    known = facts.fields
    if serious(facts):
        # row: C-100 no serious case ends without the notice in writing
        if not known.get("notice_at"):
            raise NoticeOwed(paper_zh="停工整改通知书", paper_en="stop-work notice")
        # row: C-101 nor, where stopping it had no effect, without the report in writing
        if known.get("effective") is False and not known.get("authority_told_at"):
            raise NoticeOwed(paper_zh="向主管部门的书面报告", paper_en="report to the authority")
    return finish(facts, at, given)


def _seen(facts: Facts) -> dict[str, Any]:
    known = facts.fields
    return {
        "violation": known.get("violation"),
        "effective": known.get("effective"),
        "notice_at": facts.time("notice_at"),
        "reported_at": facts.time("authority_told_at"),
    }


_OPEN: Final = ("found", "stopped", "noticed", "reported")
_ALL: Final = (*_OPEN, "rectified", "verified")
_STOP: Final = Step("stop", _D(minutes=20), args={"done_on_site": "责令停工", "effective": False})
_NOTICE: Final = Step(
    "notify", _D(hours=2), args={"addressee": "业主", "demand": "恢复承重墙", "deadline_after": _D(days=3)}
)

KIND = TicketKind(
    code="renovation_violation",
    zh="违规装修",
    en="Renovation violation",
    prefix="V",
    policy="renovation_violation/1",
    fields=Fields,
    states=(
        StateSpec("found", "已发现", "found", role="security"),
        StateSpec("stopped", "已现场制止", "stopped on site", role="supervisor"),
        StateSpec("noticed", "已书面告知", "told in writing", role="supervisor"),
        StateSpec("reported", "已报告主管部门", "reported to the authority", role="supervisor"),
        StateSpec("rectified", "已整改", "rectified", role="supervisor"),
        StateSpec("verified", "已复查", "verified", role="supervisor"),
        StateSpec("closed", "已结案", "closed", final=True),
    ),
    moves={
        # row: C-099 stopped on the spot, by whom and when
        "stop": {"found": "stopped", **stay(*_ALL[1:])},
        "notify": {"found": "noticed", "stopped": "noticed", **stay("noticed", "reported")},
        "deliver-notice": stay("noticed", "reported", "rectified", "verified"),
        "report-authority": {**dict.fromkeys(("stopped", "noticed"), "reported"), **stay("reported")},
        "complete": dict.fromkeys(_OPEN, "rectified"),
        # row: C-098 put right means that somebody else has looked
        "verify": {"rectified": "verified"},
        "send-back": {"rectified": "noticed"},
        "finish": {"verified": "closed"},
        "respond": stay(*_ALL),
        "dispatch": stay(*_OPEN),
        "arrive": stay(*_ALL),
        "follow-up-note": stay(*_ALL, "closed"),
    },
    deeds=(
        Deed("stop", "现场制止", "stopped on site", _FINDERS, Stop, stamp="stopped_at"),
        Deed("notify", "书面停工整改通知", "told in writing", _LEADERS, Notice, effect=_notice, stamp="notice_at"),
        Deed("deliver-notice", "通知送达", "notice delivered", _FINDERS, Delivery, stamp="notice_delivered_at"),
        Deed(
            "report-authority",
            "书面报告主管部门",
            "reported to the authority",
            _LEADERS,
            Report,
            stamp="authority_told_at",
        ),
        Deed("verify", "复查合格", "verified", _FINDERS, Nothing, stamp="verified_at", second=True),
        Deed("send-back", "复查不合格", "sent back", _FINDERS, Reasoned, effect=send_back, second=True),
        Deed("finish", "结案", "finished", _LEADERS, effect=_finish, second=True),
    ),
    actors={"create": _FINDERS, "complete": _FINDERS},
    tells={
        "create": ("renovation.violation_found.v1", lambda f: {"violation": f.fields.get("violation")}),
        "finish": ("renovation.violation_closed.v1", _seen),
    },
    clocks=(
        promise(
            "violation.renovation.stop",
            "B-035",
            "发现后及时现场制止",
            "stop it on the spot as soon as it is found",
            at("stopped_at"),
            roles=_ROLES,
        ),
        promise(
            "violation.renovation.notice",
            "B-035",
            "严重违规及时发送书面停工整改通知",
            "tell a serious violator in writing in time",
            at("notice_at"),
            which=lambda f: "" if serious(f) else None,
            roles=_ROLES,
        ),
        promise(
            "violation.renovation.report",
            "B-035",
            "制止无效的严重违规及时书面报告主管部门",
            "report in writing in time what stopping did not end",
            at("authority_told_at"),
            starts=lambda f: f.time("stopped_at") or f.received_at,
            which=lambda f: "" if serious(f) and f.fields.get("effective") is False else None,
            roles=_ROLES,
        ),
        promise(
            "violation.renovation.rectified",
            "C-098",
            "在通知的期限内整改完毕",
            "rectified by the day that the notice names",
            lambda f: f.completed_at,
            agreed=lambda f, due: f.deadline,
            roles=_ROLES,
        ),
        AUTHORITY,
        FOLLOW_UP,
        REVIEW,
    ),
    examples=(
        Example(
            "a wall that carries: stopped without effect, told, reported, put right in time and looked at",
            (
                _STOP,
                _NOTICE,
                Step("deliver-notice", _D(hours=3), args={"how": "posted_on_door"}),
                Step("report-authority", _D(hours=5), args={"authority": "住建局", "report": "拒不停工"}),
                Step("complete", _D(days=3)),
                Step("verify", _D(days=4)),
                Step("finish", _D(days=4)),
            ),
            until=_D(days=5),
            state="closed",
            clocks={"violation.renovation.rectified": "met"},
            fields={"violation": "structure"},
        ),
        Example(
            "rubbish in the corridor: taken away at once",
            (
                Step("stop", _D(minutes=5), args={"done_on_site": "责令清运", "effective": True}),
                Step("complete", _D(hours=1)),
                Step("verify", _D(hours=2)),
                Step("finish", _D(hours=2)),
            ),
            until=_D(hours=3),
            state="closed",
            clocks={},
            fields={"violation": "minor"},
        ),
    ),
)
