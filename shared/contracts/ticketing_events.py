"""What ticketing says: the register, cases and their clocks, follow-up calls, surveys, owner files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.field_events import FIELD
from shared.contracts.fields import (
    BOOL,
    CODE,
    DATE,
    FEN,
    ID,
    INT,
    PERIOD,
    TEXT,
    TIME,
    Kind,
    mapping,
    maybe,
    record,
    some,
)
from shared.contracts.kind_events import KINDS
from shared.contracts.reception_events import RECEPTION
from shared.contracts.register_events import CONSENTS, REGISTER
from shared.contracts.round_events import ROUNDS
from shared.contracts.sampling_events import SAMPLING
from shared.contracts.staff_events import ROSTERS
from shared.contracts.talk_events import CASE as _CASE
from shared.contracts.talk_events import TALK
from shared.contracts.talk_events import WHOM as _WHOM
from shared.contracts.talk_events import about as _ticket

#: Lists in an event are cut at this length; the rest follows in further events of the same subject.
CHUNK: Final = 200

_CLOCK: Final[Mapping[str, Kind]] = {**_CASE, "ticket_id": ID, "clock": CODE, "due_at": maybe(TIME)}
#: How long a clock ran and stood still.
_COUNTED: Final[Mapping[str, Kind]] = {"counted_seconds": INT, "paused_seconds": INT}
#: `survey_type` is quarterly or a topic, which has questions and numbers of its own.
_SURVEY: Final[Mapping[str, Kind]] = {"survey_id": ID, "survey_type": CODE, "period": PERIOD}
_REPORT: Final = record(**_SURVEY, measures=INT)
_MEASURE: Final = record(**_SURVEY, measure_id=ID, assignee_id=ID, due_on=DATE)


def _clock(what: str, zh: str, en: str, **fields: Kind) -> EventType:
    return EventType(f"clock.{what}.v1", "ticket", zh, en, record(**_CLOCK, **fields))


CASES: Final = (
    _ticket(
        "created",
        "受理",
        "a case was taken in",
        urgency=CODE,
        received_at=TIME,
        clocks=some(record(clock=CODE, due_at=maybe(TIME))),
        topic=maybe(CODE),
    ),
    _ticket("responded", "已响应业主", "the owner was answered", responded_at=TIME),
    _ticket("dispatched", "已派单", "given to a person or department", assignee_id=maybe(ID), department=maybe(TEXT)),
    _ticket("arrived", "已到场", "somebody was on site", arrived_at=TIME),
    _ticket("plan_sent", "初步方案已反馈", "the preliminary plan was sent", sent_at=TIME),
    _ticket("classified", "已分类", "its urgency and weight were judged", urgency=CODE, complex=BOOL, major=BOOL),
    _ticket("deadline_set", "已约定期限", "a deadline was agreed", deadline=TIME, set_at=TIME),
    _ticket("completed", "已完成", "the work is done", completed_at=TIME, handler_id=maybe(ID)),
    _ticket("validity_ruled", "有效性已裁定", "it was ruled valid or not", valid=BOOL),
    _ticket("rated", "业主已评价", "the owner rated it, 0 to 100", score=INT, satisfied=BOOL, rated_at=TIME),
    _ticket("signed_off", "业主已签字", "the owner signed", signed_at=TIME, method=CODE),
    _ticket("closed", "已关闭", "it is closed", closed_at=TIME),
    _ticket("reopened", "重新打开", "the work turned out not to be done", reopened_at=TIME, round=INT),
    _ticket(
        "merged",
        "已并入另一工单",
        "it repeats another case and goes on there; missed clocks stay missed",
        merged_into=ID,
        merged_at=TIME,
    ),
    _ticket(
        "paused",
        "暂停计时",
        "the case stands still from `from` until `until` at the latest, for a cause",
        pause_id=ID,
        cause=CODE,
        until=TIME,
        **{"from": TIME},
    ),
    _ticket("resumed", "恢复计时", "the case goes on", resumed_at=TIME, automatic=BOOL),
    _ticket("cancelled", "业主撤回", "the owner took it back", cancelled_at=TIME),
)

CLOCKS: Final = (
    EventType(
        "clock.started.v1",
        "ticket",
        "时限开始计时",
        "a promise's clock began, or runs to another instant now",
        record(**_CLOCK, **{"from": maybe(TIME)}),
    ),
    _clock("met", "按时完成", "the promise was kept", met_at=maybe(TIME), **_COUNTED),
    _clock("breached", "超时", "the promise was missed", **_COUNTED, **_WHOM),
    _clock("breach_withdrawn", "撤回超时", "a late record showed that it was kept", met_at=maybe(TIME), **_COUNTED),
    _clock("cancelled", "停止计时", "the promise fell away"),
    _clock(
        "replanned",
        "按新的时限或日历重新计算",
        "planned anew, because limits or calendar changed",
        was_due_at=TIME,
        plan_id=maybe(ID),
        cause=CODE,
    ),
    _clock(
        "warned",
        "时限提醒",
        "so many percent of the budget are used up; `held`: told in the morning, because it was night",
        percent=INT,
        reached_at=TIME,
        held=BOOL,
        **_WHOM,
    ),
)

CALLS: Final = (
    EventType(
        "revisit.due.v1",
        "ticket",
        "待回访",
        "a follow-up call falls due",
        record(**_CASE, revisit_id=ID, ticket_id=ID, due_at=TIME, handled_at=TIME),
    ),
    EventType(
        "revisit.done.v1",
        "ticket",
        "回访完成",
        "a follow-up call is done: reached, refused or no_answer; `readings` holds, for each value of the parameter "
        "revisit_unreachable, met, missed, excluded or open (missed once due_at has passed without another event)",
        record(
            **_CASE,
            revisit_id=ID,
            ticket_id=ID,
            outcome=CODE,
            rating=maybe(INT),
            satisfied=maybe(BOOL),
            done_at=TIME,
            on_time=BOOL,
            due_at=TIME,
            readings=mapping(CODE),
        ),
    ),
    EventType(
        "revisit.attempted.v1",
        "ticket",
        "回访拨打",
        "an attempt at a follow-up call; `half_days` counts the local half-days on which nobody was reached",
        record(
            **_CASE,
            revisit_id=ID,
            ticket_id=ID,
            attempt_id=ID,
            outcome=CODE,
            channel=CODE,
            attempted_at=TIME,
            attempts=INT,
            half_days=INT,
        ),
    ),
    EventType(
        "revisit.overdue.v1",
        "ticket",
        "回访逾期",
        "a follow-up call that a sampling plan asked for was not made in its days",
        record(**_CASE, revisit_id=ID, ticket_id=ID, due_at=TIME),
    ),
    EventType(
        "revisit.corrected.v1",
        "ticket",
        "回访记录更正",
        "the record of an attempt was corrected beside it; the rating that counts before and after",
        record(
            **_CASE,
            revisit_id=ID,
            ticket_id=ID,
            attempt_id=ID,
            rating_before=maybe(INT),
            rating_after=maybe(INT),
        ),
    ),
)

SURVEYS: Final = (
    EventType(
        "survey.opened.v1",
        "survey",
        "问卷已发放",
        "a survey was issued; its households follow in survey.scope_listed",
        record(**_SURVEY, dimensions=some(CODE), closes_at=TIME, scope_count=INT),
    ),
    EventType(
        "survey.scope_listed.v1",
        "survey",
        "问卷发放范围",
        "some of the households that a survey asks",
        record(**_SURVEY, unit_ids=some(ID, CHUNK)),
    ),
    EventType(
        "survey.answered.v1",
        "survey",
        "收到答卷",
        "a household answered; its last answer before the close counts",
        record(**_SURVEY, unit_id=ID, answer_id=ID, marks=mapping(INT), answered_at=TIME, channel=CODE),
    ),
    EventType(
        "survey.closed.v1",
        "survey",
        "问卷已截止",
        "a survey takes no more answers",
        record(**_SURVEY, closed_at=TIME, scope_count=INT, answer_count=INT),
    ),
    EventType("survey.report_submitted.v1", "report", "报告已提交", "a survey's report was submitted", _REPORT),
    EventType("survey.report_approved.v1", "report", "报告已批准", "a survey's report was approved", _REPORT),
    EventType("survey.report_returned.v1", "report", "报告被退回", "a survey's report was sent back", _REPORT),
    EventType(
        "survey.recalled.v1",
        "household called back",
        "问卷回拨核实",
        "a household was called back about its answer; `outcome` is agree, differ or not_reached",
        record(**_SURVEY, unit_id=ID, answer_id=ID, outcome=CODE),
    ),
    EventType("survey.measure_assigned.v1", "measure", "改进措施已分派", "a measure was assigned", _MEASURE),
    EventType("survey.measure_done.v1", "measure", "改进措施已完成", "a measure was reported done", _MEASURE),
    EventType("survey.measure_verified.v1", "measure", "改进措施已验证", "a measure was verified", _MEASURE),
    EventType("survey.measure_sent_back.v1", "measure", "改进措施被退回", "a measure was sent back", _MEASURE),
)

ARCHIVES: Final = (
    EventType(
        "archive.upserted.v1",
        "batch",
        "业主档案新增或变更",
        "owner files are new or changed",
        record(files=some(record(file_id=ID, unit_id=ID), CHUNK)),
    ),
    EventType(
        "archive.checked.v1",
        "check",
        "档案检查结果",
        "owner files were checked",
        record(
            check_id=ID,
            month=PERIOD,
            checked_at=TIME,
            items=some(record(file_id=ID, unit_id=ID, complete=BOOL, up_to_date=BOOL), CHUNK),
        ),
    ),
)

APPROVALS: Final = (
    EventType(
        "approval.decided.v1",
        "approval",
        "审批已结束",
        "a request for approval came to its end; `state` is approved, refused, withdrawn or expired",
        record(number=TEXT, subject_kind=CODE, subject_id=ID, state=CODE, amount_fen=maybe(FEN)),
    ),
)

_CASEWORK: Final = (*CASES, *TALK, *CLOCKS, *CALLS, *FIELD, *KINDS)
_ROUND: Final = (*ROUNDS, *SURVEYS, *SAMPLING)
EVENTS: Final = (*REGISTER, *_CASEWORK, *RECEPTION, *_ROUND, *ARCHIVES, *APPROVALS, *ROSTERS, *CONSENTS)
