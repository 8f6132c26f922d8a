"""Records that an appraisal asks for, as tables: complaints with their handling, and what owners said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, and_, func, select

from services.ticketing.access import within_reach
from services.ticketing.domain.channels import CHANNELS
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.steps import spec_of
from services.ticketing.models import communities, revisits, ticket_clocks, tickets, units
from shared.auth import Principal
from shared.db.tx import Tx

COMPLAINT: Final = "complaint"

t, r = tickets.c, revisits.c

Column = tuple[str, str, Callable[[Row[Any]], Any]]


def _get(name: str) -> Callable[[Row[Any]], Any]:
    return lambda row: getattr(row, name)


def _yes_no(name: str) -> Callable[[Row[Any]], str | None]:
    def value(row: Row[Any]) -> str | None:
        found = getattr(row, name)
        return None if found is None else "是 yes" if found else "否 no"

    return value


def _missed(row: Row[Any]) -> str:
    return "、".join(spec_of(code).row for code in sorted(row.missed or ()))


_CLOCKS = (
    select(func.array_agg(ticket_clocks.c.clock))
    .where(
        ticket_clocks.c.org_id == t.org_id, ticket_clocks.c.ticket_id == t.id, ticket_clocks.c.state == "breached"
    )
    .correlate(tickets)
    .scalar_subquery()
)

COMPLAINTS = select(
    tickets, communities.c.name.label("community"), units.c.number.label("unit"), _CLOCKS.label("missed")
).select_from(
    tickets.join(
        communities, and_(communities.c.org_id == t.org_id, communities.c.id == t.community_id)
    ).outerjoin(units, and_(units.c.org_id == t.org_id, units.c.id == t.unit_id))
)


def complaint_reach(tx: Tx, who: Principal) -> list[ColumnElement[bool]]:
    """Complaints within the caller's reach."""
    return [t.kind == COMPLAINT, *within_reach(tx, who, community_column=t.community_id, unit_column=t.unit_id)]


COMPLAINT_COLUMNS: Final[tuple[Column, ...]] = (
    ("number", "投诉编号 Number", _get("number")),
    ("received_at", "受理时间 Received (UTC)", _get("received_at")),
    ("channel", "来源 Channel", lambda row: CHANNELS[row.channel].zh),
    ("community", "小区 Community", _get("community")),
    ("unit", "房号 Unit", _get("unit")),
    ("topic", "类别 Topic", lambda row: row.fields.get("topic")),
    ("summary", "投诉内容 Complaint", _get("summary")),
    ("responded_at", "响应时间 Responded (UTC)", _get("responded_at")),
    ("arrived_at", "到场时间 On site (UTC)", _get("arrived_at")),
    ("plan_sent_at", "方案反馈时间 Plan sent (UTC)", _get("plan_sent_at")),
    ("plan", "处理方案 Plan", _get("plan_text")),
    ("department", "责任部门 Department", _get("department")),
    ("completed_at", "处理完成时间 Completed (UTC)", _get("completed_at")),
    ("result", "处理结果 Result", _get("result")),
    ("signed_at", "业主签字时间 Signed (UTC)", _get("signed_at")),
    ("state", "状态 State", lambda row: kinds()[row.kind].state(row.state).zh),
    ("valid", "有效投诉 Valid", _yes_no("valid")),
    ("rating", "业主评分 Rating", _get("rating")),
    ("missed", "超时条目 Missed limits", _missed),
)

FEEDBACK = select(
    revisits,
    t.number,
    t.kind,
    communities.c.name.label("community"),
    units.c.number.label("unit"),
    t.rating.label("own_rating"),
).select_from(
    revisits.join(tickets, and_(t.org_id == r.org_id, t.id == r.ticket_id))
    .join(communities, and_(communities.c.org_id == r.org_id, communities.c.id == r.community_id))
    .outerjoin(units, and_(units.c.org_id == r.org_id, units.c.id == r.unit_id))
)

FEEDBACK_COLUMNS: Final[tuple[Column, ...]] = (
    ("number", "工单号 Number", _get("number")),
    ("kind", "类型 Kind", lambda row: kinds()[row.kind].zh),
    ("community", "小区 Community", _get("community")),
    ("unit", "房号 Unit", _get("unit")),
    ("handled_at", "处理完成时间 Handled (UTC)", _get("handled_at")),
    ("due_at", "应回访时间 Due (UTC)", _get("due_at")),
    ("done_at", "回访时间 Done (UTC)", _get("done_at")),
    ("state", "回访结果 Outcome", _get("state")),
    ("attempts", "拨打次数 Attempts", _get("attempts")),
    ("on_time", "按时 On time", _yes_no("on_time")),
    ("rating", "回访评分 Rating by phone", _get("rating")),
    ("own_rating", "业主自评 Own rating", _get("own_rating")),
    ("satisfied", "满意 Satisfied", _yes_no("satisfied")),
)
