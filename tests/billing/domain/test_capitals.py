"""Amounts in financial characters, as banks write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.billing.domain.capitals import capitals

VALUES = dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True))


@pytest.mark.parametrize(
    ("fen", "text"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (12345, "壹佰贰拾叁元肆角伍分"),
        (26648, "贰佰陆拾陆元肆角捌分"),
        (100_00, "壹佰元整"),
        (1_001_00, "壹仟零壹元整"),
        (10_000_00, "壹万元整"),
        (10_001_00, "壹万零壹元整"),
        (100_500_00, "壹拾万零伍佰元整"),
        (101_000_00, "壹拾万壹仟元整"),
        (1_000_000_50, "壹佰万元伍角整"),
        (100_000_001_00, "壹亿零壹元整"),
        (1_234_567_890_12, "壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
    ],
)
def test_amounts_as_banks_write_them(fen: int, text: str) -> None:
    assert capitals(fen) == text


def read(text: str) -> int:
    """Fen from financial characters: the other way round, written apart."""
    total = group = digit = 0
    for sign in text:
        if sign in VALUES:
            digit = VALUES[sign]
        elif sign in "拾佰仟":
            group, digit = group + digit * 10 ** (1 + "拾佰仟".index(sign)), 0
        elif sign in "万亿":
            total, group, digit = total + (group + digit) * (10**4 if sign == "万" else 10**8), 0, 0
        elif sign == "元":
            total, group, digit = (total + group + digit) * 100, 0, 0
        elif sign in "角分":
            total, digit = total + digit * (10 if sign == "角" else 1), 0
    return total


@given(st.integers(0, 10**14 - 1))
def test_what_is_written_reads_as_it_was(fen: int) -> None:
    text = capitals(fen)
    assert read(text) == fen
    assert "零零" not in text


def test_what_no_receipt_says_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        capitals(-1)
