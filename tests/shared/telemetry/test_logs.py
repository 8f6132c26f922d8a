"""Logs that operators can read and that name nobody."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from shared.telemetry import logs
from shared.telemetry.context import request_id
from shared.telemetry.masking import mask, scrub_text


class Stdout(io.TextIOWrapper):
    def lines(self) -> list[dict[str, object]]:
        self.flush()
        raw: io.BytesIO = self.buffer  # type: ignore[assignment]
        return [json.loads(line) for line in raw.getvalue().splitlines()]


@pytest.fixture
def out(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stdout]:
    fake = Stdout(io.BytesIO(), encoding="utf-8")
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr("sys.stdout", fake)
    logs.configure("ticketing", "api")
    yield fake
    structlog.reset_defaults()
    root.handlers[:], root.level = handlers, level
    logs._out = None


def test_a_line_carries_service_process_and_request(out: Stdout) -> None:
    token = request_id.set("req-12345678")
    structlog.get_logger().info("ticket.created", number="R1")
    request_id.reset(token)
    (line,) = out.lines()
    assert line["service"] == "ticketing"
    assert line["process"] == "api"
    assert line["request_id"] == "req-12345678"
    assert line["event"] == "ticket.created"
    assert line["number"] == "R1"
    assert str(line["time"]).endswith("+00:00")


def test_personal_fields_are_masked_at_every_depth(out: Stdout) -> None:
    structlog.get_logger().info(
        "x", phone="13800138000", person={"name": "王芳", "Email": "a@b.cn", "unit": "1-101"}, rows=[{"token": "t"}]
    )
    text = json.dumps(out.lines(), ensure_ascii=False)
    for secret in ("13800138000", "王芳", "a@b.cn", '"t"'):
        assert secret not in text
    assert "1-101" in text


def test_an_exception_does_not_quote_the_row_it_choked_on(out: Stdout) -> None:
    try:
        raise ValueError("duplicate key\nDETAIL:  Key (phone)=(+86 13800138000) already exists.")
    except ValueError:
        structlog.get_logger().exception("failed")
    (line,) = out.lines()
    assert "ValueError" in str(line["exception"])
    assert "13800138000" not in str(line["exception"])


def test_the_standard_library_logs_the_same_way(out: Stdout) -> None:
    logging.getLogger("somebody").warning("called %s", "13800138000")
    logging.getLogger("somebody").info("not worth a line")
    (line,) = out.lines()
    assert line["level"] == "warning"
    assert line["service"] == "ticketing"
    assert "13800138000" not in str(line["event"])


def test_the_access_line_goes_straight_out(out: Stdout) -> None:
    logs.access({"event": "http.request", "status": 200})
    (line,) = out.lines()
    assert str(line.pop("time")).endswith("+00:00")
    assert line == {"event": "http.request", "status": 200, "service": "ticketing", "process": "api"}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call 13800138000 now", False),
        ("id 110101199003071234 is", False),
        ("mail wang.fang@example.cn please", False),
        ("Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIx.abc", False),
        ("ticket R20250307-0012 of 0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77", True),
        ("paid 13800138000123 fen", True),
        ("at 2025-03-07T01:30:00Z", True),
    ],
)
def test_shapes_that_name_a_person_are_scrubbed_and_others_kept(text: str, kept: bool) -> None:
    assert (scrub_text(text) == text) is kept


def test_masking_leaves_its_argument_alone() -> None:
    value = {"phone": "1", "a": [{"password": "p"}], "nothing": None, "email": None}
    assert mask(value) == {"phone": "***", "a": [{"password": "***"}], "nothing": None, "email": None}
    assert value["phone"] == "1"
