"""What becomes of a matter that somebody brings by phone or to the desk: done at once, or recorded and passed on.

004.29「要办理的事务应立即办理；不能办理的应做好有关记录转交相关部门」: settled in the same contact, or
a ticket that was given to somebody. A ticket that nobody was given is recorded, and not yet passed on.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal

Affair = Literal["open", "at_once", "ticketed", "transferred"]

#: What settles an affair on the spot.
AT_ONCE: Final = "at_once"
TICKETED: Final = "ticketed"
TRANSFERRED: Final = "transferred"


def state_of(recorded: str | None, dispatched: Collection[bool]) -> Affair:
    """The state of an affair: what was recorded of it, and of each of its tickets whether somebody was given it."""
    if recorded == AT_ONCE:
        # row: B-003, C-039 settled in the same contact
        return "at_once"
    if recorded == TRANSFERRED or (recorded == TICKETED and dispatched and all(dispatched)):
        # row: B-004, B-005, C-039 recorded and passed on to the department concerned
        return "transferred"
    return "ticketed" if recorded == TICKETED else "open"
