"""Text messages: their length, and signatures against the examples that the providers publish."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.notify.channels.providers import aliyun_sms, tencent_sms
from services.notify.channels.providers._http import e164
from services.notify.domain.sms import length

VECTORS = Path(__file__).parent.parent / "vectors"


def vector(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def test_aliyuns_own_example_is_signed_as_aliyun_signs_it() -> None:
    given = vector("aliyun_acs3")
    assert aliyun_sms.signature(given["secret"], given["query"], given["headers"]) == given["signature"]


def test_tencents_own_example_is_signed_as_tencent_signs_it() -> None:
    given = vector("tencent_tc3")
    at = datetime.fromtimestamp(given["timestamp"], UTC)
    found = tencent_sms.signature(given["secret"], given["service"], given["host"], given["payload"].encode(), at)
    assert found == (given["scope"], given["signature"])


@pytest.mark.parametrize(
    ("characters", "segments"), [(0, 1), (1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_a_text_message_is_billed_in_seventies_then_in_sixty_sevens(characters: int, segments: int) -> None:
    assert length("字" * characters).segments == segments


def test_the_signature_counts_with_its_brackets() -> None:
    assert length("字" * 64, "翠湖物业").characters == 70
    assert length("字" * 65, "翠湖物业").segments == 2


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("13800138000", "+8613800138000"),
        ("+86 138 0013 8000", "+8613800138000"),
        ("+852 5123 4567", "+85251234567"),
        ("owner", None),
        ("12", None),
    ],
)
def test_numbers_are_chinese_unless_they_say_otherwise(given: str, found: str | None) -> None:
    assert e164(given) == found


@pytest.mark.parametrize("parse", [aliyun_sms.parse, tencent_sms.parse])
@pytest.mark.parametrize("body", [b"", b"{}x", b'{"a": 1}', b"[1]", b"[{}]", b"null"])
def test_what_is_no_report_is_refused(parse: Any, body: bytes) -> None:
    with pytest.raises(ValueError):
        parse(body)


def test_a_report_says_when_it_arrived_in_chinas_time() -> None:
    [report] = tencent_sms.parse(
        b'[{"user_receive_time": "2015-10-17 08:03:04", "report_status": "SUCCESS", "errmsg": "DELIVRD", "sid": "7"}]'
    )
    assert report.at is not None and report.at.astimezone(UTC) == datetime(2015, 10, 17, 0, 3, 4, tzinfo=UTC)
    assert (report.arrived, report.reference, report.echo) == (True, "7", "")
