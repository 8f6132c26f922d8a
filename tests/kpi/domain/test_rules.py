"""How the letters score and what follows from them, beyond the worked examples of their documents."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from services.kpi.catalogue import infos, letters
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.given import readings_from
from services.kpi.domain.letters import JudgementOutOfRange, LetterError
from services.kpi.domain.numbers import exact
from services.kpi.domain.score_rules import Judgement
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import resolve
from tests.kpi.domain.support import item, scored, sections

Given = dict[str, dict[str, Any]]


def judged(template: str, given: Given, *marks: tuple[str, str], columns: dict[str, int] | None = None) -> Scorecard:
    """A letter with points that people gave."""
    letter, found = letters()[template], {}
    parameters = resolve(letter, {})
    for place, (code, points) in enumerate(marks):
        found.setdefault(code, []).append(Judgement(exact(points), "理由", f"judgements.{place}"))
    filled = {name: Fraction(points) for name, points in (columns or {}).items()}
    readings = readings_from(letter, given, None, parameters, infos())
    return score(letter, Inputs(readings, {}, None, found, filled), parameters, infos())


def kinds(card: Scorecard) -> list[str]:
    return [consequence.kind for consequence in card.consequences]


@pytest.mark.parametrize(
    ("given", "achieved"),
    [
        ({"revenue.achievement.rate": {"value": 95}, "cost.budget.deviation": {"value": "-3"}}, "40.00"),
        ({"revenue.achievement.rate": {"value": 90}, "cost.budget.deviation": {"value": 3}}, "38.00"),  # (0.9 + 1) / 2
        ({"revenue.achievement.rate": {"value": 95}, "cost.budget.deviation": {"value": "-13"}}, "38.00"),  # 1 - 10/100
        ({"plan.annual.achievement.rate": {"parts": {"工程": 50}}, "revenue.achievement.rate": {"value": 95}}, "30.00"),
        ({"plan.annual.achievement.rate": {"value": 120}}, "40.00"),
        ({"plan.annual.achievement.rate": {"value": 80}, "revenue.achievement.rate": {"value": 10}}, "32.00"),
        ({"revenue.achievement.rate": {"state": "not_measured"}}, "0.00"),
        ({}, "40.00"),
    ],
)
def test_f035_the_plan_is_composed_of_its_targets_unless_it_is_given(given: Given, achieved: str) -> None:
    """A-196, A-197, A-200, AMB-029, AMB-034, AMB-112."""
    assert sections(scored(given, period="2025", template="T003G"))["plan"] == achieved


def test_f036_f037_f038_sections_of_the_general_manager_hold_their_floor() -> None:
    worst = {
        "customer.satisfaction.annual.rate": {"value": 50},
        "training.coverage.rate": {"value": 10},
        "incident.major.count": {"count": 2},
    }
    card = scored(worst, period="2025", template="T003G")
    assert sections(card) == {"plan": "40.00", "service": "0.00", "team": "0.00", "risk": "0.00"}


def test_f039_severe_events_propose_accountability_and_cost_no_points() -> None:
    """C-241."""
    card = scored({"loss.major.count": {"count": 1}, "event.group.count": {"count": 1}}, template="T003G")
    assert (kinds(card), card.total) == (["accountability", "accountability"], 100)


@pytest.mark.parametrize(
    ("indicator", "value", "points"),
    [
        ("gas.inspection.actual.rate", "89.5", "3.50"),  # F-023
        ("hazard.leak.rectification.rate", "90", "0.00"),  # F-023 floor
        ("hazard.l2.rate", "69", "2.00"),  # F-024
        ("riser.special.rate", "78.5", "7.00"),  # F-026
        ("riser.special.rate", "95", "10.00"),  # F-026 no bonus above
        ("appliance.flueless.heater.rate", "97", "5.00"),  # F-027
        ("highrise.nb.alarm.rate", "60", "0.00"),  # F-027 floor
    ],
)
def test_f023_f024_f026_f027_gas_items_lose_points_down_to_zero(indicator: str, value: str, points: str) -> None:
    assert item(scored({indicator: {"value": value}}, template="T001Q"), indicator)["points"] == points


def test_f022_the_baseline_at_its_target_neither_wins_nor_loses() -> None:
    assert item(scored({"gas.inspection.baseline": {"value": 92}}, template="T001Q"), "gas.inspection.baseline")[
        "points"
    ] == ("30.00")


@pytest.mark.parametrize(
    ("prior", "value", "state", "target"),
    [
        ("84.2", "85.2", "met", "≥85.2"),
        ("99.5", "100", "met", "≥100"),  # last year plus one point is capped at 100
        ("99.5", "99.9", "missed", "≥100"),
        (None, "10", "unscored", None),
    ],
)
def test_a121_a124_last_year_plus_a_point(prior: str | None, value: str, state: str, target: str | None) -> None:
    """AMB-045: without last year's value there is no target to miss."""
    for code in ("hazard.rectification.rate", "hazard.l1.nonleak.company.rate"):
        given = {"value": value, **({"prior": {"value": prior}} if prior else {})}
        line = item(scored({code: given}, template="T001Q"), code)
        assert (line["state"], line["target"]) == (state, target)


@pytest.mark.parametrize(("last", "now", "points"), [(100, 100, "5.00"), (100, "99.9", "3.00"), ("99.9", 100, "3.00")])
def test_f025_two_more_points_only_for_100_in_both_years(last: Any, now: Any, points: str) -> None:
    line = item(
        scored({"technical.means.rate": {"value": now, "prior": {"value": last}}}, template="T001Q"),
        "technical.means.rate",
    )
    assert line["points"] == points


def test_f028_one_or_two_yellow_tickets_cost_nothing() -> None:
    """A-131, A-132, AMB-047."""
    assert scored({"violation.ticket.yellow.count": {"count": 2}}, template="T001Q").total == 103
    assert scored({"violation.ticket.yellow.count": {"count": 3}}, template="T001Q").total == 101
    raised = judged("T001Q", {"violation.ticket.red.count": {"count": 1}}, ("violation.ticket.red.count", "7"))
    assert raised.total == 96
    with pytest.raises(JudgementOutOfRange):
        judged("T001Q", {"violation.ticket.red.count": {"count": 1}}, ("violation.ticket.red.count", "2.99"))


def test_f029_the_innovation_bonus_waits_until_every_target_is_met() -> None:
    """A-138."""
    assert judged("T001Q", {}, ("bonus.innovation", "4")).total == 107
    blocked = judged("T001Q", {"hose.newuser.metal.rate": {"value": 99}}, ("bonus.innovation", "4"))
    assert blocked.total == 103
    assert "不予加分" in item(blocked, "bonus.innovation")["explanation"]["zh"]


def test_f095_the_sheet_never_falls_below_zero() -> None:
    lost = {row.indicator: {"value": 0} for row in letters()["T001Q"].items if infos()[row.indicator].unit == "percent"}
    lost["hazard.rectification.rate"]["prior"] = lost["hazard.l1.nonleak.company.rate"]["prior"] = {"value": 80}
    tickets = {"violation.ticket.red.count": {"count": 1}, "violation.ticket.yellow.count": {"count": 9}}
    card = scored({**lost, **tickets}, template="T001Q")
    assert (card.total, card.maximum, sections(card)["tickets"]) == (0, 103, "-5.00")


def test_f012_a_missed_gas_target_proposes_learning() -> None:
    assert kinds(scored({"hazard.l3.rate": {"value": 1}}, template="T001Q")) == ["learning"]


@pytest.mark.parametrize(("template", "parts"), [("T001F", (70, 36)), ("T001R", (60, 50))])
def test_f007_f011_each_part_of_the_sixty_and_forty_is_capped(template: str, parts: tuple[int, int]) -> None:
    """A-044, A-140."""
    given = {"safety.annual.score": {"parts": dict(zip(("responsibility", "incident"), parts, strict=True))}}
    assert scored(given, period="2018", template=template).total == (96 if template == "T001F" else 100)


@pytest.mark.parametrize("template", ["T001F", "T001R"])
def test_f008_f009_f010_f011_reward_penalty_and_prosecution(template: str) -> None:
    """C-237."""
    score_ = {"safety.annual.score": {"parts": {"responsibility": 60, "incident": 40}}}
    assert kinds(scored(score_, template=template)) == ["reward"]
    missed = {**score_, "incident.general.dereliction.count": {"count": 1}}
    assert kinds(scored(missed, template=template)) == ["penalty"]  # eligible only while the indicators are met
    assert kinds(scored({}, template=template, crime="yes")) == ["legal"]
    half = {"safety.annual.score": {"parts": {"responsibility": 60}}}
    card = scored(half, template=template)
    assert (kinds(card), card.final, item(card, "safety.annual.score")["state"]) == ([], False, "pending")
    with pytest.raises(LetterError):
        scored({"safety.annual.score": {"parts": {"responsibilty": 60}}}, template=template)


@pytest.mark.parametrize(
    ("grade", "points"), [("突出", "40.00"), ("好", "36.00"), ("一般", "28.00"), ("第五等", "24.00")]
)
def test_f004_f005_coefficient_times_points(grade: str, points: str) -> None:
    """A-038, AMB-037, AMB-038."""
    card = scored({"business.target.score": {"grade": grade}}, template="T001D", allocated_points="40")
    assert card.as_json()["total"] == points


def test_amb037_grades_are_named_by_the_parties_and_others_refused() -> None:
    named = {"allocated_points": "40", "grade_names": "优，良，中，可，差"}
    given = {"business.target.score": {"grade": "差"}}
    assert scored(given, template="T001D", **named).as_json()["total"] == "24.00"
    with pytest.raises(LetterError):
        scored(given, template="T001D", allocated_points="40")


def test_f006_a_missed_target_leaves_the_sanction_to_the_head_office() -> None:
    card = scored({"incident.any.count": {"count": 1}}, template="T001D", allocated_points="40")
    assert kinds(card) == ["penalty"]
    assert "开除" in card.consequences[0].reason.zh


def test_amb040_no_loss_after_no_loss_is_met_and_any_loss_is_not() -> None:
    for value, state in ((0, "met"), ("-5000", "met"), ("0.01", "missed")):
        assert item(scored({"loss.direct.growth": {"value": value}}, template="T001D"), "loss.direct.growth")[
            "state"
        ] == (state)


@pytest.mark.parametrize(
    ("given", "total"),
    [
        ({"conduct.attire.violation.count": {"count": 2}, "attendance.violation.count": {"count": 1}}, "96.00"),
        ({"plan.month.completion.rate": {"value": 98}, "plan.training.completion.rate": {"value": 99}}, "85.00"),
        (
            {
                "complaint.rectification.timeliness.rate": {"numerator": 98, "denominator": 100},
                "complaint.revisit.rate": {"numerator": 97, "denominator": 100},
            },
            "90.00",
        ),
        (
            {"renovation.serious.untracked.count": {"count": 1}, "renovation.serious.unreported.count": {"count": 1}},
            "75.00",
        ),
        ({"media.negative.count": {"count": 11}}, "0.00"),
        ({"butler.task.completion.rate": {"value": 50}}, "100.00"),
        ({"bonus.suggestion.count": {"count": 2}}, "100.00"),
    ],
)
def test_f030_f032_the_supervisors_sheet(given: Given, total: str) -> None:
    """AMB-070, AMB-073, AMB-074, AMB-075, AMB-094: base 100, floor 0, both plans, both renovation lines."""
    assert scored(given, template="T002A").as_json()["total"] == total


def test_f030_amb070_amb075_base_and_points_of_a_suggestion_are_parameters() -> None:
    card = scored({"bonus.suggestion.count": {"count": 2}}, template="T002A", base="110", suggestion_points="1.5")
    assert (card.as_json()["total"], card.as_json()["maximum"]) == ("113.00", "110.00")


def test_f031_amb071_each_occurrence_is_judged_within_its_range() -> None:
    two: Given = {"complaint.valid.count": {"count": 2}}
    assert judged("T002A", two, ("complaint.valid.count", "3"), ("complaint.valid.count", "5")).total == 92
    half = judged("T002A", two, ("complaint.valid.count", "3"))
    assert (half.final, item(half, "complaint.valid.count")["state"], half.total) == (False, "pending", 97)
    for points in ("2.99", "5.01", "-3"):
        with pytest.raises(JudgementOutOfRange):
            judged("T002A", two, ("complaint.valid.count", points))
    with pytest.raises(LetterError):
        judged("T002A", {"complaint.valid.count": {"count": 1}}, *[("complaint.valid.count", "3")] * 2)


def test_f033_kinds_of_absence_and_conduct_deduct_inside_their_item() -> None:
    """A-165, A-167, AMB-095."""
    leave = {"score.quality.3.attendance": {"parts": {"personal_leave": 2, "sick_leave": 1, "punch_anomaly": 1}}}
    assert item(scored(leave, template="T002B"), "score.quality.3.attendance")["points"] == "5.00"
    fights = {"score.quality.1.respect": {"parts": {"disobedience": 2, "quarrel": 1}}}
    card = judged("T002B", fights, ("score.quality.1.respect", "6"))
    assert item(card, "score.quality.1.respect")["points"] == "0.00"
    waiting = item(judged("T002B", fights), "score.quality.1.respect")
    assert (waiting["state"], waiting["deduction"]) == ("pending", "4.00")
    with pytest.raises(LetterError):
        scored({"score.quality.3.attendance": {"parts": {"holiday": 1}}}, template="T002B")
    with pytest.raises(LetterError):
        scored({"score.quality.3.attendance": {"count": 2}}, template="T002B")


def test_amb077_blank_lines_are_full_and_say_so_until_worded() -> None:
    """A-171, A-172, A-173, A-174, A-176, A-177."""
    blank = item(scored({}, template="T002B"), "score.work.10.blank")
    assert (blank["state"], blank["points"]) == ("unscored", "15.00")
    assert "文字缺失" in blank["explanation"]["zh"] and "no text" in blank["explanation"]["en"]
    low = {"score.work.10.blank": {"value": 9}}
    assert item(scored(low, template="T002B"), "score.work.10.blank")["points"] == "15.00"
    worded = item(scored(low, template="T002B", blank_10="装修巡查"), "score.work.10.blank")
    assert worded["points"] == "9.00" and "装修巡查" in worded["explanation"]["zh"]


@pytest.mark.parametrize(("reading", "points"), [("mean", "4.00"), ("each", "2.00")])
def test_amb080_the_team_by_its_mean_or_each(reading: str, points: str) -> None:
    given = {"score.work.14.team": {"parts": {"甲": 99, "乙": 85}}}
    line = item(scored(given, template="T002B", team_item=reading), "score.work.14.team")
    assert (line["points"], line["state"]) == (points, "met" if reading == "mean" else "missed")


def test_f034_the_audit_counts_and_until_then_the_card_is_not_final() -> None:
    """AMB-078: a missing audit leaves the manager's score, not final."""
    assert (judged("T002B", {}, columns={"self": 88, "manager": 78}).as_json()["total"]) == "78.00"
    assert judged("T002B", {}, columns={"self": 88, "manager": 78}).final is False
    with pytest.raises(JudgementOutOfRange):
        judged("T002B", {}, columns={"gm": 101})
    with pytest.raises(LetterError):
        judged("T002B", {}, columns={"chairman": 90})


def test_amb053_three_appraisals_weigh_the_same_unless_agreed_otherwise() -> None:
    card = judged("T001L", {}, columns={"self": 90, "superior": 80, "department": 70})
    assert (card.as_json()["total"], card.final) == ("80.00", True)
    assert judged("T001L", {}, columns={"self": 90}).final is False


def test_f001_f002_each_miss_is_a_penalty_and_the_three_reported_lines_stay_outside() -> None:
    """AMB-010, AMB-096, C-235, C-236."""
    met = {"customer.satisfaction.rate": {"value": 99}}
    assert kinds(scored(met, template="T000")) == ["bonus"]
    assert kinds(scored(met, template="T000", work_plan="failed")) == []
    assert kinds(scored({}, template="T000")) == []  # no case proves no achievement
    assert kinds(scored({**met, "sop.implementation": {"value": 1}}, template="T000")) == ["bonus"]
    two = {**met, "compliance.violation.count": {"count": 1}, "training.completion.rate": {"state": "not_measured"}}
    assert kinds(scored(two, template="T000")) == ["penalty", "penalty"]


def test_f003_amb083_force_majeure_voids_the_letter_and_lists_what_is_open() -> None:
    card = scored({"compliance.violation.count": {"count": 1}}, template="T000", force_majeure="yes")
    assert kinds(card) == ["measure"]
    assert "遵守法律法规" in card.consequences[0].reason.zh


@pytest.mark.parametrize(
    ("template", "indicator", "expected"),
    [
        ("T001H", "safety.event.count", ["measure"]),  # F-017
        ("T001J", "task.deadline.completion", ["measure"]),  # F-018
        ("T001K", "customer.archive.coverage.rate", ["measure"]),  # F-016
        ("T001N", "complaint.handling.rate", ["improvement_plan"]),  # F-021
    ],
)
def test_f016_f017_f018_f021_what_a_miss_proposes(template: str, indicator: str, expected: list[str]) -> None:
    """C-226, C-243."""
    given = {"count": 2} if indicator.endswith("count") else {"value": 10}
    assert kinds(scored({indicator: given}, template=template)) == expected


@pytest.mark.parametrize(
    ("code", "before", "now", "state"),
    [
        ("customer.churn.rate", "5", "4.99", "met"),
        ("customer.churn.rate", "5", "5", "missed"),
        ("customer.churn.rate", "0", "0", "met"),  # the best that there is, held
        ("issue.resolution.rate", "90", "90.01", "met"),
        ("issue.resolution.rate", "100", "100", "met"),
        ("survey.coverage.rate", "50", "49", "missed"),
        ("customer.satisfaction.rate", None, "99", "no_data"),
    ],
)
def test_amb118_better_than_the_period_before(code: str, before: str | None, now: str, state: str) -> None:
    """A-100, A-101, A-102, A-103, A-185."""
    history = {"2024": {code: {"value": before}}} if before is not None else {}
    assert (
        item(scored({code: {"value": now}}, period="2025", history=history, template="T001M"), code)["state"] == state
    )


def test_f014_f015_f020_of_the_dated_letter() -> None:
    """C-242."""
    missed = scored(
        {"customer.churn.rate": {"value": 9}},
        period="2025",
        history={"2024": {"customer.churn.rate": {"value": 5}}},
        template="T001M",
    )
    assert kinds(missed) == ["measure", "penalty"]
    held = scored(
        {"customer.churn.rate": {"value": 4}},
        period="2025",
        history={"2024": {"customer.churn.rate": {"value": 5}}},
        template="T001M",
    )
    assert kinds(held) == ["reward"]


@pytest.mark.parametrize(
    ("template", "code", "given", "state"),
    [
        ("T004D", "security.case.rate", {"numerator": 2, "denominator": 1000}, "met"),
        ("T004D", "security.case.rate", {"numerator": 3, "denominator": 1000}, "missed"),
        ("T004E0", "fee.collection.rate", {"value": "92.999"}, "missed"),
        ("T004E0", "fee.collection.rate", {"value": "93"}, "met"),
        ("T004E1", "fee.collection.rate", {"value": "93"}, "missed"),
        ("T004E0", "cleaning.satisfaction.rate", {"value": "96"}, "met"),
        ("T004E1", "cleaning.satisfaction.rate", {"value": "96"}, "missed"),
        ("T004E0", "iso.audit.passed", {"count": 1}, "met"),
        ("T004B", "archive.inspection.count", {"count": 1}, "missed"),
        ("T002J", "budget.execution.rate", {"value": "100.01"}, "missed"),
    ],
)
def test_f046_contradicting_letters_keep_their_own_targets(
    template: str, code: str, given: dict[str, Any], state: str
) -> None:
    """X1-004, X1-006, X1-013: a state for each line, no points."""
    card = scored({code: given}, period="2025", template=template)
    assert (item(card, code)["state"], card.total) == (state, None)
