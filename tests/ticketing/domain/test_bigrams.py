"""Words of search: normal forms, pairs, numbers and their parts, and queries that no text can break."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ticketing.domain.bigrams import asked, digits_of, normal, number_form, tails, tsquery, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("３号楼", "3号楼"),
        ("三号楼二单元", "3号楼2单元"),
        ("十二栋", "12栋"),
        ("二十三幢", "23幢"),
        ("一百零五室", "105室"),
        ("一二〇三室", "1203室"),
        ("叁号楼", "3号楼"),
        ("ＬＩＦＴ", "lift"),
        ("两单元", "2单元"),
    ],
)
def test_what_is_the_same_to_a_person_has_one_form(one: str, other: str) -> None:
    assert normal(one) == normal(other)


def test_a_numeral_that_counts_nothing_stays_a_word() -> None:
    assert normal("一直漏水，十分着急") == "一直漏水,十分着急"


def test_pairs_of_chinese_and_parts_of_numbers() -> None:
    assert words("厨房漏水") == ["厨房", "房漏", "水", "漏水"]
    assert words("R20250307-0012") == ["0012", "20250307", "r", "r20250307", "r20250307-0012"]
    assert {"3-2-501", "3", "2", "501"} == set(words("3-2-501"))
    assert words(None, "") == []


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        ("R20250307-0012", "r20250307-0012"),
        (" r20250307 - 0012 ", "r20250307-0012"),
        ("３－２－５０１", "3-2-501"),
        ("3/2/501", "3-2-501"),
        ("3#501", "3-501"),
        ("漏水", ""),
        ("lift", ""),
        ("a' | b", ""),
    ],
)
def test_numbers_are_compared_in_one_form(typed: str, form: str) -> None:
    assert number_form(typed) == form


def test_a_query_wants_pairs_whole_and_latin_words_from_their_beginning() -> None:
    assert tsquery(asked("厨房漏水 R2025")) == "'厨房' & '房漏' & '漏水' & 'r2025':*"
    assert tsquery(asked("漏水3 501")) == "'漏水' & '3' & '501':*"
    assert tsquery(asked("水"), "ab:") == "'ab:水':*"
    assert not asked("!!! & | ' \\ :*")


def test_phone_numbers_are_found_by_their_ends_of_four_digits_and_more() -> None:
    assert digits_of("138 1234-5678") == "13812345678"
    assert digits_of("123") == "" and digits_of("12a4") == ""
    assert tails("13812345678")[0] == "5678" and tails("13812345678")[-1] == "13812345678"
    assert tails(None) == tails("12") == []


@given(st.text(max_size=200))
def test_no_text_is_read_as_an_operator(text: str) -> None:
    terms = tsquery(asked(text), "x:").split(" & ")
    for term in terms:
        assert term == "" or re.fullmatch(r"'x:[^'\\\s]+'(:\*)?", term), term


@given(st.text(alphabet="漏水厨房电梯 ab12-３三楼号", min_size=1, max_size=30))
def test_every_text_is_found_by_itself(text: str) -> None:
    stored, query = set(words(text)), asked(text)
    assert set(query.whole) <= stored
    assert all(any(word.startswith(begin) for word in stored) for begin in query.begins)
