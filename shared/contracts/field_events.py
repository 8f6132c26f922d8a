"""What ticketing says of work orders, paid service slips and repeated faults. Part of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, FEN, ID, INT, TEXT, TIME, Kind, maybe, record, some

_CASE: Final[Mapping[str, Kind]] = {
    "kind": CODE,
    "number": TEXT,
    "unit_id": maybe(ID),
    "reporter_id": maybe(ID),
    "ticket_id": ID,
}
_SLIP: Final[Mapping[str, Kind]] = {**_CASE, "slip_id": ID, "slip_number": TEXT}
_ORDER: Final[Mapping[str, Kind]] = {**_CASE, "order_id": ID}


def _order(what: str, zh: str, en: str, **fields: Kind) -> EventType:
    return EventType(f"order.{what}.v1", "ticket", zh, en, record(**_ORDER, **fields))


def _slip(what: str, zh: str, en: str, **fields: Kind) -> EventType:
    return EventType(f"slip.{what}.v1", "ticket", zh, en, record(**_SLIP, **fields))


_SLIPS: Final = (
    _slip("created", "有偿服务单已开具", "a paid service slip was written", amount_fen=FEN, done_at=TIME),
    _slip(
        "changed",
        "有偿服务单明细已变更，待重新确认",
        "the lines changed; what was confirmed before no longer holds",
        amount_fen=FEN,
        done_at=TIME,
    ),
    _slip(
        "confirmed",
        "业主已确认有偿服务单",
        "the owner agreed to this amount",
        amount_fen=FEN,
        confirmed_at=TIME,
        method=CODE,
        done_at=TIME,
    ),
    _slip("refused", "业主不认可有偿服务单", "the owner refused this amount", amount_fen=FEN, refused_at=TIME),
    _slip(
        "entered",
        "有偿服务金额已录入",
        "the amount was entered for the deduction run",
        amount_fen=FEN,
        posted_at=TIME,
        done_at=TIME,
    ),
    _slip("voided", "有偿服务单已作废", "the slip no longer counts"),
)

def _work(what: str, zh: str, en: str, **fields: Kind) -> EventType:
    return EventType(f"ticket.{what}.v1", "ticket", zh, en, record(**_CASE, **fields))


_WORK: Final = (
    _work("appointment_proposed", "业主提议预约时间", "the owner proposed a time", appointment=TIME),
    _work(
        "appointment_set",
        "预约时间已确定或变更",
        "a time was agreed, or moved from `was`",
        appointment=TIME,
        was=maybe(TIME),
    ),
    _work(
        "accepted",
        "质量验收结果",
        "the work of this round was accepted, or goes back to be done again; by is owner or checker",
        accepted=BOOL,
        by=CODE,
        round=INT,
        checked_at=TIME,
    ),
    _work("slip_returned", "维修任务单已收回", "the work slip was returned", returned_at=TIME, round=INT, method=CODE),
    _work("chased", "催办", "the desk chased whoever has it, for the nth time", times=INT, assignee_id=maybe(ID)),
    _work("reviewed", "主管已查阅", "a supervisor reviewed the record", reviewed_at=TIME),
    EventType(
        "repair.repeated.v1",
        "ticket",
        "重复报修",
        "a fault of the same place and category came again; `days` since the latest of the earlier ones",
        record(**_CASE, category=CODE, earlier_ids=some(ID, 200), times=INT, days=INT),
    ),
)

FIELD: Final = (
    *_SLIPS,
    *_WORK,
    _order("offered", "已派单给维修人员", "a case was offered to an engineer", engineer_id=ID, mode=CODE),
    _order(
        "pooled",
        "无人接单，待抢单或指派",
        "nobody has the case: `why` is open (to be taken), nobody_on_duty or refused; `role` near the org units acts",
        why=CODE,
        role=CODE,
        org_units=some(ID),
    ),
    _order("accepted", "维修人员已接单", "an engineer has taken the case on", engineer_id=ID, mode=CODE),
    _order("refused", "维修人员拒单", "an engineer refused the case", engineer_id=ID),
    _order(
        "lapsed",
        "派单超时未接",
        "an engineer did not accept the case in its time: it goes to the next or to the pool, and whoever leads acts",
        engineer_id=ID,
        accept_by=TIME,
        role=CODE,
        org_units=some(ID),
    ),
    _order("transferred", "已转派", "the case was handed over; who has it next follows", engineer_id=ID),
    _order(
        "ended",
        "派工结束",
        "an order ended with the work (done), or because the case was taken back or given to somebody else (withdrawn)",
        engineer_id=maybe(ID),
        state=CODE,
    ),
)
