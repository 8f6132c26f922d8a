"""Talk on a case: who answers whom, what counts as an answer, and how often one may urge."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import TicketKind
from services.ticketing.domain.ticket_errors import NothingToUrge, UrgedAlready

#: How long a reply can be taken back; then it was read.
TAKEN_BACK_WITHIN: Final = timedelta(minutes=2)


def talk_on(kind: TicketKind, state: str, completed_at: datetime | None) -> list[str]:
    """What can be said on a case in this state besides the moves of its graph."""
    talk = ["reply"] if "follow-up-note" in kind.allowed(state) else []
    return [*talk, "urge"] if may_urge(kind, state, completed_at) else talk


def may_urge(kind: TicketKind, state: str, completed_at: datetime | None) -> bool:
    """Whether there is work left to hurry."""
    return completed_at is None and not kind.state(state).final


def check_urge(
    kind: TicketKind, facts: Facts, last: datetime | None, now: datetime, every: timedelta, number: str
) -> None:
    """Whether a case may be urged now; urging moves neither its state nor a clock.

    Raises:
        NothingToUrge: the work is done, or the case over.
        UrgedAlready: within ``every`` of the last time.
    """
    if not may_urge(kind, facts.state, facts.completed_at):
        state = kind.state(facts.state)
        raise NothingToUrge(number=number, state_zh=state.zh, state_en=state.en)
    if last is not None and now < last + every:
        raise UrgedAlready(minutes=-(-int((last + every - now).total_seconds()) // 60))


def answers(by_staff: bool, automatic: bool, responds: bool) -> bool:
    """Whether a reply is the response that a clock waits for: a person's, and only when they say so (B-007)."""
    return by_staff and responds and not automatic
