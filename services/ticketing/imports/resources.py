"""What can be imported from tables: the columns as people know them, and the register's own bulk import behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

from services.ticketing.people import service as people
from services.ticketing.people.schemas import PeopleBulk, RelationsBulk, StaffBulk
from services.ticketing.places import service as places
from services.ticketing.places.schemas import UnitsBulk
from services.ticketing.register.bulk import Entity
from services.ticketing.register.schemas import BulkOut
from services.ticketing.rosters import presence, shifts
from services.ticketing.rosters.tables import PresencesBulk, ShiftsBulk
from shared.auth import STAFF, Principal
from shared.auth.roles import ROLES
from shared.db.tx import Tx
from shared.tabular import Column, Table

_USES = {
    "dwelling": ("住宅", "dwelling"),
    "shop": ("商铺", "shop"),
    "parking": ("车位", "parking"),
    "office": ("办公", "office"),
}
_LOCALES = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}
_RELATIONS = {
    "owner": ("业主", "owner"),
    "co_owner": ("共有人", "co-owner"),
    "family": ("家属", "family"),
    "tenant": ("租户", "tenant"),
    "agent": ("代理人", "agent"),
    "payer": ("缴费人", "payer"),
}
_POWERS = {
    "sees_bills": ("看账单", "sees bills"),
    "pays": ("缴费", "pays"),
    "signs": ("签字", "signs"),
    "rates": ("评价", "rates"),
    "answers_surveys": ("答问卷", "answers surveys"),
    "admits": ("添加成员", "admits others"),
}
_ROLES = {code: ROLES[code] for code in sorted(STAFF)}
_CODE = Column("external_id", "编号", "Code", required=True, example="CX-1-1203", width=20)
_CONTACT = (
    Column("name", "姓名", "Name", required=True, example="张伟"),
    Column("phone", "手机", "Phone", example="13812341234", width=18),
    Column("email", "邮箱", "Email", example="zhang@example.com", width=24),
    Column("locale", "语言", "Language", "choice", choices=_LOCALES, example="中文"),
)


@dataclass(frozen=True)
class Resource:
    """A kind of table with its way into the register.

    ``run`` is the same function that the bulk endpoint calls; ``parting`` is what peers are told of a row that an undo
    takes away again: the same row without any effect.
    """

    table: Table
    power: str
    bulk: type[Any]
    run: Callable[[Tx, Principal, Any], Awaitable[BulkOut]]
    entity: Entity
    parting: Callable[[Mapping[str, Any]], dict[str, Any]]


_UNITS = Resource(
    Table(
        "units",
        "房屋",
        "Units",
        (
            _CODE,
            Column("community", "小区", "Community", required=True, example="CX"),
            Column("building", "楼栋", "Building", example="CX-1"),
            Column("number", "房号", "Number", required=True, example="1-1203"),
            Column("area", "面积", "Area", "decimal", required=True, example="93.50"),
            Column("use", "用途", "Use", "choice", choices=_USES, example="住宅"),
            Column("sold_on", "交付日期", "Sold on", "date", example="2018-06-30"),
            Column("occupied_from", "入住日期", "Occupied from", "date", example="2019-06-01"),
            Column("occupied_to", "搬离日期", "Occupied to", "date"),
        ),
    ),
    "register.write",
    UnitsBulk,
    places.bulk_units,
    places.UNIT,
    lambda values: {**values, "sold_on": None, "occupied_from": None, "occupied_to": None},
)
_PEOPLE = Resource(
    Table("people", "人员", "People", (Column("external_id", "编号", "Code", required=True, example="P77"), *_CONTACT)),
    "people.write",
    PeopleBulk,
    people.bulk_people,
    people.PERSON,
    lambda values: {**values, "name": None, "phone": None, "email": None},
)
_STAFF = Resource(
    Table(
        "staff",
        "员工",
        "Staff",
        (
            Column("external_id", "工号", "Staff code", required=True, example="E12"),
            *_CONTACT,
            Column("roles", "岗位", "Roles", "list", required=True, choices=_ROLES, example="客服专员"),
            Column("units", "管辖范围", "Org units", "list", required=True, example="HZ"),
        ),
    ),
    "staff.write",
    StaffBulk,
    people.bulk_staff,
    people.STAFF_ENTITY,
    lambda values: {**values, "name": None, "phone": None, "email": None, "roles": [], "units": []},
)
_RELATIONSHIPS = Resource(
    Table(
        "relations",
        "人房关系",
        "Relations",
        (
            Column("external_id", "编号", "Code", required=True, example="P77-CX-1-1203", width=24),
            Column("person", "人员编号", "Person", required=True, example="P77"),
            Column("unit", "房屋编号", "Unit", required=True, example="CX-1-1203", width=20),
            Column("role", "关系", "Relation", "choice", required=True, choices=_RELATIONS, example="业主"),
            Column("since", "开始日期", "Since", "date", required=True, example="2019-06-01"),
            Column("until", "结束日期", "Until", "date"),
            Column("powers", "权限", "Powers", "list", choices=_POWERS),
        ),
    ),
    "people.write",
    RelationsBulk,
    people.bulk_relations,
    people.RELATION,
    # Ended the day before it began: it held on no day.
    lambda values: {**values, "until": values["since"] - timedelta(days=1), "powers": []},
)

_PERSON_AT = (
    Column("person", "工号", "Staff code", required=True, example="E12"),
    Column("org_unit", "部门编号", "Org unit", required=True, example="HZ"),
)
_SHIFTS = Resource(
    # row: E-046 the roster as a table
    Table(
        "shifts",
        "排班",
        "Roster",
        (
            Column("external_id", "班次编号", "Shift code", required=True, example="E12-0307-A", width=20),
            *_PERSON_AT,
            Column("post", "岗点", "Post", required=True, example="frontdesk"),
            Column("starts_at", "上班时间", "Starts", required=True, example="2025-03-07 08:00", width=20),
            Column("ends_at", "下班时间", "Ends", required=True, example="2025-03-07 14:00", width=20),
        ),
    ),
    "roster.write",
    ShiftsBulk,
    shifts.bulk_shifts,
    shifts.SHIFT,
    dict,
)
_PRESENCES = Resource(
    Table(
        "presences",
        "打卡记录",
        "Presence",
        (
            Column("external_id", "记录编号", "Record code", required=True, example="E12-0307", width=20),
            *_PERSON_AT,
            Column("in_at", "上班打卡", "Clock-in", example="2025-03-07 07:56", width=20),
            Column("out_at", "下班打卡", "Clock-out", example="2025-03-07 14:02", width=20),
        ),
    ),
    "roster.write",
    PresencesBulk,
    presence.bulk_presences,
    presence.PRESENCE,
    dict,
)

RESOURCES: Final[Mapping[str, Resource]] = MappingProxyType(
    {resource.table.code: resource for resource in (_UNITS, _PEOPLE, _STAFF, _RELATIONSHIPS, _SHIFTS, _PRESENCES)}
)
