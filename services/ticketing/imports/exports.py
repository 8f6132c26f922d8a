"""Lists as tables: page by page out of short transactions, so that an export of any length holds nothing for long."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import ColumnElement, Row, Select, Table, and_, select

from services.ticketing.access import within_reach
from services.ticketing.domain.kind import kinds
from services.ticketing.domain.rosters import OUTCOMES
from services.ticketing.imports import desk_records, records
from services.ticketing.models import (
    attendance,
    buildings,
    communities,
    org_units,
    people,
    relations,
    revisits,
    staff,
    tickets,
    units,
)
from services.ticketing.people.repository import people_reach, staff_reach
from services.ticketing.places.service import unit_reach
from services.ticketing.rosters.reach import mine_or_led
from shared.auth import Principal
from shared.db.tx import Tx
from shared.masking import mask_email, mask_name, mask_phone
from shared.periods import Period
from shared.runtime import Runtime

PAGE: Final = 1000

Reach = Callable[[Tx, Principal], list[ColumnElement[bool]]]


@dataclass(frozen=True)
class Export:
    """A list: its table (whose id orders it), what is read, who sees which rows, and its columns as people know them.

    A masked column has a heading that no import takes for the column itself.
    """

    code: str
    zh: str
    power: str
    table: Table
    query: Select[Any]
    reach: Reach
    columns: Sequence[tuple[str, str, Callable[[Row[Any]], Any]]]  # key, heading, value
    #: The local day by which a list is asked for month by month.
    day: ColumnElement[Any] | None = None
    about_people: bool = False  # a table of people is an opening, masked as it is: whole lists are what gets sold


def _get(name: str) -> Callable[[Row[Any]], Any]:
    return lambda row: getattr(row, name)


def _of_communities(table: Table) -> Reach:
    return lambda tx, who: within_reach(tx, who, community_column=table.c.community_id, unit_column=table.c.unit_id)


def _joined(one: Table, other: Table, column: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(other.c.org_id == one.c.org_id, other.c.id == column)


_UNITS = Export(
    "units",
    "房屋",
    "register.read",
    units,
    select(units, communities.c.external_id.label("community"), buildings.c.external_id.label("building")).select_from(
        units.join(communities, _joined(units, communities, units.c.community_id)).outerjoin(
            buildings, _joined(units, buildings, units.c.building_id)
        )
    ),
    unit_reach,
    (
        ("external_id", "编号 Code", _get("external_id")),
        ("community", "小区 Community", _get("community")),
        ("building", "楼栋 Building", _get("building")),
        ("number", "房号 Number", _get("number")),
        ("area", "面积 Area", lambda row: f"{row.area:.2f}"),
        ("use", "用途 Use", _get("use")),
        ("sold_on", "交付日期 Sold on", _get("sold_on")),
        ("occupied_from", "入住日期 Occupied from", _get("occupied_from")),
        ("occupied_to", "搬离日期 Occupied to", _get("occupied_to")),
    ),
)
_MASKED = (
    ("name", "姓名（已脱敏） Name, masked", lambda row: mask_name(row.name)),
    ("phone", "手机（已脱敏） Phone, masked", lambda row: mask_phone(row.phone)),
    ("email", "邮箱（已脱敏） Email, masked", lambda row: mask_email(row.email)),
    ("locale", "语言 Language", _get("locale")),
)
_PEOPLE = Export(
    "people",
    "人员",
    "people.read",
    people,
    select(people),
    people_reach,
    (("external_id", "编号 Code", _get("external_id")), *_MASKED),
    # row: G-011 whoever takes a table of people away stands in the record
    about_people=True,
)
_STAFF = Export(
    "staff",
    "员工",
    "staff.read",
    staff,
    select(staff),
    staff_reach,
    (
        ("external_id", "工号 Staff code", _get("external_id")),
        *_MASKED,
        ("roles", "岗位 Roles", _get("roles")),
        ("units", "管辖范围 Org units", lambda row: [str(unit) for unit in row.units]),
    ),
    # row: G-011 whoever takes a table of people away stands in the record
    about_people=True,
)
_RELATIONS = Export(
    "relations",
    "人房关系",
    "people.read",
    relations,
    select(relations, people.c.external_id.label("person"), units.c.external_id.label("unit")).select_from(
        relations.join(people, _joined(relations, people, relations.c.person_id)).join(
            units, _joined(relations, units, relations.c.unit_id)
        )
    ),
    _of_communities(relations),
    (
        ("external_id", "编号 Code", _get("external_id")),
        ("person", "人员编号 Person", _get("person")),
        ("unit", "房屋编号 Unit", _get("unit")),
        ("role", "关系 Relation", _get("role")),
        ("since", "开始日期 Since", _get("since")),
        ("until", "结束日期 Until", _get("until")),
        ("powers", "权限 Powers", _get("powers")),
    ),
    # row: G-011 whoever takes a table of people away stands in the record
    about_people=True,
)
_TICKETS = Export(
    "tickets",
    "工单",
    "ticket.read",
    tickets,
    select(tickets, communities.c.name.label("community"), units.c.number.label("unit")).select_from(
        tickets.join(communities, _joined(tickets, communities, tickets.c.community_id)).outerjoin(
            units, _joined(tickets, units, tickets.c.unit_id)
        )
    ),
    _of_communities(tickets),
    (
        ("number", "工单号 Number", _get("number")),
        ("kind", "类型 Kind", lambda row: kinds()[row.kind].zh),
        ("state", "状态 State", lambda row: kinds()[row.kind].state(row.state).zh),
        ("community", "小区 Community", _get("community")),
        ("unit", "房号 Unit", _get("unit")),
        ("summary", "内容 Summary", _get("summary")),
        ("urgency", "紧急 Urgency", _get("urgency")),
        ("received_at", "受理时间 Received (UTC)", _get("received_at")),
        ("responded_at", "响应时间 Responded (UTC)", _get("responded_at")),
        ("completed_at", "完成时间 Completed (UTC)", _get("completed_at")),
        ("closed_at", "关闭时间 Closed (UTC)", _get("closed_at")),
        ("valid", "有效 Valid", lambda row: None if row.valid is None else "是 yes" if row.valid else "否 no"),
        ("rating", "评分 Rating", _get("rating")),
    ),
)

_COMPLAINTS = Export(
    "complaints",
    "投诉及处理记录",
    "ticket.read",
    tickets,
    records.COMPLAINTS,
    records.complaint_reach,
    records.COMPLAINT_COLUMNS,
)
_FEEDBACK = Export(
    "feedback",
    "客户反馈记录",
    "revisit.read",
    revisits,
    records.FEEDBACK,
    _of_communities(revisits),
    records.FEEDBACK_COLUMNS,
)

_DESK: Final = tuple(
    Export(code, zh, power, table, query, reach, columns)
    for code, zh, power, table, query, reach, columns in desk_records.TABLES
)

_ATTENDANCE = Export(
    # row: E-038, C-143 the month's attendance as a table
    "attendance",
    "考勤",
    "attendance.read",
    attendance,
    select(
        attendance, staff.c.external_id.label("person"), staff.c.name, org_units.c.name.label("org_unit")
    ).select_from(
        attendance.join(staff, _joined(attendance, staff, attendance.c.person_id)).join(
            org_units, _joined(attendance, org_units, attendance.c.org_unit_id)
        )
    ),
    lambda tx, who: [*mine_or_led(tx, who, attendance), attendance.c.cancelled.is_(False)],
    (
        ("day", "日期 Day", _get("day")),
        ("person", "工号 Staff code", _get("person")),
        ("name", "姓名（已脱敏） Name, masked", lambda row: mask_name(row.name)),
        ("org_unit", "部门 Org unit", _get("org_unit")),
        ("post", "岗点 Post", _get("post")),
        ("outcomes", "结果 Outcome", lambda row: [OUTCOMES[code][0] for code in row.outcomes]),
        ("late_minutes", "迟到分钟 Minutes late", _get("late_minutes")),
        ("early_minutes", "早退分钟 Minutes early", _get("early_minutes")),
        ("leave_kind", "假别 Leave", _get("leave_kind")),
    ),
    day=attendance.c.day,
)

EXPORTS: Final[Mapping[str, Export]] = MappingProxyType(
    {
        export.code: export
        for export in (
            *(_UNITS, _PEOPLE, _STAFF, _RELATIONS, _TICKETS, _ATTENDANCE),
            # row: E-005 the record of complaints and of their handling
            _COMPLAINTS,
            # row: E-007, E-063 what owners said, call by call
            _FEEDBACK,
            *_DESK,
        )
    }
)


async def rows(
    rt: Runtime, who: Principal, export: Export, month: Period | None = None
) -> AsyncIterator[list[Any]]:
    """Every row within the caller's reach (of a month) in the order of making, each page out of its own transaction."""
    after = None
    while True:
        async with rt.db.read(who.org) as tx:
            c = export.table.c
            wanted = export.query.where(c.org_id == tx.org_id, *export.reach(tx, who))
            if month is not None and export.day is not None:
                wanted = wanted.where(export.day >= month.start, export.day < month.end)
            if after is not None:
                wanted = wanted.where(c.id > after)
            found = await tx.rows(wanted.order_by(c.id).limit(PAGE))
        for row in found:
            yield [value(row) for _, _, value in export.columns]
        if len(found) < PAGE:
            return
        after = found[-1].id
