"""What validation errors and plain HTTP errors say to people, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

#: Titles by status: short, the same for every problem of that status.
TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("请求无法理解", "Bad request"),
    401: ("需要登录", "Sign-in needed"),
    403: ("没有权限", "Not allowed"),
    404: ("未找到", "Not found"),
    405: ("不支持的请求方法", "Method not allowed"),
    406: ("无法提供所需格式", "Not acceptable"),
    409: ("当前状态不允许此操作", "Not now"),
    410: ("已不存在", "Gone"),
    412: ("内容已被他人更新", "Lost update"),
    413: ("请求内容过大", "Content too large"),
    415: ("不支持的内容类型", "Unsupported media type"),
    422: ("请求内容有误", "Malformed request"),
    429: ("请求过于频繁", "Too many requests"),
    500: ("系统内部错误", "Internal error"),
    503: ("服务暂时不可用", "Temporarily unavailable"),
}

#: Sentences for errors that no AppError describes: status -> code, Chinese, English.
PLAIN: Final[Mapping[int, tuple[str, str, str]]] = {
    401: ("auth.token.missing", "请先登录", "Please sign in"),
    403: ("http.request.refused", "此请求不被允许", "This request is not allowed"),
    404: (
        "http.route.not_found",
        "该地址不存在，请检查路径",
        "There is nothing at this address; check the path",
    ),
    405: ("http.method.not_allowed", "该地址不支持此请求方法", "This address does not take this method"),
    413: (
        "http.body.too_large",
        "请求内容过大，请分批提交",
        "The content is too large; send it in smaller parts",
    ),
    415: ("http.body.unsupported", "请以 JSON 提交内容", "Send the content as JSON"),
    422: ("http.body.unreadable", "请求内容无法读取", "The content of the request cannot be read"),
    500: (
        "http.error.unexpected",
        "系统发生意外错误，请稍后再试；联系支持时请提供请求编号 {request_id}",
        "Something unexpected went wrong; try again shortly, and quote request {request_id} to support",
    ),
    503: (
        "http.service.unavailable",
        "服务暂时不可用，请稍后再试",
        "Temporarily unavailable; try again shortly",
    ),
}

MALFORMED: Final = (
    "http.request.malformed",
    "请求内容有 {count} 处错误，请按字段提示修改",
    "The request has {count} error(s); see the fields",
)

#: pydantic's error types in Chinese; English is pydantic's own sentence. Unlisted types say "format not right".
_ZH: Final[Mapping[str, str]] = {
    "missing": "必填",
    "extra_forbidden": "不允许此字段",
    "json_invalid": "不是有效的 JSON",
    "json_type": "不是有效的 JSON",
    "model_attributes_type": "应为 JSON 对象",
    "model_type": "应为 JSON 对象",
    "dict_type": "应为 JSON 对象",
    "list_type": "应为数组",
    "string_type": "应为字符串",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不符合要求（{pattern}）",
    "string_unicode": "包含无效字符",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "decimal_type": "应为十进制数",
    "decimal_parsing": "应为十进制数",
    "decimal_max_places": "最多 {decimal_places} 位小数",
    "decimal_max_digits": "最多 {max_digits} 位数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "multiple_of": "应为 {multiple_of} 的倍数",
    "finite_number": "应为有限的数",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "应为 UUID",
    "literal_error": "应为 {expected} 之一",
    "enum": "应为 {expected} 之一",
    "date_type": "应为日期 YYYY-MM-DD",
    "date_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_parsing": "应为日期 YYYY-MM-DD",
    "date_from_datetime_inexact": "应为日期 YYYY-MM-DD，不带时间",
    "datetime_type": "应为 RFC 3339 时间",
    "datetime_parsing": "应为 RFC 3339 时间",
    "datetime_from_date_parsing": "应为 RFC 3339 时间",
    "timezone_aware": "时间须带时区，例如 2025-03-07T01:30:00Z",
    "none_required": "应为空",
    "union_tag_invalid": "类型应为 {expected_tags} 之一",
    "union_tag_not_found": "缺少类型字段",
    "url_parsing": "应为网址",
    "value_error": "{error}",
    "assertion_error": "{error}",
}


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def field_path(loc: Sequence[int | str]) -> str:
    """Where a field is: `items.0.amount` in the body; `query.limit`, `path.id`, `header.if-match` elsewhere."""
    parts = list(loc)
    if parts and parts[0] == "body":
        parts = parts[1:]
    return ".".join(str(part) for part in parts)


def field_message(error: Mapping[str, Any], chinese: bool) -> str:
    """One sentence for one of pydantic's errors. Never repeats the value: it may be personal."""
    if not chinese:
        return str(error.get("msg", "not valid")).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    template = _ZH.get(str(error.get("type", "")))
    if template is None:
        return "格式不正确"
    return template.format_map(_Blank(error.get("ctx") or {}))
