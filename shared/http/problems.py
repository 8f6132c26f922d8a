"""Errors as application/problem+json (RFC 9457), in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.errors import AppError
from shared.http.problem_texts import MALFORMED, PLAIN, TITLES, field_message, field_path
from shared.telemetry.context import request_id

MEDIA_TYPE: Final = "application/problem+json"
#: Problem types are names, not addresses: nothing has to be served for them, and no host can go away.
TYPE_PREFIX: Final = "urn:steward:problem:"


@lru_cache(maxsize=256)
def wants_chinese(accept_language: str | None) -> bool:
    """Chinese unless the header prefers English; other languages get Chinese too, the people's own here."""
    best, english = -1.0, False
    for part in (accept_language or "").split(","):
        tag, _, parameters = part.strip().partition(";")
        language = tag.strip().lower().split("-")[0]
        if language not in ("zh", "en", "*"):
            continue
        try:
            weight = float(parameters.strip().removeprefix("q=")) if parameters else 1.0
        except ValueError:
            weight = 0.0
        if weight > best:
            best, english = weight, language == "en"
    return not english


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    chinese: bool,
    instance: str,
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """One problem+json answer. `detail` is already in the caller's language; `errors` are {path, message}."""
    titles = TITLES.get(status) or TITLES[500 if status >= 500 else 400]
    body: dict[str, Any] = {
        "type": TYPE_PREFIX + code,
        "title": titles[0] if chinese else titles[1],
        "status": status,
        "detail": detail,
        "code": code,
        "instance": instance,
        "request_id": request_id.get(),
        "errors": list(errors),
    }
    response = Response(orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE)
    response.headers["Content-Language"] = "zh" if chinese else "en"
    if headers:
        response.headers.update(headers)
    return response


def sentence(error: AppError, chinese: bool) -> str:
    """What an AppError says to a person, in one language."""
    return error.sentence("zh" if chinese else "en")


def from_app_error(error: AppError, *, chinese: bool, instance: str) -> Response:
    """The answer to an AppError; `Retry-After` where the error knows how long (whole seconds)."""
    headers: dict[str, str] = {}
    headers.update(getattr(error, "headers", {}))
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        headers["Retry-After"] = str(max(1, int(retry_after)))
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    fields = [{"path": item.path, "message": item.zh if chinese else item.en} for item in error.fields]
    return problem(
        error.status,
        error.code,
        sentence(error, chinese),
        chinese=chinese,
        instance=instance,
        errors=fields,
        headers=headers,
    )


def unexpected(*, chinese: bool, instance: str) -> Response:
    """The answer to an exception that nobody foresaw: names the request, nothing else."""
    code, zh, en = PLAIN[500]
    detail = (zh if chinese else en).format(request_id=request_id.get())
    return problem(500, code, detail, chinese=chinese, instance=instance)


def _said(request: Request, code: str) -> str:
    """The code, left for the request's line in the log: what was refused, and why, is seen there."""
    request.state.problem = code
    return code


def _language(request: Request) -> bool:
    return wants_chinese(request.headers.get("accept-language"))


async def _on_app_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, AppError)
    _said(request, error.code)
    return from_app_error(error, chinese=_language(request), instance=request.url.path)


async def _on_malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    chinese = _language(request)
    found = error.errors()
    fields = [{"path": field_path(item["loc"]), "message": field_message(item, chinese)} for item in found]
    code, zh, en = MALFORMED
    detail = (zh if chinese else en).format(count=len(fields))
    return problem(422, _said(request, code), detail, chinese=chinese, instance=request.url.path, errors=fields)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    chinese = _language(request)
    # Starlette says 400 for a body it cannot read; malformed is 422 everywhere in this API.
    status = 422 if error.status_code == 400 else error.status_code
    code, zh, en = PLAIN.get(status, ("http.request.refused", error.detail, error.detail))
    detail, path = zh if chinese else en, request.url.path
    return problem(status, _said(request, code), detail, chinese=chinese, instance=path, headers=error.headers)


def install(app: FastAPI) -> None:
    """Make every error of `app` a problem; what these handlers do not know, the middleware answers with 500."""
    app.add_exception_handler(AppError, _on_app_error)
    app.add_exception_handler(RequestValidationError, _on_malformed)
    app.add_exception_handler(HTTPException, _on_http_exception)


#: Examples for OpenAPI: status -> code, detail, field errors.
_EXAMPLES: Final[Mapping[int, tuple[str, str, list[dict[str, str]]]]] = {
    401: ("auth.token.expired", "登录已过期，请重新登录", []),
    403: ("auth.power.missing", "您的账号没有此操作的权限（ticket.create）", []),
    404: ("ticketing.ticket.not_found", "未找到该工单，或不在您的管理范围内", []),
    410: ("kpi.feed.cursor_gone", "游标过旧，请重新拉取全量", []),
    409: ("idempotency.key.reused", "该幂等键已用于另一个请求", []),
    412: ("http.version.lost_update", "内容已被他人更新，请刷新后重试", []),
    413: ("http.body.too_large", "请求内容过大，请分批提交", []),
    422: (
        "http.request.malformed",
        "请求内容有 1 处错误，请按字段提示修改",
        [{"path": "items.0.amount", "message": "格式不符合要求"}],
    ),
    429: ("http.rate.limited", "请求过于频繁，请稍后再试", []),
    500: ("http.error.unexpected", "系统发生意外错误，请稍后再试", []),
    503: ("http.service.unavailable", "服务暂时不可用，请稍后再试", []),
}

#: The schema behind every error, put into each service's OpenAPI document by `shared.http.openapi`.
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "title": "Problem",
    "type": "object",
    "description": "RFC 9457 problem details. Switch on `code`; show `detail` to people.",
    "required": ["type", "title", "status", "detail", "code", "instance", "request_id", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "description": "`<service>.<noun>.<reason>`; never changes"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "message"],
                "properties": {"path": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI `responses=` of an endpoint: each status with the Problem schema and an example."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        code, detail, errors = _EXAMPLES.get(status, _EXAMPLES[500])
        titles = TITLES.get(status, TITLES[500])
        example = {
            "type": TYPE_PREFIX + code,
            "title": titles[0],
            "status": status,
            "detail": detail,
            "code": code,
            "instance": "/ticketing/v1/tickets",
            "request_id": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77",
            "errors": errors,
        }
        found[status] = {
            "description": titles[1],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
        }
    return found
