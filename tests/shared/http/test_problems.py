"""Every error is a problem document that a person can act on, in their language."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import pytest
from pydantic import Field

from shared.errors import FieldError, Malformed, TooMany
from shared.http.problems import wants_chinese
from shared.http.routing import PageDep, public, service_router
from shared.http.schemas import Input, MoneyModel, UtcTime
from tests.shared.http.support import Tiny, serve

router = service_router(prefix="/v1/forms")


class Line(Input):
    amount: MoneyModel
    on: date | None = None


class Form(Input):
    title: Annotated[str, Field(min_length=2, max_length=5)]
    at: UtcTime | None = None
    lines: list[Line] = []


@router.post("", operation_id="send_form")
@public
async def send_form(body: Form) -> dict[str, str]:
    if body.title == "field":
        raise Malformed(fields=[FieldError("lines.0.on", "不是工作日", "not a working day")])
    if body.title == "often":
        raise TooMany(retry_after=7.6)
    return {"title": body.title}


@router.get("/{form_id}", operation_id="get_form")
@public
async def get_form(form_id: UUID, page: PageDep) -> dict[str, str]:
    raise RuntimeError("王芳 13800138000")


@pytest.fixture
async def tiny() -> Any:
    async with serve([router]) as app:
        yield app


async def test_a_problem_has_all_its_members(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/forms", json={"title": "x", "extra": 1, "lines": [{"amount": 12.5}]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "zh"
    body = answer.json()
    assert body["type"] == "urn:steward:problem:http.request.malformed"
    assert body["title"] == "请求内容有误"
    assert body["status"] == 422
    assert body["code"] == "http.request.malformed"
    assert body["instance"] == "/tiny/v1/forms"
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["errors"] == [
        {"path": "title", "message": "至少 2 个字符"},
        {"path": "lines.0.amount", "message": "应为 JSON 对象"},
        {"path": "extra", "message": "不允许此字段"},
    ]


async def test_english_for_those_who_ask(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/forms", json={}, headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.headers["content-language"] == "en"
    assert answer.json()["title"] == "Malformed request"
    assert answer.json()["errors"] == [{"path": "title", "message": "Field required"}]


@pytest.mark.parametrize(
    ("header", "chinese"),
    [
        (None, True),
        ("", True),
        ("en", False),
        ("en-US,en;q=0.9,zh;q=0.8", False),
        ("zh-CN,zh;q=0.9,en;q=0.8", True),
        ("fr", True),
        ("fr, en;q=0.5", False),
        ("en;q=0.1, zh", True),
        ("*", True),
        ("en;q=abc", False),
    ],
)
def test_the_language_is_the_one_preferred(header: str | None, chinese: bool) -> None:
    assert wants_chinese(header) is chinese


async def test_field_errors_of_a_service_keep_their_paths(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/forms", json={"title": "field"})
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"path": "lines.0.on", "message": "不是工作日"}]


async def test_too_many_says_when_to_come_back(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/forms", json={"title": "often"})
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "7"


async def test_an_unexpected_error_names_the_request_and_nothing_else(tiny: Tiny) -> None:
    path = "/tiny/v1/forms/0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77"
    answer = await tiny.http.get(path, headers={"X-Request-Id": "caller-0001"})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == "caller-0001"
    assert "caller-0001" in answer.json()["detail"]
    assert "王芳" not in answer.text
    assert "RuntimeError" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/tiny/v1/nothing", 404, "http.route.not_found"),
        ("GET", "/", 404, "http.route.not_found"),
        ("GET", "/tiny/v1/forms/", 404, "http.route.not_found"),
        ("DELETE", "/tiny/v1/forms", 405, "http.method.not_allowed"),
    ],
)
async def test_wrong_addresses_and_methods_are_problems_too(
    tiny: Tiny, method: str, path: str, status: int, code: str
) -> None:
    answer = await tiny.http.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 405:
        assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "kind", "path"),
    [
        (b"{", "application/json", "1"),
        (b'{"title": NaN}', "application/json", "10"),
        (b"\xff\xfe", "application/json", "0"),
        (b"[]", "application/json", ""),
        (b"title=ab", "text/plain", ""),
        (b"", "application/json", ""),
    ],
)
async def test_a_body_that_is_no_json_object_is_422(tiny: Tiny, body: bytes, kind: str, path: str) -> None:
    answer = await tiny.http.post("/tiny/v1/forms", content=body, headers={"Content-Type": kind})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == path


async def test_query_and_path_errors_say_where_they_are(tiny: Tiny) -> None:
    answer = await tiny.http.get("/tiny/v1/forms/x?limit=0")
    assert [error["path"] for error in answer.json()["errors"]] == ["query.limit", "path.form_id"]


@pytest.mark.parametrize("given", ["short", "has space in it", "x" * 129, 'quote"injection"'])
async def test_a_strange_request_id_is_replaced(tiny: Tiny, given: str) -> None:
    answer = await tiny.http.get("/tiny/v1/nothing", headers={"X-Request-Id": given})
    assert answer.headers["x-request-id"] != given
    assert UUID(answer.headers["x-request-id"]).version == 7
