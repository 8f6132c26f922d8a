"""What a wording must be before it is kept."""

from __future__ import annotations

from typing import Any

import pytest

from services.notify.domain.sms import MOST
from services.notify.templating.library import flaws, library, template_of
from services.notify.wording.checking import wrong

REMINDER = template_of("bill.reminder")
GOOD: dict[str, dict[str, Any]] = {
    "zh": {"title": "{{ fee_kind }}提醒", "body": "尚有 {{ amount }}。", "sms": "{{ place }}尚有 {{ amount }}。"},
    "en": {"title": "{{ fee_kind }}", "body": "{{ amount }} open.", "sms": "{{ amount }} open."},
}


def paths(signature: str = "翠湖物业", **changed: dict[str, Any]) -> list[str]:
    given = {locale: {**GOOD[locale], **changed.get(locale, {})} for locale in GOOD}
    return [problem.path for problem in wrong(REMINDER, given, signature)]


def test_a_good_wording_has_nothing_wrong() -> None:
    assert paths() == []


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"zh": {"body": "尚有 {{ amont }}。"}}, ["zh.body"]),
        ({"en": {"title": "{{ amount"}}, ["en.title"]),
        ({"en": {"sms": None}}, ["en.sms"]),
        ({"zh": {"sms": None}, "en": {"sms": None}}, ["zh.sms", "en.sms"]),
        ({"zh": {"sms": "欠" * (MOST - 5)}}, ["zh.sms"]),
        ({"zh": {"title": "{% if place %}{{ place }}{% endif %}"}}, ["zh.title"]),
        ({"zh": {"title": "长" * 201}}, ["zh.title"]),
    ],
)
def test_unknown_variables_missing_translations_and_long_text_messages_are_named(
    changed: dict[str, dict[str, Any]], where: list[str]
) -> None:
    assert paths(**changed) == where


def test_the_signature_counts_with_the_text_message() -> None:
    text = {"zh": {"sms": "欠" * (MOST - 6)}}
    assert paths("翠湖物业", **text) == []
    assert paths("翠湖花园物业", **text) == ["zh.sms"]


@pytest.mark.parametrize(
    "source",
    [
        "{% for n in range(99999) %}{% for m in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 999999999 }}",
        "{{ number.__class__ }}",
        "{{ number|upper }}",
        "{% set a = number %}{{ a }}",
        "{% macro m() %}{% endmacro %}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ (" * 500,
        "{{ " + "(" * 300 + "number" + ")" * 300 + " }}",
        "{% if number %}" * 150 + "x" + "{% endif %}" * 150,
        "{{ " + "not " * 1500 + "number }}",
        "{{ " + " or ".join(["number"] * 900) + " }}",
    ],
)
def test_a_text_is_words_variables_and_conditions_and_nothing_that_runs(source: str) -> None:
    assert flaws(source, {"number"})


def test_our_own_templates_keep_to_the_same_rules() -> None:
    for template in library().values():
        raw = {
            locale: {"title": text.title, "body": text.body, "sms": text.sms}
            for locale, text in template.wordings.items()
        }
        # Some have a text message in none, none in one language alone.
        assert wrong(template, raw, "翠湖物业客服中心") == [], template.code
