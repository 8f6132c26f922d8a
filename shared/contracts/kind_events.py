"""What single kinds of cases say besides the events of every case: hazards, incidents, inquiries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, FEN, ID, INT, TEXT, TIME, Kind, maybe, record

_CASE: Final[Mapping[str, Kind]] = {"kind": CODE, "number": TEXT, "unit_id": maybe(ID), "reporter_id": maybe(ID)}
#: The register's entry, as rates are counted by it: by level and party, found in the period or still open (AMB-098).
_HAZARD: Final[Mapping[str, Kind]] = {
    "level": TEXT,
    "party": CODE,
    "appliance": CODE,
    "found_in": CODE,
    "line": maybe(CODE),
    "found_at": TIME,
}


def _case(name: str, zh: str, en: str, **fields: Kind) -> EventType:
    return EventType(name, "ticket", zh, en, record(**_CASE, **fields))


KINDS: Final = (
    _case(
        "ticket.deed_done.v1",
        "完成某类工单特有的步骤",
        "a deed that this kind of case alone has was done, and left it in this state",
        deed=CODE,
        state=CODE,
        done_at=TIME,
    ),
    _case(
        "inquiry.closed.v1",
        "咨询已办结",
        "an inquiry was answered and done with",
        topic=CODE,
        closed_at=TIME,
        responded_at=maybe(TIME),
    ),
    _case("hazard.opened.v1", "发现隐患", "a hazard was found", **_HAZARD),
    _case("hazard.corrected.v1", "隐患登记更正", "the entry of a hazard was corrected", **_HAZARD),
    _case("hazard.rectified.v1", "隐患已整改", "a hazard was rectified", **_HAZARD, rectified_at=TIME),
    _case(
        "hazard.verified.v1", "隐患复查合格", "a second person found it in order", **_HAZARD, verified_at=TIME
    ),
    _case(
        "complaint.deduction_proposed.v1",
        "有效投诉提议扣分",
        "points to be taken off somebody for a valid complaint were proposed",
        points=INT,
        employee_id=ID,
    ),
    _case(
        "complaint.fault_recorded.v1",
        "投诉处理过失已认定",
        "bad handling of a complaint led to a misunderstanding or harmed the reputation",
        fault=CODE,
        employee_id=ID,
    ),
    _case(
        "complaint.accountability_proposed.v1",
        "投诉问责已提议",
        "a measure was proposed because owners complained together or the press reported",
        cause=CODE,
        measure=CODE,
        employee_id=ID,
    ),
    _case(
        "renovation.violation_found.v1",
        "发现违规装修",
        "a violation was found in a renovation",
        violation=CODE,
    ),
    _case(
        "renovation.violation_closed.v1",
        "违规装修已结案",
        "a renovation violation ended: whether stopping it had an effect, and what was told in writing when",
        violation=CODE,
        effective=maybe(BOOL),
        notice_at=maybe(TIME),
        reported_at=maybe(TIME),
    ),
    _case("incident.declared.v1", "突发事件上报", "an incident was declared", event=CODE, happened_at=TIME),
    _case(
        "incident.ruled.v1",
        "突发事件已认定",
        "its class by a definition set, its level, cause and damage were ruled; `major_loss`: over 200,000 yuan",
        definition_set=CODE,
        event_class=CODE,
        level=CODE,
        by_dereliction=BOOL,
        loss_fen=FEN,
        casualties=INT,
        responsible_id=maybe(ID),
        major_loss=BOOL,
        ruled_at=TIME,
    ),
)
