"""When a follow-up call (回访) is done, and when vain attempts count as one (B-013, AMB-088, C-047 … C-054)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final

from services.ticketing.domain.clocks import in_time

OUTCOMES: Final = ("reached", "no_answer", "refused", "wrong_number")
#: The owner was on the line: the duty to call is done, whatever they said.
CONTACTS: Final = frozenset({"reached", "refused"})

#: Parameters of ``met_after_n`` (AMB-088): so many logged attempts, on so many different half-days.
ATTEMPTS_NEEDED: Final = 3
HALF_DAYS_NEEDED: Final = 2


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call as it went; ``at`` is when it was made (UTC)."""

    at: datetime
    outcome: str
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a follow-up call stands: ``state`` is due, reached, refused or no_answer; ``done_at`` when it got there."""

    state: str
    done_at: datetime | None
    on_time: bool | None
    rating: int | None = None


def half_day(at: datetime, zone: tzinfo) -> tuple[date, bool]:
    """The local half-day of an instant: the date, and whether it was noon or later."""
    local = at.astimezone(zone)
    return local.date(), local.hour >= 12


# row: AMB-088 three vain attempts on two half-days keep the promise
def unreachable_since(
    attempts: Iterable[Attempt],
    zone: tzinfo,
    needed: int = ATTEMPTS_NEEDED,
    half_days: int = HALF_DAYS_NEEDED,
) -> datetime | None:
    """The attempt from which on an owner counts as tried often enough (AMB-088), or None.

    Only vain attempts count; they must lie on at least ``half_days`` different local half-days.
    """
    seen: set[tuple[date, bool]] = set()
    count = 0
    for attempt in sorted(attempts, key=lambda a: a.at):
        if attempt.outcome in CONTACTS:
            continue
        count += 1
        seen.add(half_day(attempt.at, zone))
        if count >= needed and len(seen) >= half_days:
            return attempt.at
    return None


def standing(attempts: Sequence[Attempt], due_at: datetime, zone: tzinfo) -> Standing:
    """How a call stands after these attempts.

    A contact decides, with the first one's time; without one the rule of vain attempts does. ``on_time`` compares the
    earlier of the two with ``due_at``, which counts to its last second: three vain attempts in time keep the promise
    even when the owner is reached later.
    """
    contacts = sorted((a for a in attempts if a.outcome in CONTACTS), key=lambda a: a.at)
    vain = unreachable_since(attempts, zone)
    kept = min((at for at in (vain, contacts[0].at if contacts else None) if at is not None), default=None)
    if kept is None:
        return Standing("due", None, None)
    on_time = in_time(kept, due_at)
    reached = [a for a in contacts if a.outcome == "reached"]
    if reached:
        return Standing("reached", reached[0].at, on_time, reached[0].rating)
    if contacts:
        return Standing("refused", contacts[0].at, on_time)
    return Standing("no_answer", kept, on_time)


def kept_at(attempts: Sequence[Attempt], zone: tzinfo) -> datetime | None:
    """The instant that stops the clock: the first contact, or the attempt that completes the vain ones."""
    contacts = [a.at for a in attempts if a.outcome in CONTACTS]
    vain = unreachable_since(attempts, zone)
    return min([*contacts, *([vain] if vain else [])], default=None)
