"""Calls, calls to return, affairs and channels as values (C-036, C-046, B-001, AMB-057, C-039)."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.affairs import state_of
from services.ticketing.domain.call_returns import due_at, is_wanted, on_time
from services.ticketing.domain.calls import Call, clipped, in_time, merged, outcome
from services.ticketing.domain.inbound_errors import CallTimesCross
from services.ticketing.domain.mail_rules import Tag, may_speak, tag_of
from tests.ticketing.cases import NOON, H, M, S

ZONE = ZoneInfo("Asia/Shanghai")
MS = timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("rings", "seconds", "kept"),
    [(0, 60, True), (3, 60, True), (4, 1, False), (None, 15, True), (None, 15.001, False)],
    ids=["B-001 at once", "B-001 third ring", "B-001 fourth ring", "AMB-057 fifteen seconds", "AMB-057 beyond"],
)
def test_b001_amb057_three_rings_or_fifteen_seconds(rings: int | None, seconds: float, kept: bool) -> None:
    call = Call(offered_at=NOON, rings=rings, answered_at=NOON + timedelta(seconds=seconds))
    assert (outcome(call), in_time(call)) == ("answered", kept)


def test_c036_an_unanswered_call_is_missed_once_the_promise_was_broken() -> None:
    assert outcome(Call(offered_at=NOON)) == "ringing"
    assert outcome(Call(offered_at=NOON, ended_at=NOON + 15 * S)) == "abandoned"
    assert outcome(Call(offered_at=NOON, ended_at=NOON + 15 * S + MS)) == "missed"
    assert outcome(Call(offered_at=NOON, ended_at=NOON + 60 * S, rings=3)) == "abandoned"
    assert outcome(Call(ended_at=NOON)) == "missed"  # nobody knows since when it rang
    assert outcome(Call("outgoing", NOON, None, None, NOON + M)) == "failed"
    assert in_time(Call("outgoing", NOON, 9, NOON + M)) is None


TELLINGS = st.permutations(
    [
        Call(None, offered_at=NOON),
        Call(None, offered_at=NOON + S, rings=1),
        Call("incoming", answered_at=NOON + 9 * S, rings=2),
        Call(None, ended_at=NOON + M),
        Call(None, offered_at=NOON, answered_at=NOON + 9 * S, ended_at=NOON + M),
    ]
)


@given(TELLINGS)
def test_the_order_of_telling_makes_no_difference(tellings: list[Call]) -> None:
    call = Call()
    for told in (*tellings, *tellings[:2]):
        call = merged(call, told)
    assert call == Call("incoming", NOON, 2, NOON + 9 * S, NOON + M)


def test_a_fast_clock_is_forgiven_a_minute_and_no_more() -> None:
    assert clipped(Call(offered_at=NOON + M), NOON).offered_at == NOON
    with pytest.raises(CallTimesCross):
        clipped(Call(offered_at=NOON + M + MS), NOON)


@pytest.mark.parametrize(
    ("missed", "due"),
    [
        (NOON, NOON + 15 * M),
        (NOON + 10 * H + 45 * M, NOON + 11 * H),  # 19:45: the last second before the desk closes
        (NOON + 10 * H + 50 * M, NOON + 23 * H + 5 * M),  # 19:50: five minutes are left for tomorrow
        (NOON + 13 * H, NOON + 23 * H + 15 * M),  # 22:00
        (NOON - 2 * H, NOON - 45 * M),  # 07:00
        (NOON + 24 * H, NOON + 24 * H + 15 * M),  # a Saturday is staffed, too
    ],
    ids=["09:00", "19:45", "19:50", "22:00", "07:00", "Saturday"],
)
def test_c046_a_missed_call_is_returned_within_staffed_time(missed: datetime, due: datetime) -> None:
    assert due_at(missed + 0.4 * S, ZONE) == due
    assert on_time(due + 0.9 * S, due) and not on_time(due + S, due)


def test_old_records_promise_nothing_any_more() -> None:
    assert is_wanted(NOON, NOON + 24 * H) and not is_wanted(NOON, NOON + 24 * H + S)


@pytest.mark.parametrize(
    ("recorded", "given_away", "state"),
    [
        (None, [], "open"),
        ("at_once", [], "at_once"),
        ("ticketed", [False], "ticketed"),
        ("ticketed", [], "ticketed"),
        ("ticketed", [True, False], "ticketed"),
        ("ticketed", [True, True], "transferred"),
        ("transferred", [], "transferred"),
    ],
)
def test_b003_b004_b005_c039_at_once_or_passed_on(recorded: str | None, given_away: list[bool], state: str) -> None:
    """B-003, B-004, B-005, C-039."""
    assert state_of(recorded, given_away) == state


def test_a_subjects_tag_is_read_however_it_is_quoted() -> None:
    token = "q7Jx0c2vVbRk3nLw"
    assert tag_of(f"Re: 转发: [C20250307-0001#{token}] 电梯") == Tag("C20250307-0001", token)
    assert tag_of("关于C20250307-0001的补充") == Tag("C20250307-0001", None)
    assert tag_of(f"R20250307-0009 [C20250307-0001#{token}]") == Tag("C20250307-0001", token)
    assert tag_of("发票 20250307-0001") is None
    assert may_speak("a@b.c", {"a@b.c"}, None, token) and not may_speak("a@b.c", {"a@b.c"}, "x" * 16, token)
