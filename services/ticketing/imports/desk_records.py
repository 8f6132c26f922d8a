"""The desk's own lists as tables: calls, visits, answers to surveys, open promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, and_, select

from services.ticketing.access import within_reach
from services.ticketing.connections.repository import scope_reach
from services.ticketing.domain.kind import clock_specs, kinds
from services.ticketing.domain.steps import step_specs
from services.ticketing.domain.survey_types import QUARTERLY
from services.ticketing.imports.records import Column, get, yes_no
from services.ticketing.models import (
    calls,
    communities,
    staff,
    survey_answers,
    survey_scope,
    surveys,
    ticket_clocks,
    tickets,
    units,
    visits,
)
from services.ticketing.promises.repository import still_open
from shared.auth import Principal
from shared.db.tx import Tx
from shared.masking import mask_name, mask_phone

Reach = Callable[[Tx, Principal], list[ColumnElement[bool]]]

ca, vi, an, cl, t = calls.c, visits.c, survey_answers.c, ticket_clocks.c, tickets.c

_OUTCOMES: Final = {
    "ringing": "振铃中 ringing",
    "answered": "已接 answered",
    "missed": "未接 missed",
    "abandoned": "主叫挂断 abandoned",
    "failed": "失败 failed",
}
_AFFAIRS: Final = {"at_once": "当场办理 at once", "transferred": "转交 passed on", "ticketed": "立单 a ticket"}


def _clerk(column: ColumnElement[Any], org: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(staff.c.org_id == org, staff.c.id == column)


CALLS = select(calls, communities.c.name.label("community"), staff.c.external_id.label("clerk")).select_from(
    calls.outerjoin(
        communities, and_(communities.c.org_id == ca.org_id, communities.c.id == ca.community_id)
    ).outerjoin(staff, _clerk(ca.clerk_id, ca.org_id))
)


def call_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Calls of communities within reach, and of org units where they belong to none yet."""
    return scope_reach(tx, who, ca.community_id, ca.org_unit_id)


CALL_COLUMNS: Final[tuple[Column, ...]] = (
    ("external_id", "通话编号 Call", get("external_id")),
    ("direction", "方向 Direction", lambda row: "呼入 in" if row.direction == "incoming" else "呼出 out"),
    ("number", "号码（已脱敏） Number, masked", lambda row: mask_phone(row.number)),
    ("community", "小区 Community", get("community")),
    ("offered_at", "呼入时间 Offered (UTC)", get("offered_at")),
    ("rings", "响铃次数 Rings", get("rings")),
    ("answered_at", "接听时间 Answered (UTC)", get("answered_at")),
    ("ended_at", "结束时间 Ended (UTC)", get("ended_at")),
    ("outcome", "结果 Outcome", lambda row: _OUTCOMES.get(row.outcome, row.outcome)),
    ("in_time", "三声内接听 In time", yes_no("in_time")),
    ("clerk", "客服工号 Clerk", get("clerk")),
    ("affair", "办理 Affair", lambda row: _AFFAIRS.get(row.affair)),
    ("tickets", "立单数 Tickets", lambda row: len(row.ticket_ids)),
)

VISITS = select(
    visits, communities.c.name.label("community"), units.c.number.label("unit"), staff.c.external_id.label("clerk")
).select_from(
    visits.join(communities, and_(communities.c.org_id == vi.org_id, communities.c.id == vi.community_id))
    .outerjoin(units, and_(units.c.org_id == vi.org_id, units.c.id == vi.unit_id))
    .outerjoin(staff, _clerk(vi.received_by, vi.org_id))
)


def visit_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Visits within reach."""
    return within_reach(tx, who, community_column=vi.community_id)


VISIT_COLUMNS: Final[tuple[Column, ...]] = (
    ("received_at", "来访时间 Received (UTC)", get("received_at")),
    ("community", "小区 Community", get("community")),
    ("unit", "房号 Unit", get("unit")),
    ("visitor", "来访人（已脱敏） Visitor, masked", lambda row: mask_name(row.visitor_name)),
    ("subject", "事由 Subject", get("subject")),
    ("clerk", "接待工号 Received by", get("clerk")),
    ("affair", "办理 Affair", lambda row: _AFFAIRS.get(row.affair)),
    ("affair_at", "办理时间 Settled (UTC)", get("affair_at")),
    ("department", "转交部门 Department", get("department")),
    ("greeted", "起身问好 Greeted", yes_no("greeted")),
    ("tickets", "立单数 Tickets", lambda row: len(row.ticket_ids)),
)

ANSWERS = select(
    survey_answers,
    surveys.c.title,
    surveys.c.period,
    surveys.c.type,
    communities.c.name.label("community"),
    units.c.number.label("unit"),
    (survey_scope.c.answer_id == an.id).label("counted"),
).select_from(
    survey_answers.join(surveys, and_(surveys.c.org_id == an.org_id, surveys.c.id == an.survey_id))
    .join(communities, and_(communities.c.org_id == an.org_id, communities.c.id == surveys.c.community_id))
    .join(units, and_(units.c.org_id == an.org_id, units.c.id == an.unit_id))
    .outerjoin(
        survey_scope,
        and_(
            survey_scope.c.org_id == an.org_id,
            survey_scope.c.survey_id == an.survey_id,
            survey_scope.c.unit_id == an.unit_id,
        ),
    )
)


def answer_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Answers to surveys within reach."""
    return within_reach(tx, who, community_column=surveys.c.community_id)


ANSWER_COLUMNS: Final[tuple[Column, ...]] = (
    ("title", "调查 Survey", get("title")),
    ("period", "期间 Period", get("period")),
    ("type", "类型 Type", lambda row: row.type or QUARTERLY),
    ("community", "小区 Community", get("community")),
    ("unit", "房号 Unit", get("unit")),
    ("answered_at", "答卷时间 Answered (UTC)", get("answered_at")),
    ("channel", "方式 Channel", lambda row: row.channel or "app"),
    ("entered", "员工录入 Entered by staff", lambda row: "是 yes" if row.entered_by else "否 no"),
    ("counted", "计入结果 Counted", yes_no("counted")),
    ("marks", "得分 Marks", lambda row: [f"{code}={mark}" for code, mark in sorted(row.marks.items())]),
)

PROMISES = select(
    ticket_clocks,
    t.number,
    t.kind,
    t.summary,
    t.department,
    t.state.label("ticket_state"),
    communities.c.name.label("community"),
    units.c.number.label("unit"),
    staff.c.external_id.label("assignee"),
).select_from(
    ticket_clocks.join(tickets, and_(t.org_id == cl.org_id, t.id == cl.ticket_id))
    .join(communities, and_(communities.c.org_id == cl.org_id, communities.c.id == t.community_id))
    .outerjoin(units, and_(units.c.org_id == cl.org_id, units.c.id == t.unit_id))
    .outerjoin(staff, _clerk(t.assignee_id, t.org_id))
)


def promise_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Open promises within reach."""
    return [*still_open(tx.org_id), *within_reach(tx, who, community_column=t.community_id)]


def _promise(row: Row[Any]) -> str:
    spec = clock_specs().get(row.clock)
    if spec is not None:
        return f"{spec.zh} {spec.en}"
    steps = {spec.code: f"{spec.zh} {spec.en}" for spec in step_specs(row.kind).values()}
    return steps.get(row.clock) or str(row.clock)


PROMISE_COLUMNS: Final[tuple[Column, ...]] = (
    ("number", "工单号 Number", get("number")),
    ("kind", "类型 Kind", lambda row: kinds()[row.kind].zh),
    ("state", "状态 State", lambda row: kinds()[row.kind].state(row.ticket_state).zh),
    ("community", "小区 Community", get("community")),
    ("unit", "房号 Unit", get("unit")),
    ("summary", "内容 Summary", get("summary")),
    ("promise", "承诺 Promise", _promise),
    ("from_at", "起算时间 From (UTC)", get("from_at")),
    ("due_at", "到期时间 Due (UTC)", get("due_at")),
    ("overdue", "超时 Overdue", lambda row: "是 yes" if row.state == "breached" else "否 no"),
    ("department", "责任部门 Department", get("department")),
    ("assignee", "责任人工号 Assignee", get("assignee")),
)

#: Code, name, power, table, query, reach and columns of each.
TABLES: Final[tuple[tuple[str, str, str, Table, Select[Any], Reach, Sequence[Column]], ...]] = (
    ("calls", "通话", "call.read", calls, CALLS, call_reach, CALL_COLUMNS),
    ("visits", "来访", "visit.read", visits, VISITS, visit_reach, VISIT_COLUMNS),
    ("survey_answers", "满意度答卷", "survey.results", survey_answers, ANSWERS, answer_reach, ANSWER_COLUMNS),
    ("promises", "未了承诺", "promise.read", ticket_clocks, PROMISES, promise_reach, PROMISE_COLUMNS),
)
