"""When reports and plans are due: printed days, agreed ones, working days; as tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kpi.domain.reporting import (
    FORMS,
    Rule,
    code_of,
    due_on,
    fault,
    first_period,
    may_begin,
    shifted,
)
from shared.holidays import standard

CALENDAR = standard()


@pytest.mark.parametrize(
    ("form", "starts_on", "period", "due"),
    [
        ("attendance", "2025-02-01", "2025-02", "2025-03-01"),  # a Saturday: no shift
        ("plan_27", "2025-04-01", "2025-04", "2025-03-27"),
        ("plan_30", "2025-04-01", "2025-04", "2025-03-30"),
        ("plan_30", "2025-03-01", "2025-03", "2025-02-28"),  # no 30 February
        ("plan_30", "2024-03-01", "2024-03", "2024-02-29"),
        ("monthly", "2025-02-01", "2025-02", "2025-03-05"),
        ("weekly", "2025-10-06", "2025-W41", "2025-10-06"),  # a Monday within the National Day holiday
        ("evaluation", "2024-12-01", "2024-12", "2025-01-02"),
        ("appraisal", "2025-01-01", "2025-Q1", "2025-04-03"),
        ("appraisal", "2024-10-01", "2024-Q4", "2025-01-03"),
        ("evaluation_quarter", "2025-01-01", "2025-Q1", "2025-03-31"),
        ("budget", "2026-01-01", "2026", "2025-12-31"),
        ("business_plan", "2026-01-01", "2026", "2025-12-31"),
        ("finance_review", "2025-01-01", "2025", "2025-12-31"),
        ("training_outline", "2025-01-01", "2025", "2025-12-31"),
        ("bonus_plan", "2025-01-01", "2025", "2025-12-31"),
        ("plan_cs", "2025-02-01", "2025-02", "2025-02-28"),
    ],
)
def test_e036_e037_e039_e040_e043_e056_e057_e035_c245_c256_printed_days_stand_where_the_letters_print_them(
    form: str, starts_on: str, period: str, due: str
) -> None:
    """AMB-056, AMB-091, E-008, B-077, B-078, B-079, B-080, B-081, B-082, B-083, B-084, B-085, B-086, B-089, B-095,
    B-097, B-102, B-112: what is open is agreed in a rule."""
    rule, start = FORMS[form].rule, date.fromisoformat(starts_on)
    assert rule is not None
    assert (code_of(rule.unit, start), due_on(rule, start, CALENDAR).isoformat()) == (period, due)
    assert {code for code, found in FORMS.items() if found.rule is None} == {
        "management",
        "to_superior",
        "customer_needs",
    }


@pytest.mark.parametrize(
    ("rule", "starts_on", "due"),
    [
        (Rule("month", working_day=-1), "2025-05-01", "2025-05-30"),  # 31 May 2025 is the Dragon Boat festival
        (Rule("month", working_day=-1), "2025-01-01", "2025-01-27"),  # the rest is Spring Festival
        (Rule("month", working_day=1), "2025-10-01", "2025-10-09"),
        (Rule("month", 1, working_day=3), "2025-09-01", "2025-10-11"),  # a Saturday worked in exchange
        (Rule("month", day=25), "2025-05-01", "2025-05-25"),
        (Rule("half", day=15, month=2), "2025-07-01", "2025-08-15"),
        (Rule("quarter", working_day=-1, month=-1), "2025-01-01", "2025-03-31"),
        (Rule("week", weekday=4), "2025-03-03", "2025-03-07"),
        (Rule("week", 1, weekday=0), "2025-03-03", "2025-03-10"),
        (Rule("month", working_day=23), "2025-02-01", "2025-02-28"),
    ],
)
def test_agreed_days_may_be_working_days(rule: Rule, starts_on: str, due: str) -> None:
    assert due_on(rule, date.fromisoformat(starts_on), CALENDAR).isoformat() == due


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        (Rule("month"), "day"),
        (Rule("month", day=1, working_day=1), "day"),
        (Rule("week", day=1), "day"),
        (Rule("month", weekday=0), "weekday"),
        (Rule("quarter", day=1, month=4), "month"),
        (Rule("month", day=1, month=0), "month"),
        (Rule("quarter", day=1, month=-1), None),
    ],
)
def test_a_rule_that_makes_no_sense_names_its_field(rule: Rule, field: str | None) -> None:
    assert fault(rule) == field


def test_what_is_reported_upon_must_be_over() -> None:
    assert may_begin(Rule("month", 1, 5), date(2025, 2, 1)) == date(2025, 3, 1)
    assert may_begin(Rule("month", -1, 30), date(2025, 2, 1)) == date.min


@given(
    st.sampled_from([form.rule for form in FORMS.values() if form.rule is not None]),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_the_first_report_is_the_next_one_due_and_the_others_follow_in_order(rule: Rule, since: date) -> None:
    start = first_period(rule, since, CALENDAR)
    assert due_on(rule, start, CALENDAR) >= since > due_on(rule, shifted(rule.unit, start, -1), CALENDAR)
    following = due_on(rule, shifted(rule.unit, start, 1), CALENDAR)
    assert following - due_on(rule, start, CALENDAR) >= timedelta(days=7)
