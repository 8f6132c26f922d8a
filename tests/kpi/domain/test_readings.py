"""What the letters leave unclear, and the reading taken: each where a number or a result hangs on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from services.kpi.catalogue import infos, letters
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.concluding import proposal
from services.kpi.domain.engine import Inputs, score
from services.kpi.domain.facts import Case, Judging
from services.kpi.domain.given import readings_from
from services.kpi.domain.letters import LetterError, ProposalOutOfRange, Target
from services.kpi.domain.measure import Reading, ratio
from services.kpi.domain.numbers import exact
from services.kpi.domain.observing import Seen, combined
from services.kpi.domain.scorecard import Scorecard
from services.kpi.domain.settling import blanks, resolve
from services.kpi.domain.times import SHANGHAI
from tests.kpi.domain.support import item, measured, scored, verdicts

Given = dict[str, Any]


def points(template: str, code: str, **given: Any) -> str | None:
    return item(scored({code: given}, period="2025", template=template), code)["points"]


def state(template: str, code: str, parameters: dict[str, str] | None = None, **given: Any) -> str:
    return str(item(scored({code: given}, period="2025", template=template, **(parameters or {})), code)["state"])


def columns(template: str, **filled: int) -> Scorecard:
    letter = letters()[template]
    parameters = resolve(letter, {})
    given = {name: Fraction(value) for name, value in filled.items()}
    return score(letter, Inputs({}, {}, None, {}, given), parameters, infos())


@pytest.mark.parametrize(("op", "less", "same", "more"), [(">=", False, True, True), ("<=", True, True, False)])
def test_amb006_at_least_and_at_most_include_their_number(op: Any, less: bool, same: bool, more: bool) -> None:
    target = Target(op, Fraction(90))
    assert [target.met(exact(value)) for value in ("89.99", "90", "90.01")] == [less, same, more]


@pytest.mark.parametrize(
    ("case", "counts"),
    [
        ({"loss": "100000.00"}, 0),  # AMB-006: above is exclusive
        ({"loss": "100000.01"}, 1),
        ({"casualties": 1, "loss": "1.00"}, 1),
    ],
)
def test_amb030_any_casualty_or_a_loss_above_the_amount(case: Given, counts: int) -> None:
    given = {"incident.major.count": {"cases": [case]}}
    assert item(scored(given, template="T003G"), "incident.major.count")["state"] == ("missed" if counts else "met")


def test_amb009_errors_of_two_per_cent_at_most_unless_read_literally() -> None:
    code = "service.norm.error.rate"
    assert [state("T000", code, value=value) for value in ("2", "2.01")] == ["met", "missed"]
    assert [state("T000", code, {"literal": "true"}, value=value) for value in ("98", "98.01")] == ["met", "missed"]


def test_amb010_a019_to_a021_stand_outside_penalty_and_bonus() -> None:
    met = {"customer.satisfaction.rate": {"value": 99}}
    outside: dict[str, Any] = {
        "attendance.report.ontime": {"value": 50},
        "sop.implementation": {"value": 50},
        "budget.actual.deviation": {"value": 90},
    }
    assert [c.kind for c in scored({**met, **outside}, template="T000").consequences] == ["bonus"]
    assert scored(outside, template="T000").consequences == []


def test_amb012_amb013_alike_measures_are_measured_apart() -> None:
    assert [
        state("T000", "customer.satisfaction.rate", value=96),
        state("T000", "owner.satisfaction.staff.rate", value=96),
    ] == ["met", "missed"]
    assert state("T000", "staff.satisfaction.manager.rate", value=90) == "met"
    assert state("T000", "staff.satisfaction.department.rate", value=89) == "missed"
    sources = {code: found.source for code, info in infos().items() if (found := info.observed) is not None}
    assert sources["staff.satisfaction.manager.rate"] == "sample"
    assert sources["staff.satisfaction.department.rate"] == "survey"


def test_amb014_the_penalty_is_proposed_without_an_amount() -> None:
    letter = letters()["T000"]
    found = scored({"compliance.violation.count": {"count": 1}}, template="T000").consequences
    assert [c.kind for c in found] == ["penalty"] and "由公司决定" in found[0].reason.zh
    with pytest.raises(LetterError):
        proposal(letter, "penalty", Fraction(500), resolve(letter, {}), "proposal")


def test_amb015_a_fee_target_without_a_number_is_filled_before_signing() -> None:
    letter = letters()["T000"]
    assert "fee_collection_rate_target" in {spec.code for spec in blanks(letter, resolve(letter, {}))}
    assert state("T000", "fee.collection.rate", value=90) == "unscored"
    assert state("T000", "fee.collection.rate", {"fee_collection_rate_target": "95"}, value=90) == "missed"
    assert state("T000", "fee.arrears.clearance.rate", value="99.9") == "missed"  # "完成": all of it


def test_amb022_amb085_a_rate_is_a_share_of_the_satisfied_and_a_score_a_mean() -> None:
    rated = [
        {"score": mark, "rated_at": "2025-03-10T10:00:00+08:00", "closed_at": "2025-03-10T10:00:00+08:00"}
        for mark in (100, 80, 79, 0)
    ]
    assert measured("complaint.resolution.satisfaction.rate", *rated).reading.value == 50
    marks = [{f"d{n}": mark for n in range(1, 9)} for mark in (100, 79)]
    assert measured("survey.score", *({"period": "2025-Q1", "marks": m} for m in marks)).reading.value == Fraction(
        179, 2
    )


def test_amb031_amb034_of_the_general_manager_are_reported_and_not_scored() -> None:
    assert [state("T003G", "policy.update.rate", value=value) for value in ("100", "99.9")] == ["met", "missed"]
    assert [state("T003G", "cost.budget.deviation", value=value) for value in ("-3", "3", "-3.01", "3.01")] == [
        "met",
        "met",
        "missed",
        "missed",
    ]
    card = scored({"policy.update.rate": {"value": 1}}, period="2025", template="T003G")
    assert (card.total, item(card, "policy.update.rate")["deduction"]) == (100, None)


def test_amb032_a_point_a_point_or_five_for_each_full_five() -> None:
    given = {"training.coverage.rate": {"value": 93}}
    lost = [
        item(scored(given, template="T003G", partial_policy=policy), "training.coverage.rate")["deduction"]
        for policy in ("linear", "floor")
    ]
    assert lost == ["7.00", "5.00"]


def test_amb039_a_reward_of_200_to_2000_yuan_and_a_sanction_of_two() -> None:
    letter = letters()["T001D"]
    for amount, allowed in (("199.99", False), ("200", True), ("2000", True), ("2000.01", False)):
        if allowed:
            assert proposal(letter, "reward", exact(amount), {}, "proposal").kind == "reward"
        else:
            with pytest.raises(ProposalOutOfRange):
                proposal(letter, "reward", exact(amount), {}, "proposal")
    missed = scored({"incident.any.count": {"count": 1}}, template="T001D", allocated_points="40").consequences
    assert ["一季度奖金" in c.reason.zh and "开除" in c.reason.zh for c in missed] == [True]


@pytest.mark.parametrize("template", ["T001F", "T001R"])
def test_amb041_amb097_two_editions_with_sixty_and_forty_free_points_and_eligibility_from_ninety(template: str) -> None:
    def kinds(responsibility: int, incident: int) -> list[str]:
        given = {"safety.annual.score": {"parts": {"responsibility": responsibility, "incident": incident}}}
        return [c.kind for c in scored(given, period="2018", template=template).consequences]

    assert (kinds(60, 30), kinds(60, 29), kinds(99, 29)) == (["reward"], [], [])
    assert ("签订版" in letters()[template].title.zh) is (template == "T001R")
    assert (
        "资格"
        in scored({"safety.annual.score": {"parts": {"responsibility": 60, "incident": 40}}}, template=template)
        .consequences[0]
        .reason.zh
    )


def test_amb044_amb048_amb102_lines_of_the_gas_sheet() -> None:
    assert points("T001Q", "hazard.leak.rectification.rate", value=99) == "4.00"
    card = scored({"hose.newuser.metal.rate": {"value": 50}}, template="T001Q")
    assert (card.total, item(card, "hose.newuser.metal.rate")["state"]) == (103, "missed")
    lines = {"gas.inspection.actual.rate": {"value": 0}, "hazard.leak.rectification.rate": {"value": 0}}
    card = scored({"gas.inspection.baseline": {"value": 92}, **lines}, template="T001Q")
    assert item(card, "gas.inspection.baseline")["points"] == "30.00"


def test_amb046_a_baseline_item_may_reach_thirty_five() -> None:
    assert [points("T001Q", "gas.inspection.baseline", value=value) for value in (94, "94.5", 100)] == [
        "34.00",
        "35.00",
        "35.00",
    ]


def test_amb047_red_and_yellow_tickets_both_deduct() -> None:
    tickets = {"violation.ticket.red.count": {"count": 1}, "violation.ticket.yellow.count": {"count": 3}}
    assert scored(tickets, template="T001Q").total == 98
    assert scored({"violation.ticket.yellow.count": {"count": 2}}, template="T001Q").total == 103


def test_amb051_the_hotline_survey_asks_users_of_the_hotline() -> None:
    found = infos()["hotline.satisfaction.rate"].observed
    assert (
        found is not None and found.of is not None and ("热线" in found.of.zh, "hotline" in found.of.en) == (True, True)
    )


def test_amb059_an_affair_is_answered_when_every_part_that_applies_was_met() -> None:
    at = "2025-03-07T09:00:00+08:00"
    call = {"offered_at": at, "answered_at": at}
    found = measured(
        "affair.response.rate",
        {**call, "in_time": True, "handled_at": at},
        {**call, "in_time": False, "handled_at": at},
        {**call, "in_time": True},
    )
    assert list(verdicts(found)) == ["responded", "late", "not_handled"]
    judging = Judging(indicators()["affair.response.rate"].parameters)
    came = {"received_at": at}
    visits = ({**came, "handled_at": at}, {**came, "handled_at": at, "greeted": False}, came)
    told = [indicators()["affair.response.rate"].judge(Case("visit", "v", doc, SHANGHAI), judging) for doc in visits]
    assert [(fact.verdict, fact.numerator) for (fact,) in told] == [
        ("responded", 1),
        ("not_greeted", 0),
        ("not_handled", 0),
    ]


def test_amb062_what_procedures_say_is_filled_before_signing() -> None:
    letter = letters()["T004B"]
    assert {spec.code for spec in blanks(letter, resolve(letter, {}))} == {
        "repair_ontime_completion_rate_target",
        "revisit_rate_sop_target",
    }


def test_amb065_amb066_amb067_of_the_guards() -> None:
    ruled = [{"valid": True}] * 5 + [{"valid": False}, {"valid": None}]
    assert state("T004C", "complaint.valid.count", cases=ruled) == "met"
    assert state("T004C", "complaint.valid.count", cases=[*ruled, {"valid": True}]) == "missed"
    assert [state("T004D", "security.case.rate", numerator=n, denominator=1000) for n in (0, 2, 3)] == [
        "met",
        "met",
        "missed",
    ]
    for code in ("incident.traffic.major.rate", "incident.vehicle.major.rate"):
        assert [state("T004C", code, count=count) for count in (0, 1)] == ["met", "missed"]


def test_amb068_office_and_team_keep_their_own_targets_and_the_aim_is_reported() -> None:
    for template in ("T004E0", "T004E1"):
        assert [state(template, "iso.audit.passed", count=count) for count in (2, 1, 0)] == ["met", "met", "missed"]
    card = scored({"customer.satisfaction.aim": {"value": 94}}, period="2025", template="T004E1")
    assert (item(card, "customer.satisfaction.aim")["state"], card.total, card.consequences) == ("missed", None, [])


def test_amb072_the_handling_rate_is_what_was_rectified_in_time() -> None:
    given = {"complaint.rectification.timeliness.rate": {"numerator": 49, "denominator": 50}}
    assert scored(given, template="T002A").total == 96
    assert [i.indicator for i in letters()["T002A"].items if "handling" in i.indicator] == []


def test_amb076_the_managers_column_counts_and_the_supervisors_is_kept() -> None:
    card = columns("T002A", self=95, manager=88)
    assert (card.total, card.final, columns("T002A", self=95).final) == (88, True, False)


def test_amb079_the_rate_is_shown_and_each_time_deducts() -> None:
    code = "score.work.3.coordination"
    reached = item(scored({code: {"numerator": 97, "denominator": 100}}, template="T002B"), code)
    assert (reached["state"], reached["points"]) == ("met", "2.00")
    assert "97/100" in reached["explanation"]["zh"] and "扣3.00分" in reached["explanation"]["zh"]
    below = item(scored({code: {"numerator": 90, "denominator": 100}}, template="T002B"), code)
    assert (below["state"], below["points"]) == ("missed", "0.00")
    assert points("T002B", code, value="96") == points("T002B", code, numerator=5, denominator=5) == "5.00"
    with pytest.raises(LetterError):
        scored({code: {"value": "94"}}, template="T002B")


def test_amb081_each_sub_item_is_checked_once_a_month() -> None:
    info = infos()["score.work.1.smooth"]

    def seen(*checks: tuple[str, int]) -> Reading:
        return combined(info, [Seen("x", date.fromisoformat(on), on, ratio("percent", kept, 5)) for on, kept in checks])

    again = seen(("2025-03-05", 3), ("2025-03-28", 4))
    assert (again.misses, again.denominator) == (1, 5)
    assert seen(("2025-02-28", 3), ("2025-03-28", 4)).misses == 3  # two months are two checks
    assert points("T002B", "score.work.1.smooth", numerator=4, denominator=5) == "8.00"
    other = replace(info, monthly=False)
    assert combined(other, [Seen("x", date(2025, 3, n), str(n), ratio("percent", 4, 5)) for n in (1, 2)]).misses == 2


def test_amb082_where_no_period_is_printed_it_is_a_year() -> None:
    yearly = "T000 T001A T001B T001C T001E T001I T001J T001K T001O T001P T002J T003G T004A T004B T004C T004D"
    assert {name: letters()[name].cycle for name in yearly.split()} == dict.fromkeys(yearly.split(), "year")


def test_amb092_one_event_may_stand_on_several_lines_and_each_occurrence_counts() -> None:
    one_event = {
        "supervision.fault.undiscovered.count": {"count": 1},
        "supervision.fault.unhandled.count": {"count": 1},
        "knowledge.reputation.damage.count": {"count": 1},
    }
    assert scored(one_event, template="T002A").total == 100 - 3 - 3 - 10
    assert scored({"supervision.fault.undiscovered.count": {"count": 3}}, template="T002A").total == 91


def test_amb101_joint_phrases_are_two_rates_each() -> None:
    for pair in (
        ("fire.equipment.equipped.rate", "staff.knowhow.rate"),
        ("repair.onsite.timeliness.rate", "repair.onsite.pass.rate"),
    ):
        letter = letters()["T001H"]
        given = {pair[0]: {"numerator": 9, "denominator": 10}, pair[1]: {"numerator": 10, "denominator": 10}}
        readings = readings_from(letter, given, None, resolve(letter, {}), infos())
        assert [readings[code].value for code in pair] == [90, 100]
        assert [state("T001H", code, **given[code]) for code in pair] == ["missed", "met"]


@pytest.mark.parametrize(
    ("code", "at_least"),
    [("appraisal.pass.rate", "98"), ("sop.sampling.pass.rate", "92"), ("owner.satisfaction.service.rate", "97")],
)
def test_amb107_a_bare_number_is_a_least(code: str, at_least: str) -> None:
    values = [str(exact(at_least) + change) for change in (-1, 0, 1)]
    assert [state("T001P", code, value=value) for value in values] == ["missed", "met", "met"]


def test_amb119_the_duties_are_those_of_the_appraised_post() -> None:
    found = infos()["duty.nonconformity.count"].observed
    assert found is not None and "主任助理" not in found.counts.zh
    assert letters()["T002A"].item("duty.nonconformity.count") is not None


def test_amb120_an_aim_without_a_measure_is_a_note() -> None:
    card = scored({}, period="2025", template="T001O")
    assert [note.zh[:6] for note in card.notes] == ["力争行业领先"]
    assert (card.total, card.consequences) == (None, [])


def test_amb086_follow_up_by_phone_is_asked_of_all_completed_repairs_and_complaints() -> None:
    assert resolve(letters()["T000"], {})["revisit_kinds"] == "repair_and_complaint"
    done = {"received_at": "2025-03-07T09:00:00+08:00", "completed_at": "2025-03-07T18:00:00+08:00"}
    called = {"revisit_ended": {"outcome": "reached", "done_at": "2025-03-08T09:00:00+08:00", "channel": "phone"}}
    cases = [{**done, **called}, {**done, **called, "kind": "repair"}, {**done, "kind": "hotline"}]
    code = "revisit.phone.rate"
    assert state("T000", code, cases=cases) == "met"
    assert state("T000", code, {"revisit_kinds": "all"}, cases=cases) == "missed"
    assert state("T000", code, cases=[*cases, {**done, "kind": "repair"}]) == "missed"
