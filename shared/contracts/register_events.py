"""What ticketing says of its register: who and what there is, who belongs to which unit, who agreed to what.
Part of its events."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import CODE, DATE, DECIMAL, ID, INT, TEXT, maybe, record, some

REGISTER: Final = (
    EventType("org.created.v1", "organisation", "新建组织", "an organisation was made", record(name=TEXT)),
    EventType(
        "org_unit.upserted.v1",
        "org unit",
        "组织架构新增或变更",
        "an org unit is new or changed; `path` runs from the organisation down to it",
        record(name=TEXT, kind=CODE, parent_id=maybe(ID), path=some(ID)),
    ),
    EventType(
        "community.upserted.v1",
        "community",
        "小区新增或变更",
        "a community is new or changed; `path` holds the org units above it",
        record(name=TEXT, path=some(ID), timezone=TEXT, external_id=TEXT),
    ),
    EventType(
        "building.upserted.v1", "building", "楼栋新增或变更", "a building is new or changed", record(name=TEXT)
    ),
    EventType(
        "unit.upserted.v1",
        "unit",
        "房屋新增或变更",
        "a unit is new or changed; `area` in square metres",
        record(
            number=TEXT,
            building_id=maybe(ID),
            area=DECIMAL,
            use=CODE,
            sold_on=maybe(DATE),
            occupied_from=maybe(DATE),
            occupied_to=maybe(DATE),
        ),
    ),
    EventType(
        "person.upserted.v1",
        "person",
        "人员新增或变更；个人信息另行读取",
        "a person or employee is new or changed; who keeps contacts reads them from ticketing",
        record(version=INT),
    ),
    EventType(
        "person.erased.v1",
        "person",
        "人员信息已删除，副本须一并删除",
        "a person's data was erased; copies are to be dropped",
        record(),
    ),
    EventType(
        "relation.upserted.v1",
        "relation",
        "人员与房屋关系新增或变更",
        "a person's relation to a unit is new or changed",
        record(person_id=ID, unit_id=ID, role=CODE, since=DATE, until=maybe(DATE), powers=some(CODE)),
    ),
    EventType(
        "person.merged.v1",
        "person",
        "两份档案确认为同一人并已合并；副本改指留存者",
        "two rows were one person: what pointed to the subject points to `survivor_id` from now on",
        record(survivor_id=ID),
    ),
    EventType(
        "unit.handed_over.v1",
        "move",
        "房屋过户、入住或迁出；列出结束与开始的关系",
        "a unit was sold, moved into or out of; which relations ended and began",
        record(unit_id=ID, kind=CODE, on=DATE, ended=some(ID), begun=some(ID)),
    ),
    EventType(
        "binding.requested.v1",
        "binding",
        "有人申请绑定房屋",
        "somebody of the app asks to be bound to a unit",
        record(person_id=ID, role=CODE),
    ),
    EventType(
        "binding.decided.v1",
        "binding",
        "绑定申请已处理",
        "a request to be bound was approved, refused or withdrawn; `refusal` says why",
        record(person_id=ID, state=CODE, refusal=maybe(CODE), unit_id=maybe(ID)),
    ),
    EventType(
        "activation.redeemed.v1",
        "activation code",
        "激活码已使用",
        "a printed activation code was used",
        record(person_id=ID, unit_id=ID, relation_id=ID),
    ),
    EventType(
        "household.admitted.v1",
        "relation",
        "业主接纳了家庭成员或租户",
        "a household admitted somebody to its unit; `admitted_by` is who did",
        record(person_id=ID, unit_id=ID, role=CODE, admitted_by=ID),
    ),
    EventType(
        "staff.upserted.v1",
        "employee",
        "员工岗位新增或变更",
        "an employee's roles or org units are new or changed",
        record(person_id=ID, roles=some(CODE), units=some(ID)),
    ),
)

_CONSENT: Final = record(purpose=CODE, notice_id=ID, edition=INT, channel=CODE)
CONSENTS: Final = (
    EventType("consent.given.v1", "person", "同意某项用途", "a person agreed to an edition of a text", _CONSENT),
    EventType(
        "consent.withdrawn.v1",
        "person",
        "不同意或撤回同意",
        "a person said no to a purpose, or took a yes back; it holds from `occurred_at`",
        _CONSENT,
    ),
)
