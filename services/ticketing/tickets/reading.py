"""Fields that a kind or a deed declares as a dataclass of the standard library, read from JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

#: What a text of such a field may hold; the longest of an API's own paragraphs.
MOST_TEXT = 5000


@cache
def _reader(declared: type) -> tuple[TypeAdapter[Any], frozenset[str]]:
    return TypeAdapter(declared), frozenset(f.name for f in dataclasses.fields(declared))


def schema_of(declared: type) -> dict[str, Any]:
    """The JSON schema of such fields, for whoever draws forms."""
    return {**_reader(declared)[0].json_schema(), "additionalProperties": False}


def read_as(declared: type, raw: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields as values, and as JSON keeps them; both completed with defaults.

    Raises:
        TicketInvalid: unknown or wrong fields, each named.
    """
    adapter, known = _reader(declared)
    wrong = [
        FieldError(f"fields.{name}", "该工单类型没有此字段", "This kind of ticket has no such field")
        for name in raw
        if name not in known
    ]
    wrong += [
        FieldError(f"fields.{name}", f"最多 {MOST_TEXT} 字", f"At most {MOST_TEXT} characters")
        for name, value in raw.items()
        if isinstance(value, str) and len(value) > MOST_TEXT
    ]
    value = None
    try:
        value = adapter.validate_python({k: v for k, v in raw.items() if k in known})
    except ValidationError as error:
        for item in error.errors():
            path = ".".join(["fields", *map(str, item["loc"])])
            wrong.append(FieldError(path, f"内容无效：{item['msg']}", f"Not valid: {item['msg']}"))
    if wrong:
        raise TicketInvalid(fields=wrong)
    return {name: getattr(value, name) for name in known}, adapter.dump_python(value, mode="json")
