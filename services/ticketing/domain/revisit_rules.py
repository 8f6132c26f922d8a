"""When a follow-up call (回访) is done, and when vain attempts count as one (B-013, AMB-088, C-047 … C-054)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, Literal

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


#: How a letter may read a follow-up call (parameter ``revisit_unreachable``, AMB-088).
READINGS: Final = ("met_after_n", "exclude_after_n", "miss")
Reading = Literal["met", "missed", "excluded", "open"]


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


def readings(attempts: Sequence[Attempt], due_at: datetime, zone: tzinfo, now: datetime) -> dict[str, Reading]:
    """What a call counts as under each way in which a letter may read vain attempts (AMB-088).

    ``met_after_n``: enough vain attempts in time are a call made; ``exclude_after_n``: they take the case out of the
    number; ``miss``: only a contact in time counts. ``open`` while ``due_at`` has not passed and may still be met.
    A contact in time is ``met`` in every reading, also after vain attempts.
    """
    contact = min((a.at for a in attempts if a.outcome in CONTACTS), default=None)
    tried = unreachable_since([a for a in attempts if in_time(a.at, due_at)], zone)
    if contact is not None and in_time(contact, due_at):
        return dict.fromkeys(READINGS, "met")
    undecided: Reading = "open" if contact is None and in_time(now, due_at) else "missed"
    # row: AMB-088 the letter says which of the three counts; here all are told
    return {
        "met_after_n": "met" if tried else undecided,
        "exclude_after_n": "excluded" if tried else undecided,
        "miss": undecided,
    }


def half_days_tried(attempts: Iterable[Attempt], zone: tzinfo) -> int:
    """On how many different local half-days the owner was tried in vain."""
    return len({half_day(a.at, zone) for a in attempts if a.outcome not in CONTACTS})


def counts_from(attempts: Sequence[Attempt], zone: tzinfo, now: datetime) -> datetime | None:
    """From when one more vain attempt would make the tries enough, or None while one alone cannot.

    All but the last are made and all on one half-day: the next one counts from the next half-day on.
    """
    vain = [a for a in attempts if a.outcome not in CONTACTS]
    if len(vain) + 1 < ATTEMPTS_NEEDED or unreachable_since(attempts, zone) is not None:
        return None
    halves = {half_day(a.at, zone) for a in vain}
    if len(halves) >= HALF_DAYS_NEEDED or half_day(now, zone) not in halves:
        return now
    local = now.astimezone(zone)
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
    if local < noon:
        return noon.astimezone(now.tzinfo)
    midnight = (noon + timedelta(days=1)).replace(hour=0)
    return midnight.astimezone(now.tzinfo)
