"""Who is told what: the catalogue, audiences, templates and their variables. Pure."""

from datetime import date
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from services.notify.domain.audience import Relation, recipients
from services.notify.domain.catalogue import CATALOGUE, notices, told_events
from services.notify.domain.identity import message_id
from services.notify.domain.labels import label
from services.notify.domain.variables import Variable, formatted
from services.notify.errors import TemplateUnknown, TemplateValuesWrong
from services.notify.templating.library import library, read_template, render, template_of

OWNER, CO_OWNER, TENANT, CLERK, PAYER = (UUID(int=n) for n in range(1, 6))
DAY = date(2025, 3, 7)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_a_debt_from_before_the_first_bill_is_no_news_to_its_owner() -> None:
    assert [n.template for n in notices("billing", "bill.issued.v1", {"standard": "property"})] == ["bill.issued"]
    assert notices("billing", "bill.issued.v1", {"standard": "opening"}) == []


def test_every_entry_has_its_template_and_gives_it_what_it_wants() -> None:
    for entry in CATALOGUE:
        template = template_of(entry.template)
        assert template.message_class == entry.message_class, entry.template
        needed = {v.name for v in template.variables.values() if not v.optional}
        assert needed <= set(entry.variables) <= set(template.variables), entry.template


@pytest.mark.parametrize("code", sorted(library()))
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_template_says_its_example_in_both_languages(code: str, locale: str) -> None:
    template = template_of(code)
    text = render(template, locale, template.example, {"name": "王小明", "place": "翠湖花园 1-101"})
    assert text.title and "\n" not in text.title
    assert "王小明" in text.body and "{{" not in text.body
    assert len(text.digest) == 64


def test_an_owner_who_reads_english_gets_no_code_and_local_time() -> None:
    text = render(
        template_of("ticket.created"),
        "en",
        {"number": "R20250307-0012", "kind": "repair", "at": "2025-03-07T16:10:00Z"},
    )
    assert "repair request" in text.title
    assert "8 Mar 2025 00:10" in text.body


def test_money_is_exact_and_names_its_unit() -> None:
    values = {"number": "B1", "fee_kind": "property", "period": "2025-03", "due": "2025-03-25"}
    assert "1,234.05 元" in render(template_of("bill.issued"), "zh", {**values, "amount": 123405}).title
    assert "CNY 0.07" in render(template_of("bill.issued"), "en", {**values, "amount": 7}).title


def test_wrong_values_are_refused_by_name() -> None:
    with pytest.raises(TemplateValuesWrong) as refused:
        render(template_of("ticket.created"), "zh", {"number": "", "kind": "repair", "nmae": "x"})
    assert [f.path for f in refused.value.fields] == ["variables.number", "variables.at", "variables.nmae"]


def test_a_value_cannot_add_a_line_or_run_code() -> None:
    text = render(
        template_of("ticket.created"),
        "zh",
        {"number": "R1\nBcc: everybody@example.com", "kind": "{{ 7*7 }}", "at": "2025-03-07T16:10:00Z"},
    )
    assert "\n" not in text.title
    assert "49" not in text.body


def test_unknown_template_is_named() -> None:
    with pytest.raises(TemplateUnknown):
        template_of("ticket.burnt")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("title: '{{ secret }}', body: x", "undeclared"),
        ("title: '{{ number.__class__ }}', body: x", "example"),
    ],
)
def test_a_bad_template_stops_the_start_with_its_name(tmp_path: Path, body: str, problem: str) -> None:
    path = tmp_path / "bad_one.yaml"
    path.write_text(
        "code: bad.one\nversion: 1\nclass: service\nvariables: {number: {type: text}}\n"
        f"example: {{number: a}}\nzh: {{{body}}}\nen: {{title: t, body: b}}\n",
        encoding="utf-8",
    )
    with pytest.raises(Exception, match=rf"bad_one.yaml|{problem}"):
        read_template(path)


def test_a_template_belongs_into_the_file_of_its_code(tmp_path: Path) -> None:
    path = tmp_path / "other.yaml"
    path.write_text("code: bad.one\nversion: 1\n", encoding="utf-8")
    with pytest.raises(ValueError, match="bad_one.yaml"):
        read_template(path)


def test_each_type_refuses_what_it_is_not() -> None:
    wanted = {n: Variable(n, t) for n, t in {"a": "money", "b": "date", "c": "instant", "d": "text"}.items()}
    good = {"a": 1, "b": "2025-03-07", "c": "2025-03-07T01:00:00Z", "d": "x"}
    assert formatted(wanted, good, "zh", SHANGHAI)[1] == []
    for name, bad in [("a", 1.5), ("a", True), ("b", "7 March"), ("c", "2025-03-07T01:00:00"), ("d", " ")]:
        problems = formatted(wanted, {**good, name: bad}, "zh", SHANGHAI)[1]
        assert [p.name for p in problems] == [name]
    with pytest.raises(ValueError, match="unknown type"):
        Variable("e", "colour")


def test_codes_have_words_and_an_unknown_one_stops_nothing() -> None:
    assert label("ticket_kind", "complaint", "zh") == "投诉"
    assert label("ticket_kind", "renovation", "en") == "renovation"


@pytest.mark.parametrize(
    ("audience", "person", "relations", "told"),
    [
        ("reporter", OWNER, [Relation(OWNER, "owner")], [OWNER]),
        ("reporter", TENANT, [Relation(OWNER, "owner"), Relation(TENANT, "tenant")], [TENANT]),
        ("reporter", CLERK, [Relation(OWNER, "owner"), Relation(CO_OWNER, "co_owner")], [OWNER, CO_OWNER]),
        ("reporter", None, [Relation(OWNER, "owner"), Relation(OWNER, "co_owner")], [OWNER]),
        ("reporter", TENANT, [], [TENANT]),
        ("reporter", None, [], []),
        ("payer", PAYER, [Relation(OWNER, "owner")], [PAYER]),
        ("payer", None, [Relation(OWNER, "owner"), Relation(PAYER, "payer")], [PAYER]),
        ("payer", None, [Relation(OWNER, "owner"), Relation(TENANT, "tenant")], [OWNER]),
        ("reporter", None, [Relation(OWNER, "owner", until=date(2025, 3, 6))], []),
        ("reporter", None, [Relation(OWNER, "owner", until=DAY)], [OWNER]),
        ("reporter", None, [Relation(OWNER, "owner", since=date(2025, 3, 8))], []),
    ],
)
def test_a_ticket_is_its_reporters_affair_and_a_bill_its_payers(
    audience: str, person: UUID | None, relations: list[Relation], told: list[UUID]
) -> None:
    assert list(recipients(audience, person, relations, DAY)) == told


def test_a_follow_up_call_is_told_by_its_outcome() -> None:
    assert [n.template for n in notices("ticketing", "revisit.done.v1", {"outcome": "reached"})] == ["revisit.reached"]
    assert [n.template for n in notices("ticketing", "revisit.done.v1", {"outcome": "refused"})] == []
    assert "bill.issued.v1" in told_events("billing")


def test_the_same_event_person_and_template_are_the_same_message() -> None:
    cause = UUID("01956f00-0000-7000-8000-000000000001")
    first = message_id(cause, OWNER, "ticket.created")
    assert first == message_id(cause, OWNER, "ticket.created")
    assert len({first, message_id(cause, TENANT, "ticket.created"), message_id(cause, OWNER, "bill.issued")}) == 3
    assert (first.version, first.bytes[:6]) == (7, cause.bytes[:6])
