"""The event types as a document: `docs/api/events.json` for machines, `events.md` for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any, Final

from shared.contracts.events import EventType, event_types
from shared.settings import SERVICES

_INTRODUCTION: Final = """\
# Events 事件

What each service says on its change feed, `GET /<service>/v1/changes`. Written by `make openapi` from
`shared/contracts/`; the JSON Schema of each type's `data` is in [events.json](events.json).

Every event travels in the same envelope:

| field | meaning 含义 |
|---|---|
| `id` | UUIDv7 of the event 事件编号 |
| `type`, `source` | what happened, and which service says so 类型与来源服务 |
| `org_id`, `community_id` | the organisation; the community where there is one 组织与小区 |
| `subject`, `seq` | what it happened to, and its version then 对象及其版本 |
| `position` | place in the organisation's feed: without gaps, in the order to apply 组织内的连续序号 |
| `occurred_at`, `recorded_at` | when it happened; when we learnt of it 发生时间与记录时间 (UTC) |
| `actor_id`, `trace_id` | who caused it, in which request 操作人与请求编号 |
| `data` | the fields listed below 以下各字段 |

Events carry no personal data 事件不含个人信息. Fields may be added at any time, so pass over unknown ones;
taking one away makes a new version beside the old one. Amounts named `…_fen` are whole fen (分). Lists are cut at
200 items; the rest follows in further events of the same subject.
"""


def consumers() -> Mapping[str, list[str]]:
    """Event type -> the services that follow it."""
    found: dict[str, list[str]] = {name: [] for name in event_types()}
    for service in SERVICES:
        for subscriptions in import_module(f"services.{service}.consumers").SUBSCRIPTIONS.values():
            for name in subscriptions:
                found.setdefault(name, []).append(service)
    return found


def as_json() -> dict[str, Any]:
    """Every type with its source, subject, texts, consumers and the JSON Schema of its data."""
    followers = consumers()
    return {
        name: {
            "source": event.source,
            "subject": event.subject,
            "title": {"zh": event.zh, "en": event.en},
            "announced": event.announced,
            "consumers": followers[name],
            "data": event.data.schema,
        }
        for name, event in event_types().items()
    }


def as_markdown() -> str:
    """The same as a page, source by source."""
    return "\n".join([_INTRODUCTION, *_pages()]) + "\n"


def _pages() -> Iterator[str]:
    followers = consumers()
    for source in SERVICES:
        yield f"## {source}\n"
        yield "| type 类型 | what happened 说明 | subject | data | followed by |"
        yield "|---|---|---|---|---|"
        for event in event_types().values():
            if event.source == source:
                yield _row(event, followers[event.name])
        yield ""


def _row(event: EventType, followers: list[str]) -> str:
    what = f"{event.zh} / {event.en}" + (" (announced, not emitted yet)" if event.announced else "")
    fields = ", ".join(_field(name, kind.schema) for name, kind in event.data.inner.items()) or "none"
    return f"| `{event.name}` | {what} | {event.subject} | {fields} | {', '.join(followers) or 'nobody yet'} |"


def _field(name: str, schema: Mapping[str, Any]) -> str:
    return f"`{name}` {_kind(schema)}"


def _kind(schema: Mapping[str, Any]) -> str:
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    optional = "?" if "null" in kinds else ""
    match kinds[0]:
        case "array":
            return f"[{_kind(schema['items'])}]{optional}"
        case "object" if "properties" in schema:
            return "{" + ", ".join(_field(name, inner) for name, inner in schema["properties"].items()) + "}"
        case "object":
            return "{code: " + _kind(schema["additionalProperties"]) + "}"
        case "string":
            return f"{schema.get('format', 'text')}{optional}"
        case plain:
            return f"{plain}{optional}"
