"""Opt-outs, quiet hours, cap and digest: what waits, until when, and that nothing is dropped."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.catalogue import (
    BILLING,
    CAMPAIGN,
    CLASSES,
    DESK,
    DUNNING,
    NOTICE,
    SAFETY,
    SERVICE,
    SURVEY,
    WARNING,
)
from services.notify.domain.restraint import (
    CAP,
    CAP_WITHIN,
    DIGEST,
    DIGEST_AT,
    MODES,
    NOW,
    OFF,
    RULES,
    Hold,
    Hours,
    goes_outside,
    has_room,
    hold,
    may_opt_out,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, clock: str) -> datetime:
    """A local time of March 2025, in UTC."""
    return datetime.combine(date(2025, 3, day), time.fromisoformat(clock), SHANGHAI).astimezone(UTC)


def held(
    message_class: str, now: datetime, mode: str = NOW, *, rings: bool = True, recent: tuple[datetime, ...] = ()
) -> Hold | None:
    return hold(message_class, mode, rings=rings, now=now, zone=SHANGHAI, recent=recent)


def test_every_class_has_its_rule() -> None:
    assert RULES.keys() == set(CLASSES)


@pytest.mark.parametrize("message_class", [SAFETY, WARNING, DESK, SERVICE, DUNNING])
def test_mandatory_classes_go_out_whatever_was_chosen_and_are_not_capped(message_class: str) -> None:
    assert not may_opt_out(message_class)
    assert goes_outside(message_class, OFF)
    full = tuple(at(7, "10:00") for _ in range(CAP))
    assert held(message_class, at(7, "10:00"), DIGEST, recent=full) is None


@pytest.mark.parametrize("message_class", [BILLING, NOTICE, SURVEY, CAMPAIGN])
def test_the_others_can_be_turned_off(message_class: str) -> None:
    assert may_opt_out(message_class)
    assert not goes_outside(message_class, OFF)


@pytest.mark.parametrize("message_class", [SAFETY, WARNING])
def test_safety_and_short_clocks_ring_at_any_hour(message_class: str) -> None:
    assert held(message_class, at(7, "03:00")) is None


@pytest.mark.parametrize(
    ("message_class", "now", "until"),
    [
        (SERVICE, at(7, "21:59"), None),
        (SERVICE, at(7, "22:00"), at(8, "07:00")),
        (SERVICE, at(8, "06:59"), at(8, "07:00")),
        (SERVICE, at(8, "07:00"), None),
        (DESK, at(7, "23:30"), at(8, "07:00")),
        (DUNNING, at(7, "19:59"), None),
        (DUNNING, at(7, "20:00"), at(8, "08:00")),
        (DUNNING, at(8, "00:00"), at(8, "08:00")),
        (DUNNING, at(31, "22:00"), datetime(2025, 4, 1, 0, tzinfo=UTC)),
        (BILLING, at(7, "20:30"), at(8, "09:00")),
    ],
)
def test_quiet_hours_move_what_rings_to_their_end(message_class: str, now: datetime, until: datetime | None) -> None:
    found = held(message_class, now)
    assert found == (None if until is None else Hold(until, "quiet"))


def test_what_does_not_ring_is_not_held_by_quiet_hours() -> None:
    assert held(BILLING, at(7, "23:00"), rings=False) is None


def test_hours_within_a_day_and_the_zone_of_the_community() -> None:
    noon = Hours(time(12), time(14))
    assert noon.over(at(7, "13:00"), SHANGHAI) == at(7, "14:00")
    assert noon.over(at(7, "14:00"), SHANGHAI) == at(7, "14:00")
    assert noon.over(at(7, "13:00"), ZoneInfo("Europe/Berlin")) == at(7, "13:00")


def test_a_household_that_heard_enough_hears_the_next_when_its_oldest_is_a_week_old() -> None:
    recent = (at(3, "10:00"), at(5, "10:00"), at(6, "10:00"))
    assert held(NOTICE, at(7, "10:00"), recent=recent[1:]) is None
    assert held(SURVEY, at(7, "10:00"), recent=recent) == Hold(at(10, "10:00"), "cap")
    assert held(SURVEY, at(10, "10:00"), recent=recent) is None  # the exact second


def test_when_the_cap_ends_at_night_the_morning_is_meant() -> None:
    recent = (at(3, "23:00"), at(5, "10:00"), at(6, "10:00"))
    assert held(NOTICE, at(7, "10:00"), recent=recent) == Hold(at(11, "09:00"), "cap")


@pytest.mark.parametrize(("clock", "day"), [("17:59", 7), ("18:00", 8), ("23:00", 8)])
def test_the_digest_goes_out_in_the_evening(clock: str, day: int) -> None:
    assert held(BILLING, at(7, clock), DIGEST) == Hold(at(day, f"{DIGEST_AT}"), "digest")


@given(
    asked=st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=30).map(sorted),
    rings=st.booleans(),
)
def test_no_week_ever_has_more_than_the_cap(asked: list[int], rings: bool) -> None:
    gone: list[datetime] = []
    for minute in asked:
        now = at(1, "00:00") + timedelta(minutes=minute)
        wait = held(NOTICE, now, rings=rings, recent=tuple(gone))
        gone.append(now if wait is None else wait.until)
        assert gone[-1] >= now
    for first, beyond in zip(sorted(gone), sorted(gone)[CAP:], strict=False):
        assert beyond - first >= CAP_WITHIN


@given(message_class=st.sampled_from(CLASSES), mode=st.sampled_from(MODES), minute=st.integers(0, 24 * 60 - 1))
def test_what_is_held_is_held_for_a_reason_and_not_for_ever(message_class: str, mode: str, minute: int) -> None:
    now = at(7, "00:00") + timedelta(minutes=minute)
    found = held(message_class, now, mode)
    assert found is None or (now < found.until <= now + timedelta(days=1) and found.why)


def test_there_is_room_at_once_for_a_household_that_heard_nothing() -> None:
    assert has_room((), at(7, "10:00")) == at(7, "10:00")
