"""What ticketing says of its staff's days: attendance, gaps at posts, leave. Part of its events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, ID, INT, TIME, Kind, maybe, record, some

_POST_DAY: Final[Mapping[str, Kind]] = {"post_id": ID, "org_unit_id": ID, "post": CODE, "day": DATE}
_LEAVE: Final = record(leave_id=ID, person_id=ID, org_unit_id=ID, leave_kind=CODE, starts_at=TIME, ends_at=TIME)

ROSTERS: Final = (
    EventType(
        "attendance.recorded.v1",
        "attendance",
        "出勤结果",
        "what came of a shift: present, late, early, absent, punch_anomaly or leave; the last version counts",
        record(
            shift_id=ID,
            person_id=ID,
            org_unit_id=ID,
            post=CODE,
            day=DATE,
            outcomes=some(CODE),
            late_minutes=INT,
            early_minutes=INT,
            leave_kind=maybe(CODE),
            cancelled=BOOL,
        ),
    ),
    EventType(
        "roster.gap.v1",
        "post's day",
        "岗点空岗",
        "minutes of a post's hours that nobody covered; fewer, or none, when a late record shows somebody did",
        record(**_POST_DAY, minutes=INT, gaps=some(record(start=TIME, end=TIME))),
    ),
    EventType(
        "roster.checked.v1",
        "post's day",
        "已检查排班及在岗",
        "roster and presence of a day were checked for the first time",
        record(**_POST_DAY, checked_at=TIME),
    ),
    EventType("leave.approved.v1", "leave", "请假已批准", "leave was approved", _LEAVE),
    EventType("leave.cancelled.v1", "leave", "已批准的请假取消", "approved leave was taken back", _LEAVE),
    EventType("leave.shortened.v1", "leave", "提前销假", "approved leave ended before its time", _LEAVE),
)
