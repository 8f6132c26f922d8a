"""Campaigns: one notice to many. States, who is asked, when an activity must have been announced, what it costs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from services.notify.domain.routes import routes
from services.notify.domain.sms import Length


class Stage(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    PENDING = "pending"  # asked for; somebody else decides
    APPROVED = "approved"  # waits for its time
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    REFUSED = "refused"
    CANCELLED = "cancelled"


#: action -> the stages it may be done in.
ALLOWED: Final[Mapping[str, frozenset[Stage]]] = {
    "change": frozenset({Stage.DRAFT, Stage.REFUSED}),
    "submit": frozenset({Stage.DRAFT, Stage.REFUSED}),
    "pause": frozenset({Stage.APPROVED, Stage.RUNNING}),
    "resume": frozenset({Stage.PAUSED}),
    "cancel": frozenset({Stage.DRAFT, Stage.PENDING, Stage.APPROVED, Stage.RUNNING, Stage.PAUSED, Stage.REFUSED}),
}

#: Who decides about a campaign that somebody else asks for.
DECIDERS: Final = ("cs_manager", "project_manager", "gm")
#: An activity is announced so many calendar days before it (AMB-089: date arithmetic).
DAYS_BEFORE: Final = 3
#: What campaigns are written with.
PREFIX: Final = "campaign."
ACTIVITY: Final = "campaign.activity"


def last_day(held_on: date) -> date:
    """The last day on which an activity's notice is in time."""
    return held_on - timedelta(days=DAYS_BEFORE)


def in_time(published_on: date, held_on: date) -> bool:
    """Whether an activity was announced in time; both are days of the community's calendar."""
    # row: E-029, C-113, B-122 three days before, that day included
    return published_on <= last_day(held_on)


@dataclass(frozen=True)
class Estimate:
    """Whom a campaign will reach: people, households, people by their first channel, and what text messages cost in
    fen. `unreachable` have the in-app inbox alone."""

    people: int
    households: int
    channels: Mapping[str, int]
    unreachable: int
    segments: int
    cost_fen: int


def estimate(
    message_class: str,
    reachable: Iterable[tuple[frozenset[str], int]],
    households: int,
    text: Length,
    segment_fen: int,
    own: Sequence[str] | None = None,
) -> Estimate:
    """What a campaign will come to: `reachable` are the channels that people can be reached by, and how many of them
    can by just these; `text` is the length of its text message; `segment_fen` the price of one segment, in fen; `own`
    the organisation's order of channels for this class."""
    first: dict[str, int] = {}
    people = unreachable = 0
    for channels, count in reachable:
        people += count
        ways = routes(message_class, set(channels), own)
        unreachable += 0 if ways else count
        for way in ways:
            first[way[0]] = first.get(way[0], 0) + count
    segments = first.get("sms", 0) * text.segments
    return Estimate(people, households, first, unreachable, segments, segments * segment_fen)
