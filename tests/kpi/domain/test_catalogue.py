"""The letters against the catalogue: every row once, every template, weights that add up, sources."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from services.kpi.catalogue import definitions, infos, letters
from services.kpi.domain.catalogue import indicators
from services.kpi.domain.letter_files import letter_from
from services.kpi.domain.letters import Letter, LetterError
from services.kpi.domain.settling import blanks, resolve, settle
from tests.kpi.domain.support import scored

CATALOGUE = Path(__file__).parents[3] / "docs/coverage/catalogue"
TEMPLATES = frozenset(
    {f"T001{letter}" for letter in "ABCDEFGHIJKLMNOPQR"}
    | {"T000", "T002A", "T002B", "T002J", "T003G", "T003S", "T003E"}
    | {"T004A", "T004B", "T004C", "T004D", "T004E0", "T004E1", "T004E2", "T004E3"}
)


def _rows(name: str) -> dict[str, str]:
    with (CATALOGUE / f"{name}.tsv").open(encoding="utf-8") as file:
        return {line["row"]: line["says"] for line in csv.DictReader(file, delimiter="\t")}


def _carried(letter: Letter) -> list[str]:
    sums = [section.sum_row for section in letter.sections] + [letter.total_row]
    return [item.row or infos()[item.indicator].row for item in letter.items] + [row for row in sums if row]


def test_all_33_templates_are_there_and_no_other() -> None:
    assert set(letters()) == TEMPLATES
    assert len(letters()) == 33


def test_every_indicator_row_stands_on_its_letters_once() -> None:
    # rows of: services/kpi/letters
    found = Counter(row for letter in letters().values() for row in _carried(letter))
    assert {row: n for row, n in found.items() if n > 1} == {}
    assert set(found) == set(_rows("A"))
    assert len(found) == 315


def test_every_line_names_the_indicator_of_its_row() -> None:
    """A row is `<indicator>: what it counts; …` in the catalogue."""
    says = _rows("A")
    for letter in letters().values():
        for item in letter.items:
            row = item.row or infos()[item.indicator].row
            assert says[row].split(":")[0].strip() == item.indicator, row


def test_every_indicator_is_computed_or_says_where_its_facts_come_from() -> None:
    # rows of: services/kpi/observations
    rows = _rows("A")
    for code, info in infos().items():
        assert info.row in rows
        assert (info.source == "events") == (code in indicators())
        assert info.observed is not None or info.source == "events", code
        if info.observed is not None:
            assert info.unit != "percent" or info.observed.of is not None, code
    named = {line.split(":")[0].strip() for line in rows.values()}
    assert set(infos()) == named


@pytest.mark.parametrize(
    ("template", "maximum", "sections"),
    [
        ("T001Q", 103, [30, 15, 18, 10, 30, 0, 0]),
        ("T002B", 100, [20, 80]),
        ("T003G", 100, [40, 30, 20, 10]),
        ("T003S", 100, [30, 20, 25, 25]),
        ("T002A", 100, [100]),
        ("T001F", 100, [100]),
        ("T001R", 100, [100]),
        ("T000", None, []),
    ],
)
def test_weights_add_up(template: str, maximum: int | None, sections: list[int]) -> None:
    """A-182, A-183, A-184, F-007, F-011, F-033, F-095, AMB-043."""
    letter = settle(letters()[template], resolve(letters()[template], {}))
    assert letter.maximum == maximum
    assert [s.points if s.points is not None else sum(i.points or 0 for i in s.items) for s in letter.sections] == (
        sections
    )


def test_t001q_without_the_second_leak_row_adds_up_to_100() -> None:
    letter = letters()["T001Q"]
    assert settle(letter, resolve(letter, {"second_leak_row": "drop"})).maximum == 100


def test_only_letters_with_points_have_a_total() -> None:
    with_points = {name for name in letters() if scored({}, period="2025", template=name).total is not None}
    assert with_points == {"T001F", "T001R", "T001Q", "T002A", "T002B", "T003G", "T003S"}


def test_amb115_each_letter_names_its_signatories() -> None:
    signed = {name: [who.zh for who in letter.signatories] for name, letter in letters().items() if letter.signatories}
    assert set(signed) == {"T000", "T001A", "T001D", "T001L", "T001Q", "T001R", "T002A", "T002B"}
    assert signed["T000"] == ["责任人", "总经理"]
    assert signed["T002A"] == ["被考核人", "考核人"]
    assert signed["T001Q"] == ["责任人", "签发人"]


@pytest.mark.parametrize(("template", "zh"), [("T001M", "部门和员工绩效评估"), ("T001L", "员工晋升、调薪")])
def test_f013_f019_a_letter_says_what_its_result_is_used_for(template: str, zh: str) -> None:
    """A basis of other decisions: shown on every scorecard, and nothing follows from it by itself."""
    card = scored({}, period="2025", template=template)
    assert [zh in note.zh for note in card.notes] == [True]
    assert card.consequences == []


def test_a_blank_of_the_document_is_a_mandatory_parameter() -> None:
    """AMB-015, AMB-050, AMB-052: T001L's XX % and the water company's blanks."""
    found = {spec.code for spec in blanks(letters()["T001L"], resolve(letters()["T001L"], {}))}
    assert found == {
        "customer_satisfaction_rate_target",
        "complaint_resolution_rate_target",
        "customer_return_rate_target",
        "team_performance_score_target",
    }
    assert len(blanks(letters()["T001I"], resolve(letters()["T001I"], {}))) == 8
    filled = resolve(letters()["T001L"], dict.fromkeys(found, "90"))
    assert blanks(letters()["T001L"], filled) == []


def test_amb036_the_broken_off_document_has_no_scorecard() -> None:
    assert letters()["T003E"].items == []
    assert scored({}, template="T003E").as_json()["total"] is None


def test_x1010_each_letter_keeps_its_own_definition_of_a_major_incident() -> None:
    own = {
        name: item.settings["definition"]["definition"]
        for name, letter in letters().items()
        if (item := letter.item("incident.major.count")) is not None
    }
    assert own == {
        "T000": "six_causes",
        "T001B": "ruled",
        "T001P": "six_items",
        "T003G": "casualty_or_loss",
        "T004C": "items_a_to_f",
        "T004D": "ruled",
    }


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_letter_explains_itself_in_both_languages(template: str) -> None:
    card = scored({}, period="2025", template=template)
    for text in [line.explanation for line in card.items] + [section.explanation for section in card.sections]:
        assert text.zh.endswith("。") and text.en.endswith(".")
        assert "None" not in text.zh + text.en


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (
            {
                "sections": [
                    {"section": "a", "title": {"zh": "甲", "en": "A"}, "points": {"parameter": "x"}, "items": []}
                ]
            },
            "x",
        ),
        ({"reported": [{"indicator": "a", "target": {"op": "!", "value": 1}}]}, "reported.0.target"),
        ({"reported": [{"indicator": "a", "only_if": {"x": "y"}}]}, "reported.0.only_if"),
        ({"reported": [{"indicator": "a", "with": {"points": {"parameter": "x"}}}]}, "reported.0.with.points"),
        ({"reported": [{"indicator": "a"}, {"indicator": "a"}]}, "a"),
        ({"title": {"zh": "只有中文"}}, "title"),
    ],
)
def test_a_slip_in_a_letter_is_refused_with_its_place(change: dict[str, object], path: str) -> None:
    with pytest.raises(LetterError) as refused:
        letter_from({**definitions()["T003E"], **change})
    assert path in refused.value.path or path in str(refused.value)
