"""Who is told: from an event's people and a unit's relations to the persons who get the message.

A ticket is its reporter's affair: a tenant's complaint is not sent to the landlord. The owners are told
where nobody of the household is known as the reporter, for instance when a clerk took the call. A bill goes
to its payer, else to the unit's agreed payer, else to its owners.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

OWNERS: Final = ("owner", "co_owner")


@dataclass(frozen=True)
class Relation:
    """A person's tie to a unit (owner, co_owner, family, tenant, agent, payer); `until` is its last day, or
    None."""

    person_id: UUID
    role: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the tie holds on a local date, both ends included."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)


@dataclass(frozen=True)
class Employee:
    """Somebody who works here: the roles they hold, the org units they are assigned to."""

    id: UUID
    roles: frozenset[str]
    units: frozenset[UUID]


def _unique(people: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(people))


def _owners(relations: Sequence[Relation]) -> tuple[UUID, ...]:
    return _unique(r.person_id for r in relations if r.role in OWNERS)


def _reporter(person: UUID | None, relations: Sequence[Relation]) -> tuple[UUID, ...]:
    if person is not None and (not relations or any(r.person_id == person for r in relations)):
        return (person,)
    return _owners(relations)


def _payer(person: UUID | None, relations: Sequence[Relation]) -> tuple[UUID, ...]:
    if person is not None:
        return (person,)
    return _unique(r.person_id for r in relations if r.role == "payer") or _owners(relations)


def _person(person: UUID | None, relations: Sequence[Relation]) -> tuple[UUID, ...]:
    return (person,) if person is not None else _owners(relations)


def on_duty(
    assignee: UUID | None,
    level: int,
    role: str,
    path: Sequence[UUID],
    staff: Iterable[Employee],
    here: Collection[UUID] | None = None,
) -> tuple[UUID, ...]:
    """Whom the state of a clock concerns: the assignee, and whoever holds `role` at the nearest org unit of `path`
    (root first) that has somebody.

    At level 1 an assignee is enough: whoever is at it is warned. From level 2 on those above hear of it as well. `here`
    are those on duty now (None: not known): at level 1 the nearest org unit counts that has one of them, and where
    none of them holds the role it is told to whoever does, for somebody has to hear.
    """
    first = () if assignee is None else (assignee,)
    if level == 1 and first:
        return first
    holders = [e for e in staff if role in e.roles]
    if level == 1 and here is not None and (there := [e for e in holders if e.id in here]):
        holders = there
    for unit in reversed(path):
        if near := [e.id for e in holders if unit in e.units]:
            return _unique((*first, *near))
    return first


AUDIENCES: Final[Mapping[str, Callable[[UUID | None, Sequence[Relation]], tuple[UUID, ...]]]] = {
    "reporter": _reporter,
    "payer": _payer,
    "person": _person,
}


def recipients(audience: str, person: UUID | None, relations: Iterable[Relation], on: date) -> tuple[UUID, ...]:
    """The people who get the message, each once and in a stable order; empty where nobody is known.

    `person` is whom the event itself names (its reporter or payer), `relations` all ties of the event's
    unit; only those that hold on the local date `on` count. A reporter without a unit (a public place) is
    told alone.
    """
    return AUDIENCES[audience](person, [r for r in relations if r.holds(on)])
