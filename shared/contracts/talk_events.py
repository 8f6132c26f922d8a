"""What ticketing says of the talk on a case: replies, notes, urging, ratings asked for, cases that nobody signs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, ID, INT, TEXT, TIME, Kind, maybe, record, some

#: What every event about a case carries, so that no consumer has to look it up.
CASE: Final[Mapping[str, Kind]] = {"kind": CODE, "number": TEXT, "unit_id": maybe(ID), "reporter_id": maybe(ID)}
#: Whom something concerns: the assignee, then a role on duty at or above the community, of level 1 (on duty), 2 or 3
#: (above).
WHOM: Final[Mapping[str, Kind]] = {"level": INT, "role": CODE, "assignee_id": maybe(ID), "org_units": some(ID)}


def about(what: str, zh: str, en: str, **fields: Kind) -> EventType:
    """An event about a case."""
    return EventType(f"ticket.{what}.v1", "ticket", zh, en, record(**CASE, **fields))


#: What is said on a case, without the words. `internal`: staff among themselves; no resident is shown such an event.
TALK: Final = (
    about(
        "replied",
        "工单有新回复",
        "owner or staff replied; `responded`: it was the response to the owner",
        by_owner=BOOL,
        automatic=BOOL,
        responded=BOOL,
        replied_at=TIME,
        assignee_id=maybe(ID),
    ),
    about("reply_withdrawn", "回复已撤回", "a reply was taken back", reply_id=ID, by_owner=BOOL),
    about("noted", "新增跟进记录", "a note was added", internal=BOOL, by_owner=BOOL),
    about(
        "urged",
        "业主催单",
        "the owner urged it for the so-manieth time",
        times=INT,
        urged_at=TIME,
        by_owner=BOOL,
        **WHOM,
    ),
    about(
        "rating_requested",
        "已邀请业主评价",
        "the owner was asked to rate this round of the work",
        requested_at=TIME,
        round=INT,
    ),
    about(
        "unsigned_decided",
        "未签字工单的总经理决定",
        "the general manager decided on a case that nobody signs; `ground` is refused or unreachable",
        ground=CODE,
        close=BOOL,
        decided_at=TIME,
    ),
)
