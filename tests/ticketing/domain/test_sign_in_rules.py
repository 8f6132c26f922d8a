"""The arithmetic of sign-in: what an attacker can do at most, and what nobody can do to somebody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.grants import codes, limits, passwords, policy, rotation, totp
from services.ticketing.domain.grants.keys import IssuerKey, published, signing
from services.ticketing.domain.grants.limits import BackOff, Failures, Limit, admit
from services.ticketing.domain.grants.policy import DAY, HOUR, MINUTE

NOW = datetime(2025, 3, 7, 1, tzinfo=UTC)
S = timedelta(seconds=1)


@given(
    burst=st.integers(1, 8),
    every=st.integers(1, 50),
    gaps=st.lists(st.integers(0, 60), max_size=60),
    window=st.integers(1, 200),
)
def test_no_stretch_of_time_admits_more_than_the_formula_says(
    burst: int, every: int, gaps: list[int], window: int
) -> None:
    limit, until, at, admitted = Limit(burst, every * S), None, NOW, []
    for gap in gaps:
        at += gap * S
        answer = admit(until, at, limit)
        if answer.admitted:
            until = answer.until
            admitted.append(at)
        else:
            assert not admit(until, at + answer.wait - S / 1000, limit).admitted
            assert admit(until, at + answer.wait, limit).admitted, "the wait that was named is enough"
    for n, start in enumerate(admitted):
        inside = [t for t in admitted[n:] if t - start <= window * S]
        assert len(inside) <= limit.most(window * S)


def test_a_refused_use_costs_nothing() -> None:
    limit = Limit(1, MINUTE)
    first = admit(None, NOW, limit)
    for n in range(100):
        assert not admit(first.until, NOW + n * S / 2, limit).admitted
    assert admit(first.until, NOW + MINUTE, limit).admitted


@given(st.lists(st.integers(0, 90_000), max_size=80))
def test_a_lane_never_tries_more_often_than_its_back_off_allows(waits: list[int]) -> None:
    rule = BackOff(free=5, first=30 * S, most=HOUR, forget=DAY)
    stored, at, tries = None, NOW, []
    for wait in waits:
        at += wait * S
        if limits.blocked(stored, at, rule) == limits.ZERO:
            stored = limits.fail(stored, at, rule)
            tries.append(at)
    for n, start in enumerate(tries):
        # A lane that rested for a day begins anew: twice the number within any day, and no more.
        assert len([t for t in tries[n:] if t - start <= DAY]) <= 2 * rule.tries(DAY)


def test_the_wait_doubles_and_ends_somewhere() -> None:
    rule = BackOff(free=5, first=30 * S, most=HOUR, forget=DAY)
    assert [rule.wait(n) // S for n in range(1, 9)] == [0, 0, 0, 0, 30, 60, 120, 240]
    assert rule.wait(10_000) == HOUR


def test_a_failure_that_was_none_leaves_those_before_it() -> None:
    rule = policy.PASSWORD_BACKOFF
    stored = None
    for _ in range(4):
        stored = limits.fail(stored, NOW, rule)
    stored = limits.retract(limits.fail(stored, NOW, rule), NOW)
    assert stored == Failures(4, NOW)


def test_brute_force_of_codes_stays_below_one_in_ten_thousand_a_day() -> None:
    """Five tries at a message, counted over all of them by lane and for all strangers together."""
    assert codes.tries_left(policy.CODE_TRIES) == 0
    assert policy.odds_per_day() < 1e-4
    assert policy.GUESSES_LANE.most(DAY) / 10**policy.CODE_DIGITS < 3e-5


def test_brute_force_of_passwords_is_hopeless() -> None:
    """Any number of networks together try a login some two hundred times a day, one network forty times."""
    assert policy.PASSWORD_STRANGERS.most(DAY) <= 204
    assert policy.PASSWORD_BACKOFF.tries(DAY) <= 40


@pytest.mark.parametrize(
    ("lane", "ceiling"),
    [(policy.SENDS_LANE, policy.SENDS_STRANGERS), (policy.GUESSES_LANE, policy.GUESSES_STRANGERS)],
    ids=["messages", "guesses"],
)
def test_one_network_cannot_exhaust_what_all_strangers_share(lane: Limit, ceiling: Limit) -> None:
    """Or somebody at home could keep an owner from signing in on a new phone, for ever."""
    for hours in (1, 6, 24, 24 * 7, 24 * 90):
        window = hours * HOUR
        assert lane.most(window) < ceiling.burst + window // ceiling.every
    assert lane.burst < ceiling.burst and lane.every > ceiling.every


def test_one_network_cannot_exhaust_a_login_for_strangers() -> None:
    for days in (1, 7, 90):
        assert policy.PASSWORD_BACKOFF.tries(days * DAY) < policy.PASSWORD_STRANGERS.most(days * DAY)


def test_a_thousand_owners_behind_one_address_come_through_the_door() -> None:
    """Each asks for a code and signs in; a carrier's address translation puts them all behind one number."""
    assert policy.DOOR.burst >= 2 * 1000


@pytest.mark.parametrize(
    ("sent", "may_send", "wanted"),
    [
        (None, True, "send"),
        (None, False, "wait"),
        (30, True, "join"),  # a second request within the minute: one message
        (30, False, "join"),
        (90, True, "send"),
        (90, False, "join"),  # no message left, but the code is on the owner's phone, whoever asked for it
        (479, False, "join"),
        (481, False, "wait"),  # too little of its life is left to type it in
        (700, True, "send"),
        (700, False, "wait"),
    ],
)
def test_a_request_joins_a_message_that_lies_on_the_phone(sent: int | None, may_send: bool, wanted: str) -> None:
    last = None if sent is None else codes.Sent(NOW - sent * S, codes.expiry(NOW - sent * S))
    assert codes.plan(last, NOW, may_send) == wanted


def test_codes_are_six_digits_with_their_zeros() -> None:
    assert codes.written(42) == "000042"
    assert codes.is_code("000042")
    assert not any(codes.is_code(text) for text in ("42", "１２３４５６", "12345a", "1234567", ""))
    with pytest.raises(ValueError, match="1000000"):
        codes.written(10**6)


def _family(**more: object) -> rotation.Family:
    values: dict[str, object] = {
        "generation": 3,
        "token_hash": b"three",
        "previous_hash": b"two",
        "rotated_at": NOW,
        "retry_hash": b"retry",
        "idle_until": NOW + DAY,
        "expires_at": NOW + 30 * DAY,
        "ended": False,
    }
    return rotation.Family(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("generation", "shown", "retry", "after", "more", "wanted"),
    [
        (3, b"three", None, 0 * S, {}, "rotate"),
        (3, b"three", b"other", 0 * S, {}, "rotate"),
        (2, b"two", None, 0 * S, {}, "reuse"),
        (2, b"two", b"other", 0 * S, {}, "reuse"),
        (2, b"two", b"retry", 30 * S, {}, "repeat"),
        (2, b"two", b"retry", 61 * S, {}, "reuse"),
        (1, b"one", b"retry", 0 * S, {}, "reuse"),
        (2, b"not two", b"retry", 0 * S, {}, "reuse"),
        (3, b"three", None, 0 * S, {"ended": True}, "over"),
        (3, b"three", None, DAY, {}, "over"),
        (3, b"three", None, 31 * DAY, {"idle_until": NOW + 90 * DAY}, "over"),
        (2, b"two", None, 0 * S, {"ended": True}, "over"),
    ],
)
def test_a_refresh_token_is_good_once(
    generation: int, shown: bytes, retry: bytes | None, after: timedelta, more: dict[str, object], wanted: str
) -> None:
    assert rotation.judge(_family(**more), generation, shown, retry, NOW + after) == wanted


def test_a_family_never_outlives_its_end() -> None:
    assert rotation.next_idle(NOW, DAY, NOW + HOUR) == NOW + HOUR


RFC_SECRET = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_totp_as_the_standard_s_own_examples(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert totp.matching_step(RFC_SECRET, code, at, None) == seconds // 30


def test_a_totp_code_counts_once_and_a_step_of_drift_is_forgiven() -> None:
    step = totp.step_of(NOW)
    code = totp.code_at(RFC_SECRET, step)
    assert totp.matching_step(RFC_SECRET, code, NOW, step) is None
    assert totp.matching_step(RFC_SECRET, code, NOW + 30 * S, None) == step
    assert totp.matching_step(RFC_SECRET, code, NOW + 60 * S, None) is None
    assert totp.as_base32(RFC_SECRET) in totp.provisioning_uri(RFC_SECRET, "chen@example.com", "Steward")


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("Passw0rd2024", "common"),
        ("woaini1314520", "common"),
        ("Wangwei@2024", "common"),
        ("1qaz2wsx3edc", "common"),
        ("qwertyuiop", "common"),
        ("P@$$w0rd!!", "common"),
        ("abc123abc123", "common"),
        ("short-7L", "short"),
        ("x" * 129, "long"),
        ("aaaaaaaaaaaa", "simple"),
        ("138123412340", "simple"),
        ("abababababab", "simple"),
        ("Haus-13812341234", "about_you"),
        ("chenwenqi-Regen", "about_you"),
        ("Tr4ktor-Himbeere", None),
        ("correct horse battery", None),
        ("三月七日下雨天去爬山了", None),
    ],
)
def test_passwords_that_everybody_tries_are_refused(password: str, why: str | None) -> None:
    known = passwords.Bloom.loads((files("services.ticketing.sessions") / "common_passwords.txt").read_text())
    assert passwords.weakness(password, known, ["13812341234", "chenwenqi@example.com"]) == why


def test_the_shipped_list_is_the_one_that_its_seeds_make() -> None:
    shipped = (files("services.ticketing.sessions") / "common_passwords.txt").read_text()
    assert passwords.Bloom.build(passwords.common()).dumps() == shipped
    known = passwords.Bloom.loads(shipped)
    assert all(entry in known for entry in passwords.common())
    assert sum(f"innocent-{n}-word" in known for n in range(20_000)) <= 10


def test_rotation_of_issuer_keys_signs_nobody_out() -> None:
    """The old key is published until the last token that it signed has ended; the new one before it signs."""
    old, new = IssuerKey("old", NOW - 90 * DAY), IssuerKey("new", NOW + policy.KEY_LEAD)
    assert signing([old, new], NOW) == old
    assert published([old, new], NOW) == [old, new]
    assert signing([old, new], NOW + policy.KEY_LEAD) == new
    last_token = NOW + policy.KEY_LEAD + policy.LONGEST_TOKEN - S
    assert old in published([old, new], last_token)
    assert published([old, new], last_token + S) == [new]
    assert policy.ACCESS_LIFE <= policy.LONGEST_TOKEN


def test_a_withdrawn_key_neither_signs_nor_counts() -> None:
    old, bad = IssuerKey("old", NOW - 2 * HOUR), IssuerKey("bad", NOW - HOUR, withdrawn=True)
    assert signing([old, bad], NOW) == old
    assert published([old, bad], NOW) == [old]
