"""Deeds: what is done to cases of one kind alone, such as verifying a hazard or ruling on an incident.

The commands of :mod:`services.ticketing.domain.commands` are those that many kinds share. A kind that needs more
declares it beside its states: a name, whose it is, which fields come with it, what it does to the case. So a new kind
stays one file, and whoever draws forms reads it from the list of kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.facts import COLUMNS, Facts
from services.ticketing.domain.ticket_errors import AlreadyRecorded, OwnCase

#: Said with a deed and kept in the history alone: why it was done is no property of the case.
OF_THE_ENTRY: Final = frozenset({"reason", "note"})

Effect = Callable[[Facts, datetime, Mapping[str, Any]], Facts]


@dataclass(frozen=True, slots=True)
class Nothing:
    """No fields of its own."""


def same(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    """Nothing but what is kept with the case."""
    return facts


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed. What comes with it is kept in the case's ``fields``, except reasons, notes and the case's own columns.

    ``roles`` may do it. ``stamp``: the name under which ``fields`` keep when it happened; the earliest stands.
    ``second``: not by whoever handled the case. ``public``: owners see it in the history, and its fields on the case.
    """

    code: str
    zh: str
    en: str
    roles: frozenset[str]
    fields: type = Nothing
    stamp: str = ""
    effect: Effect = same
    second: bool = False
    public: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """The names that it leaves in the case's fields."""
        own = tuple(f.name for f in fields(self.fields) if f.name not in OF_THE_ENTRY and f.name not in COLUMNS)
        return (*own, self.stamp) if self.stamp else own


def done(
    deed: Deed, before: Facts, at: datetime, given: Mapping[str, Any], actor_id: UUID | None, local: str
) -> Facts:
    """The case after a deed at ``at``; ``local`` is how a refusal writes a time of the community's zone.

    Raises:
        OwnCase: by the handler, and for a second person to do.
        AlreadyRecorded: it is on record with an earlier or equal time.
        What the deed itself refuses.
    """
    if deed.second and actor_id is not None and actor_id in (before.handler_id, before.assignee_id):
        raise OwnCase(action_zh=deed.zh, action_en=deed.en)
    known = before.time(deed.stamp)
    if known is not None and at >= known:
        raise AlreadyRecorded(at=local)
    kept = {n: plain(given[n]) for n in deed.kept if n != deed.stamp and given.get(n) is not None}
    if deed.stamp:
        kept[deed.stamp] = plain(at)
    return deed.effect(replace(before, fields={**before.fields, **kept}) if kept else before, at, given)


def plain(value: Any) -> Any:
    """A value as JSON keeps it: instants in UTC, ids as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return str(value)
    return [plain(v) for v in value] if isinstance(value, list | tuple) else value
