"""What ticketing says of surveys that are owed, and of satisfaction that others measured. Part of its events."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import CODE, DATE, ID, INT, PERIOD, record, some

_OWED: Final = record(period=PERIOD, ends_on=DATE, role=CODE, org_units=some(ID))

SAMPLING: Final = (
    EventType(
        "survey.due_soon.v1",
        "survey cadence",
        "本季度满意度调查尚未开展",
        "the quarter ends soon and no survey was issued in this community; `ends_on` is the day after it",
        _OWED,
    ),
    EventType(
        "survey.missing.v1",
        "survey cadence",
        "本季度未开展满意度调查",
        "the quarter ended without a survey in this community",
        _OWED,
    ),
    EventType(
        "third_party_survey.imported.v1",
        "third-party survey",
        "第三方调研已导入",
        "an agency's survey came in: its own numbers, as delivered",
        record(year=INT, carried_out_on=DATE, valid_answers=INT, satisfied_answers=INT),
    ),
    EventType(
        "staff_sample.closed.v1",
        "staff sample",
        "员工满意度抽查已汇总",
        "employees sampled about their manager: forms that came back, and satisfied ones",
        record(about_id=ID, year=INT, forms=INT, satisfied=INT),
    ),
)
