"""What holds of clocks whatever the times and the order in which things are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.clocks import Clock, in_time, reconcile, reconcile_all
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import clock_specs, kinds
from tests.ticketing.domain.play import RECEIVED

COMPLAINT = kinds()["complaint"]
SPECS = clock_specs()
M = timedelta(minutes=1)

moments = st.integers(0, 3 * 86_400).map(lambda s: RECEIVED + timedelta(seconds=s))
optional = st.none() | moments


@given(moments, st.integers(0, 999_999), st.integers(0, 999_999))
def test_fractions_of_a_second_never_decide(done: datetime, fraction: int, other: int) -> None:
    due = RECEIVED + 10 * M
    assert in_time(done + timedelta(microseconds=fraction), due) == in_time(
        done + timedelta(microseconds=other), due
    )


@given(done=optional, told=moments, looks=st.lists(moments, max_size=5))
def test_looking_more_often_changes_nothing(done, told, looks) -> None:
    """However often timers and commands look in between, a clock ends as if it had been looked at once."""
    spec = SPECS["complaint.response"]
    told = max([t for t in (told, done) if t is not None])
    blank, known = Facts("x", RECEIVED), Facts("x", RECEIVED, responded_at=done)
    clock: Clock | None = None
    for look in sorted([RECEIVED, *looks]):
        clock, _ = reconcile(spec, clock, known if look >= told else blank, look)
    end = RECEIVED + timedelta(days=4)
    clock, _ = reconcile(spec, clock, known, end)
    once, _ = reconcile(spec, None, known, end)
    assert clock is not None and once is not None
    kept = {"met", "withdrawn"}
    assert (clock.state in kept) == (once.state in kept)
    assert (clock.due_at, clock.met_at) == (once.due_at, once.met_at)


@given(first=moments, later=moments)
def test_an_earlier_answer_is_never_worse(first: datetime, later: datetime) -> None:
    spec, end = SPECS["complaint.response"], RECEIVED + timedelta(days=4)
    early, late = sorted((first, later))
    kept = [
        reconcile(spec, None, Facts("x", RECEIVED, responded_at=t), end)[0].state == "met"  # type: ignore[union-attr]
        for t in (early, late)
    ]
    assert kept[0] >= kept[1]


@given(
    steps=st.lists(
        st.tuples(
            st.integers(0, 200_000),
            st.sampled_from(
                [
                    {"urgency": "urgent"},
                    {"urgency": "normal"},
                    {"complex": True},
                    {"complex": False},
                    {"arrived_at": 1},
                    {"completed_at": 1},
                ]
            ),
        ),
        max_size=8,
    )
)
def test_amb084_no_order_of_classifications_removes_a_missed_clock(steps) -> None:
    facts, clocks = Facts("x", RECEIVED), {}
    missed: dict[str, datetime | None] = {}
    for seconds, change in sorted(steps, key=lambda s: s[0]):
        now = RECEIVED + timedelta(seconds=seconds)
        clocks, _ = reconcile_all(COMPLAINT.clocks, clocks, facts, now)  # timers up to now
        values = {k: now if v == 1 and k.endswith("_at") else v for k, v in change.items()}
        for name, value in values.items():
            if name.endswith("_at") and getattr(facts, name) is not None:
                continue
            facts = Facts(**{**{f: getattr(facts, f) for f in facts.__dataclass_fields__}, name: value})
        clocks, _ = reconcile_all(COMPLAINT.clocks, clocks, facts, now)
        for code, due in missed.items():
            assert clocks[code].state == "breached" and clocks[code].due_at == due
        missed = {c: k.due_at for c, k in clocks.items() if k.state == "breached"}
