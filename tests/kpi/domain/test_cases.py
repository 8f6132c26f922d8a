"""Archives, surveys and money from events to facts: which check, which answer, which payment counts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.kpi.domain.facts import changed
from tests.kpi.domain.folding import Told, at, judged, valued
from tests.kpi.domain.support import verdicts

COLLECTION = "fee.collection.quarter.rate"


def files(*ids: str, occurred: datetime = datetime(2024, 12, 1, tzinfo=UTC)) -> Told:
    return Told(
        "archive.upserted.v1", {"files": [{"file_id": i, "unit_id": f"u{i}"} for i in ids]}, UUID(int=1), occurred
    )


def check(month: str, day: str, **found: tuple[bool, bool]) -> Told:
    return Told(
        "archive.checked.v1",
        {
            "check_id": f"c-{month}-{day}",
            "month": f"2025-{month}",
            "checked_at": at(f"{month}-{day}T09:00:00"),
            "items": [
                {"file_id": i, "unit_id": f"u{i}", "complete": c, "up_to_date": u} for i, (c, u) in found.items()
            ],
        },
    )


def test_amb113_each_file_on_the_register_at_its_last_check() -> None:
    told = [
        files("a", "b", "c"),
        check("01", "20", a=(False, False), b=(True, True)),
        check("03", "20", a=(True, False)),
        files("late", occurred=datetime(2025, 4, 2, tzinfo=UTC)),
    ]
    complete = valued("archive.completeness.rate", judged("archive.completeness.rate", "archive_file", *told)).reading
    assert (complete.numerator, complete.denominator) == (2, 3)  # a at its March check, b at its January one, c never
    update = valued("archive.update.rate", judged("archive.update.rate", "archive_file", *told)).reading
    assert (update.numerator, update.denominator) == (1, 3)


def test_amb113_no_check_in_the_quarter_is_not_measured() -> None:
    facts = judged("archive.update.rate", "archive_file", files("a"))
    assert valued("archive.update.rate", facts).reading.state == "not_measured"


def test_a_check_of_a_file_that_is_on_no_register_is_listed_and_not_counted() -> None:
    found = valued(
        "archive.update.rate",
        judged("archive.update.rate", "archive_file", files("a"), check("03", "20", a=(True, True), x=(True, True))),
    )
    assert (found.reading.numerator, found.reading.denominator) == (1, 1)
    assert "not_on_register" in verdicts(found)


def test_b114_the_monthly_rate_adds_up_the_months_of_a_quarter() -> None:
    code = "archive.update.monthly.rate"
    facts = judged(
        code,
        "archive_file",
        files("a", "b"),
        check("01", "20", a=(True, True), b=(True, True)),
        check("03", "20", a=(True, True)),
    )
    assert [valued(code, facts, p).reading.value for p in ("2025-01", "2025-03")] == [100, 50]
    assert valued(code, facts, "2025-02").reading.state == "not_measured"
    assert (valued(code, facts).reading.numerator, valued(code, facts).reading.denominator) == (3, 6)


def answer(unit: str, mark: int, which: int = 1) -> Told:
    return Told(
        "survey.answered.v1",
        {
            "survey_id": "s",
            "period": "2025-Q1",
            "unit_id": unit,
            "answer_id": f"{unit}{which}",
            "marks": {f"d{n}": mark for n in range(8)},
            "answered_at": at("04-01T09:00:00"),
        },
    )


def test_amb021_one_answer_per_household_the_last_one_of_those_on_the_list() -> None:
    told = [
        Told("survey.scope_listed.v1", {"survey_id": "s", "period": "2025-Q1", "unit_ids": ["u1", "u2", "u3"]}),
        answer("u1", 60),
        answer("u1", 80, 2),
        answer("u2", 90),
        answer("stranger", 100),
    ]
    coverage = valued("survey.coverage.rate", judged("survey.coverage.rate", "household", *told))
    assert (coverage.reading.numerator, coverage.reading.denominator) == (2, 3)
    assert coverage.verdicts == {"answered": 2, "unanswered": 1, "not_in_scope": 1}
    score = valued("survey.score", judged("survey.score", "household", *told)).reading
    assert score.value == 85


def test_amb111_a_mark_above_the_scale_or_left_out_is_no_valid_answer() -> None:
    listed = Told("survey.scope_listed.v1", {"survey_id": "s", "period": "2025-Q1", "unit_ids": ["u1", "u2"]})
    for wrong in (101, -1):
        coverage = valued(
            "survey.coverage.rate",
            judged("survey.coverage.rate", "household", listed, answer("u1", wrong), answer("u2", 100)),
        )
        assert (coverage.reading.numerator, coverage.reading.denominator) == (1, 2)


def test_b118_a_survey_counts_for_the_quarter_it_was_issued_for() -> None:
    opened = Told("survey.opened.v1", {"survey_id": "s", "period": "2025-Q1", "dimensions": list("abcdefgh")})
    closed = Told(
        "survey.closed.v1",
        {"survey_id": "s", "period": "2025-Q1", "closed_at": at("04-02T09:00:00"), "scope_count": 3, "answer_count": 2},
    )
    assert valued("survey.count", judged("survey.count", "survey", opened)).reading.state == "not_measured"
    assert valued("survey.count", judged("survey.count", "survey", opened, closed)).reading.value == 1
    assert (
        valued("survey.dimension.count", judged("survey.dimension.count", "survey", opened, closed)).reading.value == 8
    )


def bill(fen: int, due: str = "2025-01-31", kind: str = "property") -> Told:
    return Told(
        "bill.issued.v1",
        {
            "bill_id": "b",
            "number": "B1",
            "unit_id": "u",
            "payer_id": "p",
            "fee_kind": kind,
            "period": "2025-01",
            "due_date": due,
            "amount_fen": fen,
            "standard": "s",
        },
    )


def money(fen: int, value_date: str, name: str = "a1", due: str = "2025-01-31", **more: Any) -> Told:
    return Told(
        "payment.allocated.v1",
        {
            "allocation_id": name,
            "payment_id": "m",
            "bill_id": "b",
            "unit_id": "u",
            "fee_kind": "property",
            "due_date": due,
            "amount_fen": fen,
            "value_date": value_date,
            "paid_on": value_date,
            **more,
        },
    )


@pytest.mark.parametrize(("value_date", "counts"), [("2024-12-15", True), ("2025-03-31", True), ("2025-04-01", False)])
def test_b072_money_counts_by_its_value_date_up_to_the_quarters_last_day(value_date: str, counts: bool) -> None:
    found = valued(COLLECTION, judged(COLLECTION, "bill", bill(10000), money(10000, value_date)))
    assert found.reading.value == (100 if counts else 0)
    if not counts:
        assert found.beside == {"credited_after_quarter": 100}


def test_amb016_old_arrears_collected_now_stand_beside_this_quarter() -> None:
    facts = judged(COLLECTION, "bill", bill(10000, "2024-10-31"), money(10000, "2025-02-01", due="2024-10-31"))
    found = valued(COLLECTION, facts)
    assert (found.reading.state, found.beside) == ("no_data", {"for_bill_of_other_quarter": 100})


def test_amb114_a_prepayment_stands_beside_the_rate() -> None:
    received = Told(
        "payment.received.v1",
        {
            "payment_id": "m",
            "unit_id": "u",
            "payer_id": "p",
            "amount_fen": 15000,
            "value_date": "2025-02-01",
            "method": "bank",
            "prepaid_fen": 5000,
        },
    )
    found = valued(COLLECTION, judged(COLLECTION, "payment", received))
    assert found.beside == {"prepayment": 50}


def test_an_allocation_told_twice_counts_once_and_parking_not_at_all() -> None:
    facts = judged(
        COLLECTION,
        "bill",
        bill(10000),
        money(4000, "2025-02-01"),
        money(4000, "2025-02-01"),
        money(1000, "2025-02-02", "a2"),
    )
    assert valued(COLLECTION, facts).reading.value == 50
    assert judged(COLLECTION, "bill", bill(10000, kind="parking")) == []


def test_a_changed_judgement_appends_only_what_changed_and_withdraws_what_is_gone() -> None:
    before = judged(COLLECTION, "bill", bill(10000), money(4000, "2025-02-01"))
    after = judged(COLLECTION, "bill", bill(10000), money(4000, "2025-02-01"), money(100, "2025-02-02", "a2"))
    assert [fact.subject for fact in changed(before, after)] == ["b/a2"]
    assert changed(after, after) == []
    gone = changed(after, before)
    assert [(fact.subject, fact.verdict, fact.counted, fact.numerator) for fact in gone] == [
        ("b/a2", "withdrawn", False, 0)
    ]
    assert valued(COLLECTION, [*before, *gone]).reading.value == 40
