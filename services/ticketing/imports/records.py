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


def get(name: str) -> Callable[[Row[Any]], Any]:
    """A column as it is."""
    return lambda row: getattr(row, name)


def yes_no(name: str) -> Callable[[Row[Any]], str | None]:
    """A column that says whether."""

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
    ("number", "投诉编号 Number", get("number")),
    ("received_at", "受理时间 Received (UTC)", get("received_at")),
    ("channel", "来源 Channel", lambda row: CHANNELS[row.channel].zh),
    ("community", "小区 Community", get("community")),
    ("unit", "房号 Unit", get("unit")),
    ("topic", "类别 Topic", lambda row: row.fields.get("topic")),
    ("summary", "投诉内容 Complaint", get("summary")),
    ("responded_at", "响应时间 Responded (UTC)", get("responded_at")),
    ("arrived_at", "到场时间 On site (UTC)", get("arrived_at")),
    ("plan_sent_at", "方案反馈时间 Plan sent (UTC)", get("plan_sent_at")),
    ("plan", "处理方案 Plan", get("plan_text")),
    ("department", "责任部门 Department", get("department")),
    ("completed_at", "处理完成时间 Completed (UTC)", get("completed_at")),
    ("result", "处理结果 Result", get("result")),
    ("signed_at", "业主签字时间 Signed (UTC)", get("signed_at")),
    ("state", "状态 State", lambda row: kinds()[row.kind].state(row.state).zh),
    ("valid", "有效投诉 Valid", yes_no("valid")),
    ("rating", "业主评分 Rating", get("rating")),
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
    ("number", "工单号 Number", get("number")),
    ("kind", "类型 Kind", lambda row: kinds()[row.kind].zh),
    ("community", "小区 Community", get("community")),
    ("unit", "房号 Unit", get("unit")),
    ("handled_at", "处理完成时间 Handled (UTC)", get("handled_at")),
    ("due_at", "应回访时间 Due (UTC)", get("due_at")),
    ("done_at", "回访时间 Done (UTC)", get("done_at")),
    ("state", "回访结果 Outcome", get("state")),
    ("attempts", "拨打次数 Attempts", get("attempts")),
    ("on_time", "按时 On time", yes_no("on_time")),
    ("rating", "回访评分 Rating by phone", get("rating")),
    ("own_rating", "业主自评 Own rating", get("own_rating")),
    ("satisfied", "满意 Satisfied", yes_no("satisfied")),
)
