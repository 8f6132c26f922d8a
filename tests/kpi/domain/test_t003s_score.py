"""T003S by its worked examples: F-040 to F-044, F-048 to F-053, F-055, F-056, in all three partial policies."""

from __future__ import annotations

import pytest

from services.kpi.domain.letters import LetterError
from tests.kpi.domain.support import QUARTER, item, scored, sections


@pytest.mark.parametrize(
    ("policy", "points", "total"),
    [
        ("linear", ("12.50", "15.40", "12.20", "17.20"), "57.30"),
        ("floor", ("14.00", "18.00", "13.00", "19.00"), "64.00"),
        ("ceil", ("11.00", "14.00", "11.00", "16.00"), "52.00"),
    ],
)
def test_f048_to_f052_the_quarter_in_each_partial_policy(policy: str, points: tuple[str, ...], total: str) -> None:
    # F-040, F-041, F-042, F-043, AMB-001, AMB-002, AMB-003
    card = scored(QUARTER, partial_policy=policy)
    assert tuple(sections(card).values()) == points
    assert card.as_json()["total"] == total
    assert card.as_json()["maximum"] == "100.00"


def test_f052_pooled_items_carry_deductions_and_no_points_of_their_own() -> None:
    line = item(scored(QUARTER), "fee.collection.quarter.rate")
    assert (line["state"], line["deduction"], line["points"], line["maximum"]) == ("missed", "7.80", None, None)


def test_f053_two_missed_quarters_in_a_row_withhold_the_pay_of_the_second() -> None:
    first = scored({"fee.collection.quarter.rate": {"value": "89.99"}}, period="2025-Q1")
    assert sections(first)["collection"] == "24.97"
    assert first.consequences == []
    second = scored(
        {"fee.collection.quarter.rate": {"value": "88.00"}},
        period="2025-Q2",
        history={"2025-Q1": {"fee.collection.quarter.rate": {"value": "89.99"}}},
    )
    assert sections(second)["collection"] == "19.00"
    assert [c.kind for c in second.consequences] == ["withhold_pay"]


@pytest.mark.parametrize(
    ("period", "history", "withheld"),
    [
        ("2025-Q1", {"2024-Q4": "89.99"}, True),  # AMB-017: across the year
        ("2025-Q1", {"2024-Q4": "90"}, False),
        ("2025-Q1", {"2024-Q3": "80"}, False),  # an unknown quarter in between breaks the row
        ("2025-Q1", {"2024-Q4": "80", "2024-Q3": "80"}, True),  # and again on the third
        ("2025-Q1", {}, False),
    ],
)
def test_f044_consecutive_quarters(period: str, history: dict[str, str], withheld: bool) -> None:
    card = scored(
        {"fee.collection.quarter.rate": {"value": "89.99"}},
        period=period,
        history={name: {"fee.collection.quarter.rate": {"value": value}} for name, value in history.items()},
    )
    assert [c.kind for c in card.consequences] == (["withhold_pay"] if withheld else [])


def test_f044_a_third_missed_quarter_says_three() -> None:
    missed = {"fee.collection.quarter.rate": {"value": "80"}}
    card = scored(missed, period="2025-Q1", history={"2024-Q4": missed, "2024-Q3": missed})
    assert "连续3个季度" in card.consequences[0].reason.zh
    assert "3 quarters in a row" in card.consequences[0].reason.en


@pytest.mark.parametrize(
    ("responded", "state", "deduction"), [("09:10:00", "met", "0.00"), ("09:10:01", "missed", "5.00")]
)
def test_f055_the_tenth_minute_is_in_time_and_a_second_more_is_late(responded: str, state: str, deduction: str) -> None:
    case = {"received_at": "2025-03-07T09:00:00+08:00", "responded_at": f"2025-03-07T{responded}+08:00"}
    line = item(scored({"complaint.handling.timeliness.rate": {"cases": [case]}}), "complaint.handling.timeliness.rate")
    assert (line["state"], line["deduction"]) == (state, deduction)


@pytest.mark.parametrize(("total", "state", "deduction"), [(680, "met", "0.00"), (679, "missed", "0.25")])
def test_f056_the_mean_of_eight_dimensions(total: int, state: str, deduction: str) -> None:
    line = item(scored({"survey.score": {"numerator": total, "denominator": 8}}), "survey.score")
    assert (line["state"], line["deduction"]) == (state, deduction)


@pytest.mark.parametrize(("value", "state"), [("90", "met"), ("89.995", "missed"), ("89.999999", "missed")])
def test_rr5_targets_are_compared_exactly_never_rounded(value: str, state: str) -> None:
    line = item(scored({"fee.collection.quarter.rate": {"value": value}}), "fee.collection.quarter.rate")
    assert line["state"] == state
    if state == "missed":
        assert "90.00%" not in line["explanation"]["zh"]


def test_rr5_a_third_of_a_fraction_stays_exact() -> None:
    line = item(
        scored({"complaint.resolution.satisfaction.rate": {"numerator": 2, "denominator": 3}}),
        "complaint.resolution.satisfaction.rate",
    )
    assert line["deduction"] == "55.00"  # 3 x (85 - 66.666...) = 55 exactly; from a rounded 66.67 it would be 54.99


def test_rr8_no_data_keeps_full_points_and_is_not_missed() -> None:
    card = scored({})
    assert card.as_json()["total"] == "100.00"
    assert {line.state for line in card.items if line.section} == {"no_data"}
    assert card.consequences == []
    assert (
        item(
            scored({"complaint.handling.timeliness.rate": {"numerator": 0, "denominator": 0}}),
            "complaint.handling.timeliness.rate",
        )["state"]
        == "no_data"
    )


@pytest.mark.parametrize(("unmeasured", "points"), [("missed", "0.00"), ("full", "20.00")])
def test_amb008_an_obliged_check_that_was_not_made(unmeasured: str, points: str) -> None:
    card = scored({"archive.completeness.rate": {"state": "not_measured"}}, unmeasured=unmeasured)
    assert sections(card)["archives"] == points
    assert item(card, "archive.completeness.rate")["state"] == "not_measured"


def test_amb008_unmeasured_coverage_costs_its_line_and_no_more() -> None:
    assert sections(scored({"survey.coverage.rate": {"state": "not_measured"}}))["survey"] == "15.00"


def test_amb008_unmeasured_collection_counts_as_missed_in_a_row() -> None:
    lost = {"fee.collection.quarter.rate": {"state": "not_measured"}}
    assert [c.kind for c in scored(lost, history={"2024-Q4": lost}).consequences] == ["withhold_pay"]
    assert scored(lost, history={"2024-Q4": lost}, unmeasured="full").consequences == []


def test_amb004_a_section_never_goes_below_zero_and_does_not_draw_on_others() -> None:
    # F-040, AMB-003
    card = scored({**QUARTER, "complaint.handling.timeliness.rate": {"numerator": 0, "denominator": 40}})
    assert sections(card) == {"complaints": "0.00", "archives": "15.40", "survey": "12.20", "collection": "17.20"}
    assert card.as_json()["total"] == "44.80"


def test_amb018_both_archive_rates_deduct() -> None:
    card = scored({"archive.completeness.rate": {"value": 97}, "archive.update.rate": {"value": 96}})
    assert sections(card)["archives"] == "14.00"


def test_amb019_the_monthly_rate_is_reported_and_costs_nothing() -> None:
    card = scored({"archive.update.monthly.rate": {"value": "90"}})
    line = item(card, "archive.update.monthly.rate")
    assert (line["state"], line["deduction"], card.as_json()["total"]) == ("missed", None, "100.00")
    assert sections(scored({"archive.update.rate": {"value": 96}}))["archives"] == "16.00"


def test_f042_coverage_costs_ten_for_any_shortfall() -> None:
    for value in ("79.99", "10"):
        assert sections(scored({"survey.coverage.rate": {"value": value}}))["survey"] == "15.00"
    assert sections(scored({"survey.coverage.rate": {"value": "80"}}))["survey"] == "25.00"


def test_f045_media_exposure_proposes_accountability_for_a_person_to_judge() -> None:
    """C-240."""
    card = scored({"media.negative.count": {"count": 1}, "owner.data.leak.count": {"count": 1}})
    assert [c.kind for c in card.consequences] == ["accountability", "accountability"]
    assert card.as_json()["total"] == "100.00"


def test_a233_reception_has_no_target_until_the_plan_names_one() -> None:
    assert item(scored({"reception.count": {"count": 500}}), "reception.count")["state"] == "unscored"
    assert (
        item(scored({"reception.count": {"count": 500}}, reception_target="600"), "reception.count")["state"]
        == "missed"
    )


def test_a_pending_judgement_is_neither_met_nor_missed() -> None:
    assert item(scored({"survey.score": {"state": "pending"}}), "survey.score")["state"] == "pending"


def test_every_result_explains_itself_in_both_languages() -> None:
    card = scored(
        {
            **QUARTER,
            "archive.update.rate": {"state": "not_measured"},
            "survey.score": {"state": "pending"},
            "reception.count": {"count": 3},
        }
    )
    for text in [line.explanation for line in card.items] + [section.explanation for section in card.sections]:
        assert text.zh.endswith("。") and text.en.endswith(".")
        assert "None" not in text.zh + text.en


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"no.such.indicator": {"value": 1}}, "inputs.no.such.indicator"),
        ({"survey.score": {"value": "much"}}, "inputs.survey.score.value"),
        ({"survey.score": {"value": 83.6}}, "inputs.survey.score.value"),
        ({"survey.score": {"value": "-1"}}, "inputs.survey.score.value"),
        ({"survey.score": {"value": "1e9999999"}}, "inputs.survey.score.value"),
        ({"survey.score": {"value": 1, "count": 2}}, "inputs.survey.score"),
        ({"survey.score": {}}, "inputs.survey.score"),
        ({"survey.score": {"numerator": 3}}, "inputs.survey.score.denominator"),
        ({"survey.score": {"count": 3}}, "inputs.survey.score.count"),
        ({"survey.score": {"state": "met"}}, "inputs.survey.score.state"),
        ({"complaint.handling.timeliness.rate": {"value": "95"}}, "inputs.complaint.handling.timeliness.rate"),
        (
            {"complaint.handling.timeliness.rate": {"numerator": 41, "denominator": 40}},
            "inputs.complaint.handling.timeliness.rate",
        ),
        (
            {"complaint.handling.timeliness.rate": {"cases": [{"responded_at": "2025-03-07T09:00:00Z"}]}},
            "inputs.complaint.handling.timeliness.rate.cases.0",
        ),
        (
            {"complaint.handling.timeliness.rate": {"cases": [{"received_at": "yesterday"}]}},
            "inputs.complaint.handling.timeliness.rate.cases.0",
        ),
    ],
)
def test_an_input_that_cannot_be_used_is_refused_by_path(given: dict[str, dict[str, object]], path: str) -> None:
    with pytest.raises(LetterError) as refused:
        scored(given)
    assert refused.value.path == path
    assert refused.value.zh and refused.value.en


def test_unknown_parameters_and_choices_are_refused() -> None:
    for parameters in ({"partial_policy": "round"}, {"nonsense": "1"}, {"satisfied_from": "high"}):
        with pytest.raises(LetterError):
            scored({}, **parameters)
