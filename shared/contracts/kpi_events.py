"""What kpi says: scorecards, and the registers that letters count."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import CODE, DECIMAL, ID, INT, PERIOD, TEXT, maybe, record
from shared.contracts.work_events import WORK

EVENTS: Final = (
    EventType(
        "scorecard.frozen.v1",
        "scorecard",
        "记分卡已定稿",
        "a scorecard was frozen; a `revision` above 1 restates the one before",
        record(letter_id=ID, template=CODE, period=PERIOD, revision=INT, total=maybe(DECIMAL), hash=TEXT),
    ),
    *WORK,
)
