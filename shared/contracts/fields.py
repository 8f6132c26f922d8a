"""What the data of an event is made of: a few kinds of JSON values, each with its check and its JSON Schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DECIMAL: Final = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value. ``faults(value, path)`` yields what is wrong, ``schema`` is its JSON Schema."""

    schema: Mapping[str, Any]
    faults: Callable[[Any, str], Iterator[str]]
    #: The fields of an object, or of the objects in a list; empty for plain values.
    inner: Mapping[str, Kind]


def _plain(schema: Mapping[str, Any], fits: Callable[[Any], bool], what: str) -> Kind:
    def faults(value: Any, path: str) -> Iterator[str]:
        if not fits(value):
            yield f"{path} is {value!r}, not {what}"

    return Kind(schema, faults, {})


def _text(pattern: re.Pattern[str] | None, format: str | None, what: str) -> Kind:
    schema: dict[str, Any] = {"type": "string"}
    if format is not None:
        schema["format"] = format
    elif pattern is not None:
        schema["pattern"] = f"^{pattern.pattern}$"

    def fits(value: Any) -> bool:
        return isinstance(value, str) and (pattern is None or pattern.fullmatch(value) is not None)

    return _plain(schema, fits, what)


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


ID: Final = _text(_UUID, "uuid", "an id")
TIME: Final = _text(_TIME, "date-time", "an instant with its zone")
DATE: Final = _text(_DATE, "date", "a local date")
TEXT: Final = _text(None, None, "a text")
#: A code of a registry or a list in the code; new ones may come at any time, so consumers pass over unknown ones.
CODE: Final = _text(re.compile(r"[A-Za-z][A-Za-z0-9_.:-]*"), None, "a code")
#: `2025`, `2025-H1`, `2025-Q1` or `2025-03`.
PERIOD: Final = _text(re.compile(r"\d{4}(-(H[12]|Q[1-4]|\d\d))?"), None, "a period")
#: An exact number as a string.
DECIMAL: Final = _text(_DECIMAL, None, "a decimal number in a string")
BOOL: Final = _plain({"type": "boolean"}, lambda value: isinstance(value, bool), "true or false")
INT: Final = _plain({"type": "integer"}, _whole, "a whole number")
#: Money in fen (分).
FEN: Final = _plain({"type": "integer", "description": "fen (分)"}, _whole, "whole fen")


def maybe(kind: Kind) -> Kind:
    """The same, or null; for plain values and lists."""

    def faults(value: Any, path: str) -> Iterator[str]:
        if value is not None:
            yield from kind.faults(value, path)

    schema = {**kind.schema, "type": [kind.schema["type"], "null"]}
    return Kind(schema, faults, kind.inner)


def some(kind: Kind, most: int | None = None) -> Kind:
    """A list of them, of at most ``most``."""

    def faults(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{path} is {value!r}, not a list"
            return
        if most is not None and len(value) > most:
            yield f"{path} has {len(value)} items, at most {most} are promised"
        for index, item in enumerate(value):
            yield from kind.faults(item, f"{path}.{index}")

    schema: dict[str, Any] = {"type": "array", "items": kind.schema}
    if most is not None:
        schema["maxItems"] = most
    return Kind(schema, faults, kind.inner)


def record(**fields: Kind) -> Kind:
    """An object of exactly these fields (in a schema: at least these, for producers may add some)."""

    def faults(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path or 'data'} is {value!r}, not an object"
            return
        prefix = f"{path}." if path else ""
        for name in sorted(fields.keys() - value.keys()):
            yield f"{prefix}{name} is missing"
        for name in sorted(value.keys() - fields.keys()):
            yield f"{prefix}{name} is not in the contract"
        for name, kind in fields.items():
            if name in value:
                yield from kind.faults(value[name], f"{prefix}{name}")

    schema = {
        "type": "object",
        "required": list(fields),
        "properties": {name: kind.schema for name, kind in fields.items()},
    }
    return Kind(schema, faults, fields)


def mapping(kind: Kind) -> Kind:
    """An object with codes as keys and values of one kind."""

    def faults(value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{path} is {value!r}, not an object"
            return
        for key, inner in value.items():
            yield from kind.faults(inner, f"{path}.{key}")

    return Kind({"type": "object", "additionalProperties": kind.schema}, faults, {})


def names(kind: Kind) -> Iterator[str]:
    """The names of all fields at every depth."""
    for name, inner in kind.inner.items():
        yield name
        yield from names(inner)
