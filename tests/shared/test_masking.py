"""Masked fields: recognised by whoever knows them, useless to anybody else (D-075, G-010)."""

from __future__ import annotations

import pytest

from shared.masking import mask_email, mask_name, mask_phone, mask_value, normal_phone


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("138 1234 1234", "13812341234"),
        ("+86 138-1234-1234", "13812341234"),
        ("008613812341234", "13812341234"),
        ("+86 571 8888 6666", "057188886666"),
        ("0571-8888 6666", "057188886666"),
        ("+852 9123 4567", "+85291234567"),
        ("95598", "95598"),
    ],
)
def test_one_number_written_in_many_ways_is_one_number(written: str, stored: str) -> None:
    assert normal_phone(written) == stored


@pytest.mark.parametrize("text", ["", "abc", "123", "138x12341234", "+0123456789", "1" * 30])
def test_what_is_no_phone_number(text: str) -> None:
    with pytest.raises(ValueError, match="not a phone number"):
        normal_phone(text)


def test_masks_recognise_and_do_not_tell() -> None:
    assert mask_name("张伟") == "张*"
    assert (mask_name("王小明"), mask_name("Ann Lee")) == ("王*", "A*")  # not even how long it is
    assert mask_name(None) is None
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("95598") == "****98"
    assert mask_phone("110") == "****"
    assert mask_email("zhang@example.com") == "z***@example.com"
    assert mask_email("nonsense") == "***"
    assert mask_value({"phone": "138", "n": 3, "list": ["ab", None], "ok": True}) == {
        "phone": "1*",
        "n": "*",
        "list": ["a*", None],
        "ok": True,
    }
