"""What ticketing says of its rounds (patrols of the park, regular calls on households) and of its store. Part of its
events."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, ID, INT, TEXT, TIME, maybe, record, some

_LEADS: Final = {"role": CODE, "org_units": some(ID)}

ROUNDS: Final = (
    EventType(
        "store_item.lost.v1",
        "store item",
        "物品损坏或丢失",
        "a thing of the store, or a work device somebody had taken out of it, was damaged or lost (`how`)",
        record(code=TEXT, how=CODE, quantity=INT, at=TIME),
    ),
    EventType(
        "patrol.recorded.v1",
        "patrol",
        "巡查已记录",
        "the park was patrolled, `whole` or in part; each finding is a ticket",
        record(day=DATE, whole=BOOL, patrolled_by=ID, ticket_ids=some(ID)),
    ),
    EventType(
        "patrol.reviewed.v1",
        "patrol",
        "巡查记录已审阅",
        "somebody who leads read the record; `on_time` is null where there is no limit",
        record(reviewed_at=TIME, reviewed_by=ID, on_time=maybe(BOOL)),
    ),
    EventType(
        "patrol.review_overdue.v1",
        "patrol",
        "巡查记录逾期未审阅",
        "nobody read the record within its limit",
        record(due_at=TIME, **_LEADS),
    ),
    EventType(
        "patrol.missed.v1",
        "patrol duty",
        "当日未完成全面巡查",
        "a day ended without a patrol of the whole park",
        record(day=DATE, **_LEADS),
    ),
    EventType(
        "patrol.made_up.v1",
        "patrol duty",
        "补录当日巡查",
        "a day that was told as missed had its patrol, told late",
        record(day=DATE, **_LEADS),
    ),
    EventType(
        "care.round_opened.v1",
        "care plan",
        "定期回访开始新一轮",
        "a round of regular calls began for so many households",
        record(round=INT, households=INT, due_at=TIME),
    ),
    EventType(
        "care.round_closed.v1",
        "care plan",
        "定期回访一轮结束",
        "the days of a round are over: households in it, and how many were reached",
        record(round=INT, households=INT, reached=INT, missed=INT, **_LEADS),
    ),
    EventType(
        "care.call_done.v1",
        "care plan",
        "定期回访已完成",
        "a household was reached, or wants no call; a need that was heard is its ticket",
        record(round=INT, unit_id=ID, outcome=CODE, satisfied=maybe(BOOL), ticket_id=maybe(ID), done_at=TIME),
    ),
)
