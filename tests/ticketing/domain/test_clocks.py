"""Clocks of complaints and repairs to the second, over midnight and month ends, and in every order of records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.ticketing.domain.clock_texts import explain, explain_gate, span
from services.ticketing.domain.clocks import Clock, fire_at, overdue, reconcile
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.kind import Step, clock_specs, kinds
from tests.ticketing.domain.play import RECEIVED, Case, run

COMPLAINT, REPAIR = kinds()["complaint"], kinds()["repair"]
SPECS = clock_specs()
H, M, S = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.mark.parametrize(
    ("received", "responded", "state"),
    [
        ("2025-03-07 09:00:00", "2025-03-07 09:10:00", "met"),  # AMB-106: the limit itself is kept
        ("2025-03-07 09:00:00", "2025-03-07 09:10:00.999999", "met"),  # whole seconds are compared
        ("2025-03-07 09:00:00", "2025-03-07 09:10:01", "breached"),
        ("2025-03-07 09:00:00.900000", "2025-03-07 09:10:00.100000", "met"),
        ("2025-03-07 23:55:00", "2025-03-08 00:05:00", "met"),  # over midnight
        ("2025-03-07 23:55:00", "2025-03-08 00:05:01", "breached"),
        ("2025-02-28 23:52:30", "2025-03-01 00:02:30", "met"),  # over the end of a month
        ("2024-12-31 23:59:59", "2025-01-01 00:09:59", "met"),  # over the end of a year
        ("2025-01-28 23:59:59", "2025-01-29 00:10:00", "breached"),  # a holiday eve counts like any day: 24x7
    ],
)
def test_b007_response_within_ten_minutes_inclusive(received: str, responded: str, state: str) -> None:
    facts = Facts("responded", at(received), responded_at=at(responded))
    clock, _ = reconcile(SPECS["complaint.response"], None, facts, at(responded))
    assert clock is not None and clock.state == state
    assert clock.due_at == at(received).replace(microsecond=0) + 10 * M


@pytest.mark.parametrize(
    ("code", "field", "limit", "facts"),
    [
        ("complaint.response", "responded_at", 10 * M, {}),
        ("complaint.onsite.urgent", "arrived_at", 30 * M, {"urgency": "urgent"}),
        ("complaint.plan", "plan_sent_at", 24 * H, {}),
        ("complaint.complex.deadline", "completed_at", 24 * H, {"complex": True}),
        ("repair.arrival", "arrived_at", 24 * H, {}),
        ("repair.arrival", "arrived_at", 30 * M, {"urgency": "urgent"}),
        ("repair.arrival", "arrived_at", 5 * H, {"appointment": RECEIVED + 5 * H}),
    ],
)
def test_b007_to_b010_and_b022_limits_count_from_receipt_to_their_last_second(code, field, limit, facts) -> None:
    """B-020, AMB-116: a repair's shipped limits are 30 minutes if urgent, else the appointment, else 24 hours."""
    for late, state in ((timedelta(), "met"), (S, "breached")):
        done = RECEIVED + limit + late
        clock, _ = reconcile(SPECS[code], None, Facts("x", RECEIVED, **{field: done}, **facts), done)
        assert clock is not None
        assert (clock.state, clock.from_at, clock.due_at) == (state, RECEIVED, RECEIVED + limit)


def test_b008_only_urgent_complaints_have_a_limit_on_site() -> None:  # AMB-025
    case = Case.taken_in(COMPLAINT)
    assert set(case.clocks) == {"complaint.response", "complaint.plan"}
    assert "complaint.onsite.urgent" in Case.taken_in(COMPLAINT, urgency="urgent").clocks


def test_b009_the_plan_counts_from_receipt_not_from_the_visit() -> None:  # AMB-024
    steps = [Step("respond", M), Step("arrive", 20 * H), Step("plan", 24 * H + S)]
    assert run(COMPLAINT, steps, 30 * H).states()["complaint.plan"] == "breached"


def test_nobody_did_anything_and_the_timers_say_so() -> None:
    case = run(COMPLAINT, [], 24 * H + S, urgency="urgent")
    assert set(case.states().values()) == {"breached"}
    assert [now - RECEIVED for now, c in case.changes if c.what == "breached"] == [
        10 * M + S,
        30 * M + S,
        24 * H + S,
    ]


def test_b008_classed_urgent_later_counts_from_receipt() -> None:
    early = run(COMPLAINT, [Step("classify", 20 * M, args={"urgency": "urgent"})], 29 * M)
    assert early.clocks["complaint.onsite.urgent"].due_at == RECEIVED + 30 * M
    assert early.states()["complaint.onsite.urgent"] == "running"
    late = run(COMPLAINT, [Step("classify", 31 * M, args={"urgency": "urgent"})], 31 * M)
    assert late.said("complaint.onsite.urgent") == ["started", "breached"]


def test_amb084_reclassifying_stops_a_running_clock_but_never_removes_a_missed_one() -> None:
    down = Step("classify", 20 * M, args={"urgency": "normal"})
    up = Step("classify", 25 * M, args={"urgency": "urgent"})
    case = run(COMPLAINT, [down], 40 * M, urgency="urgent")
    assert case.said("complaint.onsite.urgent") == ["started", "cancelled"]
    again = run(COMPLAINT, [down, up], 40 * M, urgency="urgent")
    assert again.said("complaint.onsite.urgent") == ["started", "cancelled", "started", "breached"]
    late = Step("classify", 31 * M, args={"urgency": "normal"})
    assert run(COMPLAINT, [late], 40 * M, urgency="urgent").states()["complaint.onsite.urgent"] == "breached"


def test_a_late_record_withdraws_the_breach_and_both_stay_told() -> None:
    case = run(COMPLAINT, [Step("respond", 9 * M, told_after=3 * H)], 4 * H)
    assert case.said("complaint.response") == ["started", "breached", "breach_withdrawn"]
    clock = case.clocks["complaint.response"]
    assert clock.state == "withdrawn"
    assert clock.met_at == RECEIVED + 9 * M and clock.breached_at == RECEIVED + 10 * M + S


def test_a_late_record_of_a_late_answer_withdraws_nothing() -> None:
    case = run(COMPLAINT, [Step("respond", 11 * M, told_after=3 * H)], 4 * H)
    assert case.said("complaint.response") == ["started", "breached"]
    assert case.clocks["complaint.response"].met_at == RECEIVED + 11 * M


def test_an_earlier_proof_found_later_counts() -> None:
    steps = [Step("respond", 12 * M), Step("respond", 8 * M, told_after=5 * H)]
    assert run(COMPLAINT, steps, 6 * H).states()["complaint.response"] == "withdrawn"


def test_told_before_the_timer_fired_but_too_late_is_a_breach_at_the_first_second_too_late() -> None:
    facts = Facts("responded", RECEIVED, responded_at=RECEIVED + 11 * M)
    running = Clock("complaint.response", RECEIVED, RECEIVED + 10 * M, "running")
    clock, changes = reconcile(SPECS["complaint.response"], running, facts, RECEIVED + 12 * M)
    assert clock is not None and clock.state == "breached"
    assert clock.breached_at == fire_at(clock.due_at)
    assert [c.what for c in changes] == ["breached"]


COMPLEX = Step("classify", H, args={"complex": True})


@pytest.mark.parametrize(
    ("steps", "until", "said", "due"),
    [
        # B-010: no deadline within the 24 hours of the plan
        ([COMPLEX], 25 * H, ["started", "breached"], 24 * H),
        # agreed at the last second, kept at the last second
        (
            [
                COMPLEX,
                Step("set-deadline", 24 * H, args={"deadline_after": 50 * H}),
                Step("complete", 50 * H),
            ],
            60 * H,
            ["started", "started", "met"],
            50 * H,
        ),
        # agreed in time, not kept
        (
            [COMPLEX, Step("set-deadline", 3 * H, args={"deadline_after": 50 * H})],
            51 * H,
            ["started", "started", "breached"],
            50 * H,
        ),
        # agreed a second too late: late, whatever is kept afterwards
        (
            [
                COMPLEX,
                Step("set-deadline", 24 * H + S, args={"deadline_after": 50 * H}),
                Step("complete", 30 * H),
            ],
            60 * H,
            ["started", "breached"],
            24 * H,
        ),
        # agreed in time but told late: the breach is withdrawn and the deadline runs
        (
            [COMPLEX, Step("set-deadline", 20 * H, told_after=30 * H, args={"deadline_after": 50 * H})],
            40 * H,
            ["started", "breached", "breach_withdrawn", "started"],
            50 * H,
        ),
        # … and can be missed again
        (
            [COMPLEX, Step("set-deadline", 20 * H, told_after=30 * H, args={"deadline_after": 50 * H})],
            51 * H,
            ["started", "breached", "breach_withdrawn", "started", "breached"],
            50 * H,
        ),
        # solved within the 24 hours, nothing was left to agree
        ([COMPLEX, Step("complete", 23 * H)], 30 * H, ["started", "met"], 24 * H),
        # classed complex when the 24 hours are over: late (B-010)
        (
            [Step("classify", 25 * H, args={"complex": True})],
            25 * H,
            ["started", "breached"],
            24 * H,
        ),
    ],
)
def test_b010_a_complex_complaint_needs_a_deadline_in_time_and_keeps_it(steps, until, said, due) -> None:
    steps = [Step("respond", S), Step("plan", 2 * S), *steps]
    case = run(COMPLAINT, steps, until)
    assert case.said("complaint.complex.deadline") == said
    assert case.clocks["complaint.complex.deadline"].due_at == RECEIVED + due


def test_b010_stopped_by_completion_not_by_the_signature() -> None:
    case = run(
        COMPLAINT,
        [
            Step("respond", S),
            Step("plan", 2 * S),
            COMPLEX,
            Step("set-deadline", 2 * H, args={"deadline_after": 30 * H}),
            Step("complete", 30 * H),
            Step("sign", 90 * H),
        ],
        100 * H,
    )
    assert case.states()["complaint.complex.deadline"] == "met"


def test_a_cancelled_case_stops_what_runs_and_keeps_what_was_missed() -> None:
    case = run(COMPLAINT, [Step("cancel", H)], 30 * H)
    assert case.states() == {"complaint.response": "breached", "complaint.plan": "cancelled"}


def test_an_intake_told_after_its_limit_is_late_at_once() -> None:
    case = Case.taken_in(COMPLAINT, recorded=RECEIVED + 20 * M)
    assert case.states() == {"complaint.response": "breached", "complaint.plan": "running"}


def test_b013_48_hours_from_completion() -> None:  # F-083: Friday 18:00:00 to Sunday 18:00:00, inclusive
    handled = at("2025-03-07 18:00:00")
    facts = Facts("handled", RECEIVED, completed_at=handled, contacted_at=at("2025-03-09 18:00:00"))
    clock, _ = reconcile(SPECS["revisit.48h"], None, facts, at("2025-03-09 18:00:00"))
    assert clock is not None
    assert (clock.state, clock.from_at, clock.due_at) == ("met", handled, at("2025-03-09 18:00:00"))


def test_overdue_means_late_and_still_not_done() -> None:
    clocks = [Clock("c", RECEIVED, RECEIVED + 10 * M, "running")]
    assert not overdue(clocks, RECEIVED + 10 * M)
    assert overdue(clocks, RECEIVED + 10 * M + S)
    done = [Clock("c", RECEIVED, RECEIVED + 10 * M, "breached", RECEIVED + 11 * M)]
    assert not overdue(done, RECEIVED + H)


def test_a_clock_explains_itself_in_two_languages() -> None:
    case = run(COMPLAINT, [Step("respond", 10 * M + S)], H)
    told = explain(case.clocks["complaint.response"], SPECS["complaint.response"], RECEIVED + H, SHANGHAI)
    assert "2025-03-07 09:10:00" in told.zh and "超时 1秒" in told.zh
    assert "1 s late" in told.en and told.counted == 10 * M + S and told.allowed == 10 * M
    assert "尚未签字" in explain_gate(COMPLAINT.gates[0], None, SHANGHAI)[0]
    assert span(timedelta(days=1, hours=2, seconds=3)) == ("1天2小时3秒", "1 d 2 h 3 s")
