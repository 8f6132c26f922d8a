"""Time limits at their edges: B-007 to B-015, B-067 to B-072, B-089, B-114, B-118, B-121 to B-123, F-083 to F-087."""

from __future__ import annotations

from typing import Any

import pytest

from services.kpi.domain.deadlines.answers import Answer, Asked, answer
from services.kpi.domain.deadlines.table import ROWS
from services.kpi.domain.letters import LetterError
from shared.holidays import china


def asked(
    clock: str, trigger: str, *done: str, template: str | None = None, none: bool = False, **parameters: Any
) -> Answer:
    found = answer(Asked(clock, template, trigger, None if none else list(done), parameters), china())
    assert found is not None
    return found


T = "2025-03-07T09:00:00+08:00"


@pytest.mark.parametrize(
    ("clock", "deadline", "last", "late"),
    [
        ("complaint.response", "2025-03-07T01:10:00Z", "2025-03-07T09:10:00+08:00", "2025-03-07T09:10:01+08:00"),
        ("complaint.onsite.urgent", "2025-03-07T01:30:00Z", "2025-03-07T09:30:00+08:00", "2025-03-07T09:30:01+08:00"),
        ("complaint.plan", "2025-03-08T01:00:00Z", "2025-03-08T09:00:00+08:00", "2025-03-08T09:00:01+08:00"),
        ("revisit.48h", "2025-03-09T01:00:00Z", "2025-03-09T09:00:00+08:00", "2025-03-09T09:00:01+08:00"),
        (
            "complaint.complex.deadline",
            "2025-03-08T01:00:00Z",
            "2025-03-08T09:00:00+08:00",
            "2025-03-08T09:00:01+08:00",
        ),
    ],
)
def test_b007_to_b013_limits_in_hours_include_their_last_second(
    clock: str, deadline: str, last: str, late: str
) -> None:
    assert (asked(clock, T, last).deadline, asked(clock, T, last).met, asked(clock, T, late).met) == (
        deadline,
        True,
        False,
    )
    assert asked(clock, T, none=True).met is None


def test_amb106_fractions_of_a_second_do_not_count() -> None:
    assert asked("B-007", T, "2025-03-07T09:10:00.999+08:00").met is True


def test_f083_forty_eight_hours_run_over_a_weekend() -> None:
    found = asked("revisit.48h", "2025-03-07T18:00:00+08:00", "2025-03-09T18:00:00+08:00", template="T004A")
    assert (found.deadline, found.met) == ("2025-03-09T10:00:00Z", True)


@pytest.mark.parametrize(
    ("reading", "attempts", "met"),
    [
        ("met_after_n", ["2025-03-07T10:00", "2025-03-07T15:00", "2025-03-08T10:00"], True),
        ("met_after_n", ["2025-03-07T10:00", "2025-03-07T10:30", "2025-03-07T11:00"], False),  # one half-day only
        ("met_after_n", ["2025-03-07T10:00", "2025-03-07T15:00"], False),
        ("met_after_n", ["2025-03-07T10:00", "2025-03-07T15:00", "2025-03-09T09:00:01"], False),  # the third too late
        ("exclude_after_n", ["2025-03-07T10:00", "2025-03-07T15:00", "2025-03-08T10:00"], None),
        ("miss", ["2025-03-07T10:00", "2025-03-07T15:00", "2025-03-08T10:00"], False),
    ],
)
def test_amb088_calls_that_reach_nobody(reading: str, attempts: list[str], met: bool | None) -> None:
    assert asked("B-013", T, none=True, revisit_unreachable=reading, attempts=attempts).met is met


def test_b010_the_agreed_deadline_is_set_in_time_and_kept() -> None:
    deadline, kept = "2025-03-20T18:00:00+08:00", "2025-03-20T18:00:00+08:00"
    assert asked("B-010", T, kept, deadline=deadline, deadline_set_at="2025-03-08T09:00:00+08:00").met is True
    assert asked("B-010", T, kept, deadline=deadline, deadline_set_at="2025-03-08T09:00:01+08:00").met is False
    assert asked("B-010", T, "2025-03-20T18:00:01+08:00", deadline=deadline).met is False
    assert asked("B-010", T, kept, deadline=deadline).deadline == "2025-03-20T10:00:00Z"


def test_b011_a_gate_has_no_time() -> None:
    assert (asked("complaint.signoff", T).deadline, asked("complaint.signoff", T).met) == (None, False)
    assert asked("complaint.signoff", T, "2025-09-01T09:00:00+08:00").met is True


def test_f084_working_days_begin_with_the_next_one() -> None:
    found = asked("issue.resolution", "2025-03-07T10:00:00+08:00", "2025-03-12T23:59:59+08:00")
    assert (found.deadline, found.met) == ("2025-03-12", True)
    assert asked("issue.resolution", "2025-03-07T10:00:00+08:00", "2025-03-13T00:00:00+08:00").met is False


def test_f084_working_days_pass_over_spring_festival_and_its_make_up_days() -> None:
    assert asked("B-015", "2025-01-24").deadline == "2025-02-05"  # 26 Jan (Sunday) is worked, 28 Jan to 4 Feb are free


@pytest.mark.parametrize(
    ("clock", "month", "window"),
    [
        ("dunning.sms", "2025-02", ("2025-02-01", "2025-02-10")),
        ("dunning.call", "2025-02", ("2025-02-11", "2025-02-20")),
        ("dunning.visit", "2025-02", ("2025-02-21", "2025-02-28")),
        ("dunning.visit", "2024-02-15", ("2024-02-21", "2024-02-29")),
    ],
)
def test_b067_to_b069_windows_of_the_month(clock: str, month: str, window: tuple[str, str]) -> None:
    found = asked(clock, month, window[1])
    assert ((found.due_from, found.deadline), found.met) == (window, True)
    assert asked(clock, month, "2025-06-01").met is False


def test_amb026_the_windows_are_parameters() -> None:
    found = asked("B-067", "2025-03", "2025-03-04", first_day=3, last_day="5")
    assert (found.due_from, found.deadline, found.met) == ("2025-03-03", "2025-03-05", True)


def test_f086_three_full_months_overdue() -> None:
    found = asked("legal.overdue.3m", "2025-01-31", "2025-05-31")
    assert (found.due_from, found.deadline, found.met) == ("2025-05-01", "2025-05-31", True)
    assert asked("B-071", "2025-01-31", "2025-06-01").met is False


@pytest.mark.parametrize("trigger", ["2025-Q1", "2025-02", "2025-03-31", "2025-03-31T23:59:59+08:00"])
def test_b072_the_quarter_closes_with_its_last_day(trigger: str) -> None:
    assert asked("collection.quarter.close", trigger, "2025-03-31").met is True
    assert asked("collection.quarter.close", trigger, "2025-04-01").met is False


@pytest.mark.parametrize(
    ("clock", "period", "done", "met", "last"),
    [
        ("B-070", "2025-03", ["2025-03-31"], True, "2025-03-31"),
        ("B-089", "2025-03", ["2025-04-01"], False, "2025-03-31"),
        ("B-114", "2025-02", [], False, "2025-02-28"),
        ("B-118", "2025-Q1", ["2025-03-28T20:00:00+08:00"], True, "2025-03-31"),
        ("B-121", "2025-Q1", ["2025-01-20"], False, "2025-03-31"),
        ("B-121", "2025-Q1", ["2025-01-20", "2025-03-20"], True, "2025-03-31"),
        ("B-031", "2025-03-07", ["2025-03-07T08:30:00+08:00"], True, "2025-03-07"),
    ],
)
def test_recurring_duties_count_the_rows_of_their_period(
    clock: str, period: str, done: list[str], met: bool, last: str
) -> None:
    found = asked(clock, period, *done)
    assert (found.met, found.deadline) == (met, last)


def test_f087_an_activity_is_announced_three_days_before_and_summed_up_five_after() -> None:
    # AMB-089
    assert (
        asked("B-122", "2025-05-20", "2025-05-17T23:59:59+08:00").met,
        asked("B-122", "2025-05-20", "2025-05-18").met,
    ) == (True, False)
    assert (asked("B-123", "2025-05-20", "2025-05-25").met, asked("B-123", "2025-05-20", "2025-05-26").met) == (
        True,
        False,
    )
    assert asked("activity.notice.3d", "2025-05-20").deadline == "2025-05-17"


@pytest.mark.parametrize(
    ("clock", "trigger", "parameters", "path"),
    [
        ("B-007", "yesterday", {}, "trigger_at"),
        ("B-067", "2025-13", {}, "trigger_at"),
        ("B-123", "9999-12-31", {}, "trigger_at"),
        ("B-007", "0001-01-01T00:00:00+14:00", {}, "trigger_at"),
        ("B-067", "2025-03", {"first_day": 0}, "parameters.first_day"),
        ("B-010", T, {"deadline": "soon"}, "parameters.deadline"),
        ("B-013", T, {"attempts": "often"}, "parameters.attempts"),
    ],
)
def test_what_cannot_be_read_is_refused_by_path(
    clock: str, trigger: str, parameters: dict[str, Any], path: str
) -> None:
    with pytest.raises(LetterError) as refused:
        asked(clock, trigger, none=True, **parameters)
    assert refused.value.path == path


@pytest.mark.parametrize(
    ("row", "trigger", "deadline", "last", "late"),
    [
        ("B-077", "2025-03", "2025-03-01", "2025-03-01", "2025-03-02"),
        ("B-078", "2025-03", "2025-03-27", "2025-03-27", "2025-03-28"),
        ("B-080", "2025-Q1", "2025-04-03", "2025-04-03", "2025-04-04"),
        ("B-081", "2025-02", "2025-02-28", "2025-02-28", "2025-03-01"),  # F-081: 30 February does not exist
        ("B-083", "2025-03-12", "2025-03-10", "2025-03-10", "2025-03-11"),
        ("B-085", "2025", "2025-12-31", "2025-12-31", "2026-01-01"),
        ("B-087", "2025-03-31", "2025-03-30", "2025-03-24", "2025-03-31"),
        ("B-092", "2025-H1", "2025-06-30", "2025-06-30", "2025-07-01"),
        ("B-061", "2022-02-28", "2025-02-28", "2025-02-28", "2025-03-01"),
        ("B-110", "2025-01-01", "2025-12-31", "2025-12-31", "2026-01-01"),
        ("B-109", "2018-03-01", "2018-12-31", "2018-12-31", "2019-01-01"),
        ("B-059", "2025-03-12", "2025-03-16", "2025-03-16", "2025-03-17"),
    ],
)
def test_dates_count_to_their_last_second(row: str, trigger: str, deadline: str, last: str, late: str) -> None:
    # AMB-055
    assert (asked(row, trigger, last).deadline, asked(row, trigger, last).met) == (deadline, True)
    assert asked(row, trigger, late).met is False


def test_f090_the_sixth_valid_complaint_of_the_year_is_one_too_many() -> None:
    days = [f"2025-0{n}-10" for n in range(1, 7)]
    assert (asked("B-125", "2025", *days[:5]).met, asked("B-125", "2025", *days).met) == (True, False)
    assert asked("B-125", "2025", *days[:5], "2024-12-31").met is True


def test_limits_without_a_printed_number_are_the_parties_to_set() -> None:
    assert (asked("B-026", T, none=True).deadline, asked("B-026", T, "2025-03-07T09:20:00+08:00").met) == (None, True)
    assert asked("B-026", T, "2025-03-07T09:20:01+08:00", minutes=20).met is False
    assert asked("B-001", T, none=True, rings=3).met is True
    assert asked("B-001", T, none=True, rings=4).met is False
    assert asked("B-030", "2025-03-07", none=True, gap_minutes=1).met is False
    assert asked("B-030", "2025-03-07", none=True).deadline == "2025-03-07T12:00:00Z"


def test_amb116_repairs_arrive_as_urgent_as_appointed_or_within_a_day() -> None:
    assert asked("B-022", T, none=True, urgency="urgent").deadline == "2025-03-07T01:30:00Z"
    assert asked("B-022", T, none=True, appointment="2025-03-09T10:00:00+08:00").deadline == "2025-03-09T02:00:00Z"
    assert asked("B-022", T, none=True).deadline == "2025-03-08T01:00:00Z"


def test_b074_a_slip_is_posted_strictly_before_the_run() -> None:
    run = "2025-03-10T02:00:00+08:00"
    assert asked("B-074", T, "2025-03-10T01:59:59+08:00", run_at=run).met is True
    assert asked("B-074", T, run, run_at=run).met is False


def test_the_catalogue_has_125_rows() -> None:
    assert sorted(row.row for row in ROWS) == [f"B-{number:03d}" for number in range(1, 126)]


def test_every_row_answers_by_id_and_by_number_and_explains_itself() -> None:
    assert len({row.row for row in ROWS}) == len({(row.template, row.clock) for row in ROWS}) == len(ROWS)
    for row in ROWS:
        found = asked(row.clock, "2025-03-07", template=row.template, none=True)
        assert found == asked(row.row, "2025-03-07", none=True)
        assert found.explanation.zh.endswith("。") and found.explanation.en.endswith(".")
    assert answer(Asked("no.such.clock", None, T, None, {}), china()) is None
