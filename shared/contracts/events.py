"""Every event type there is, with the fields of its data: what consumers may rely on and producers must keep.

Fields may be added; taking one away, or giving it another meaning, makes a new version of the type (`.v2`) beside the
old one. `docs/api/events.json` and `events.md` are written from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any, Final

from shared.contracts.fields import Kind, names

_SOURCES: Final = ("ticketing", "billing", "kpi", "notify")


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event.

    name: such as `ticket.responded.v1`; subject: what the envelope's `subject` is the id of, in whose order (`seq`)
    consumers apply it; zh, en: what happened; data: its fields; announced: part of the contract, but nothing emits it
    yet.
    """

    name: str
    subject: str
    zh: str
    en: str
    data: Kind
    source: str = ""
    announced: bool = False

    def faults(self, data: Any) -> Iterator[str]:
        """How `data` breaks this contract; nothing when it keeps it."""
        yield from self.data.faults(data, "")

    def field_names(self) -> set[str]:
        """The names of all fields, at every depth."""
        return set(names(self.data))


@cache
def event_types() -> Mapping[str, EventType]:
    """All types by name. Raises ValueError when a name stands twice."""
    found: dict[str, EventType] = {}
    for source in _SOURCES:
        declared: Iterable[EventType] = import_module(f"shared.contracts.{source}_events").EVENTS
        for event in declared:
            if event.name in found:
                raise ValueError(f"{event.name} is declared twice")
            found[event.name] = EventType(
                event.name, event.subject, event.zh, event.en, event.data, source, event.announced
            )
    return MappingProxyType(found)
