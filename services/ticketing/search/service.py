"""Finds things within a caller's reach: an exact number first, then numbers that begin so, then words, newest first.

Search only proposes ids. What is answered is read again under the caller's own reach, so that a document that lags
behind a moved community or a relation that has ended shows nobody what is not theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from services.ticketing.domain.bigrams import number_form
from services.ticketing.powers import POWERS
from services.ticketing.search import repository
from services.ticketing.search.loading import Loaded, load
from services.ticketing.search.marks import Hash, wanted, wanted_person
from services.ticketing.search.schemas import Kind
from services.ticketing.search.worded import FIRST_STEP, GROWTH, LAST_STEP, OWN, seen_communities
from services.ticketing.tickets import lists
from shared.auth import Principal
from shared.auth.powers import has_power
from shared.db.tx import Tx
from shared.http.paging import After

TIERS: Final = ("number", "prefix", "text")
#: What wants which power besides that of searching.
KINDS: Final[dict[Kind, str]] = {
    "ticket": "ticket.read",
    "unit": "register.read",
    "building": "register.read",
    "community": "register.read",
    "person": "people.read",
}
_NUMBERED: Final = {"ticket", "unit"}
_OF_RESIDENTS: Final = {"ticket", "unit"}


@dataclass(frozen=True, slots=True)
class Found:
    """A thing found, how, and where the next page goes on."""

    thing: Loaded
    match: str
    key: dict[str, Any]


def kinds_for(who: Principal, types: Sequence[Kind] | None) -> list[str]:
    """The kinds a caller may look for, of those wanted; people only by those who may read people."""
    held = [kind for kind, power in KINDS.items() if has_power(who, power, POWERS)]
    if who.is_resident:
        held = [kind for kind in held if kind in _OF_RESIDENTS]
    return [kind for kind in held if types is None or kind in types]


async def search(
    tx: Tx,
    who: Principal,
    hash: Hash,
    q: str,
    types: Sequence[Kind] | None,
    community_id: UUID | None,
    after: After | None,
    limit: int,
) -> list[Found]:
    """Up to ``limit`` things after the cursor, each once."""
    kinds = kinds_for(who, types)
    look = _Look(tx, who, hash, q, kinds, community_id)
    tier = 0 if after is None else after.number("tier")
    found: list[Found] = []
    for at in range(tier, len(TIERS)):
        here = after if at == tier else None
        if len(found) < limit and kinds:
            found += await look.tier(TIERS[at], here, limit - len(found))
    return found


@dataclass(frozen=True, slots=True)
class _Look:
    tx: Tx
    who: Principal
    hash: Hash
    q: str
    kinds: list[str]
    community_id: UUID | None

    async def tier(self, name: str, after: After | None, limit: int) -> list[Found]:
        if name == "text":
            return await self._texts(after, limit)
        return await self._numbers(name == "number", after, limit)

    async def _seen(self, hits: Sequence[tuple[UUID, str]]) -> list[Loaded]:
        """Those of the hits that the caller may see, in their order."""
        things = await load(self.tx, self.who, hits, self.community_id)
        return [things[id] for id, _ in hits if id in things]

    async def _numbers(self, exact: bool, after: After | None, limit: int) -> list[Found]:
        number = number_form(self.q)
        kinds = [kind for kind in self.kinds if kind in _NUMBERED]
        if not number or not kinds:
            return []
        below = None if after is None else (after.text("number"), after.uuid())
        found: list[Found] = []
        tier, step = (0, FIRST_STEP) if exact else (1, FIRST_STEP)
        while len(found) < limit:
            rows = await repository.numbered(self.tx, number, kinds, exact=exact, below=below, most=step)
            numbers = {row.id: row.number for row in rows}
            for thing in await self._seen([(row.id, row.kind) for row in rows]):
                key = {"tier": tier, "number": numbers[thing.id], "id": thing.id}
                found.append(Found(thing, TIERS[tier], key))
            if len(rows) < step:
                break
            below, step = (rows[-1].number, rows[-1].id), min(step * GROWTH, LAST_STEP)
        return found[:limit]

    async def _texts(self, after: After | None, limit: int) -> list[Found]:
        words = wanted(self.tx.org_id, self.q)
        if self.who.is_resident:
            return await self._own_texts(words, after, limit)
        # row: C-073, C-076 an owner's file is found by name and phone, by those alone who may read people
        personal = wanted_person(self.tx.org_id, self.hash, self.q) if self._reads_people() else None
        below = None if after is None else after.uuid()
        seen = await seen_communities(self.tx, self.who, self.community_id)
        found: list[Found] = []
        step = FIRST_STEP
        while len(found) < limit:
            hits = await repository.hits(
                self.tx,
                words=words,
                personal=personal,
                kinds=self.kinds,
                communities=seen,
                below=below,
                most=step,
            )
            found += self._by_text(await self._seen(hits))
            if len(hits) < step:
                break
            below, step = hits[-1][0], min(step * GROWTH, LAST_STEP)
        return found[:limit]

    def _reads_people(self) -> bool:
        return not self.who.is_resident and has_power(self.who, "people.read", POWERS)

    async def _own_texts(self, words: str | None, after: After | None, limit: int) -> list[Found]:
        if words is None:
            return []
        below = None if after is None else after.uuid()
        own = await repository.own_tickets(self.tx, await lists.reach(self.tx, self.who), below, OWN)
        things = [(id, "ticket") for id in own] + [(id, "unit") for id in self.who.units]
        of = {id: kind for id, kind in things if kind in self.kinds and (below is None or id < below)}
        hit = await repository.own_hits(self.tx, words, of.keys())
        ordered = sorted(hit, reverse=True)
        return self._by_text(await self._seen([(id, of[id]) for id in ordered]))[:limit]

    def _by_text(self, things: Sequence[Loaded]) -> list[Found]:
        """As text, without those that an earlier tier has answered."""
        number = number_form(self.q)
        return [
            Found(thing, "text", {"tier": 2, "id": thing.id})
            for thing in things
            if not (number and thing.number_form.startswith(number))
        ]
