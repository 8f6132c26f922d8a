"""Warnings reach whoever is on duty, as ticketing's rosters have it; nobody is left out while that is not known."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.notify.domain.audience import Employee, on_duty
from services.notify.models import messages
from services.notify.telling.duty import prepare_duty
from services.ticketing.orgs.service import create_in
from shared.auth.tokens import ServiceTokens
from shared.contracts.envelope import Event
from shared.http.clients import ServiceClient
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.support.world import SERVICE_KEYS, Standing, World
from tests.ticketing.rosters.test_rosters import desk, local, roster, shift
from tests.ticketing.staff.support import Company
from tests.ticketing.support import Register

BRANCH, CITY = UUID(int=1), UUID(int=2)
NEAR, OTHER, FAR = (UUID(int=n) for n in (11, 12, 13))
CLERKS = [
    Employee(NEAR, frozenset({"clerk"}), frozenset({BRANCH})),
    Employee(OTHER, frozenset({"clerk"}), frozenset({BRANCH})),
    Employee(FAR, frozenset({"clerk"}), frozenset({CITY})),
]


@pytest.mark.parametrize(
    ("level", "here", "told"),
    [
        (1, {OTHER}, (OTHER,)),
        (1, {FAR}, (FAR,)),  # nobody near is on duty: the next level is
        (1, set(), (NEAR, OTHER)),  # nobody at all is: somebody has to hear
        (1, {UUID(int=99)}, (NEAR, OTHER)),  # on duty, though not for this
        (1, None, (NEAR, OTHER)),
        (2, {FAR}, (NEAR, OTHER)),  # those above hear of it wherever they are
    ],
)
def test_the_nearest_on_duty_is_told_and_never_nobody(
    level: int, here: set[UUID] | None, told: tuple[UUID, ...]
) -> None:
    assert on_duty(None, level, "clerk", [CITY, BRANCH], CLERKS, here) == told


class Watch:
    """A branch with two clerks, one of them on duty, and what notify tells them."""

    def __init__(self, feed: Feed, company: Company) -> None:
        self.feed, self.company = feed, company
        self.ann, self.bob = company.people["ann"], company.people["bob"]

    async def staff(self) -> None:
        for person in (self.ann, self.bob):
            data = {"person_id": str(person), "roles": ["clerk"], "units": [str(self.company.east)]}
            await self.feed.apply([self.feed.event("staff.upserted.v1", person, data)])

    def warning(self, **more: Any) -> Event:
        data = {
            "number": "C20250307-0012", "kind": "complaint", "unit_id": None, "reporter_id": None,
            "ticket_id": str(uuid7()), "clock": "complaint.response", "due_at": "2025-03-07T02:00:00Z",
            "percent": 80, "level": 1, "role": "clerk", "assignee_id": None, "org_units": [str(self.company.east)],
        }  # fmt: skip
        return self.feed.event("clock.warned.v1", uuid7(), {**data, **more})

    async def tell(self, event: Event) -> set[UUID]:
        """Who hears of an event, prepared as the puller does."""
        prepared = {event.type: await prepare_duty(self.feed.rt, self.feed.org, [event])}
        await self.feed.apply([event], prepared)
        async with self.feed.rt.db.read(self.feed.org) as tx:
            rows = await tx.rows(
                messages.select().where(messages.c.org_id == tx.org_id, messages.c.cause_id == event.id)
            )
        return {row.person_id for row in rows}


@pytest.fixture
async def watch(
    world: World, api: httpx.AsyncClient, org: UUID, standing: Callable[[Any], Standing]
) -> AsyncIterator[Watch]:
    standing(local(6))
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "测试物业")
    company = await Company.founded(Register(world, api, org))
    await desk(company)
    await roster(company, shift("ann", 8, 14), shift("bob", 14, 20))
    standing(local(9))
    found = Watch(Feed(world.runtime("notify"), org), company)
    await found.staff()
    real = found.feed.rt.peers["ticketing"]
    yield found
    found.feed.rt.peers["ticketing"] = real
    found.feed.rt.state.pop("notify.duty", None)


def down(watch: Watch) -> None:
    """From now on ticketing cannot be asked."""
    tokens = ServiceTokens("notify", SERVICE_KEYS["notify"])
    watch.feed.rt.peers["ticketing"] = ServiceClient("http://127.0.0.1:1", tokens, "ticketing")


async def test_a_warning_reaches_who_is_on_duty_now(watch: Watch, standing: Callable[[Any], Standing]) -> None:
    assert await watch.tell(watch.warning()) == {watch.ann}
    standing(local(15))
    assert await watch.tell(watch.warning()) == {watch.bob}


async def test_the_answer_is_kept_for_a_moment_and_no_longer(
    watch: Watch, standing: Callable[[Any], Standing]
) -> None:
    assert await watch.tell(watch.warning()) == {watch.ann}
    down(watch)
    standing(local(9) + timedelta(minutes=1))
    assert await watch.tell(watch.warning()) == {watch.ann}
    standing(local(15))
    assert await watch.tell(watch.warning()) == {watch.ann, watch.bob}


async def test_while_ticketing_cannot_be_asked_everybody_who_holds_the_role_hears(watch: Watch) -> None:
    down(watch)
    assert await watch.tell(watch.warning()) == {watch.ann, watch.bob}


async def test_an_org_unit_that_ticketing_does_not_know_takes_nobody_out(watch: Watch) -> None:
    event = watch.warning(org_units=[str(watch.company.east), str(uuid7())])
    assert await watch.tell(event) == {watch.ann, watch.bob}
