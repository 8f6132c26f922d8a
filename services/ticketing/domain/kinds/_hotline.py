"""What every hotline promises: dispatch, tracking of course and result, closing (C-042)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.kind import Step
from services.ticketing.domain.kinds import _kit
from services.ticketing.domain.kinds._kit import SERVING, promise


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the department is."""

    progress: str


TRACK: Final = Deed("track", "跟踪进展", "tracked", SERVING, Progress, public=True)

DISPATCH: Final = promise(
    "hotline.dispatch",
    "B-024",
    "热线来电及时分流",
    "pass a hotline call on at once",
    lambda f: f.dispatched_at,
)

#: A hotline case is done by whoever it was given to: never without having been passed on.
MOVES: Final[Mapping[str, Mapping[str, str]]] = {
    **_kit.MOVES,
    # row: C-042 course and result are followed to the end
    "track": {"in_progress": "in_progress", "completed": "completed"},
    "complete": {"in_progress": "completed"},
}

TRACKED: Final = (Step("track", timedelta(hours=2), args={"progress": "维修人员已到场"}),)
