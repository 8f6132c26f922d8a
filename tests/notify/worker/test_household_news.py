"""People hear what became of their own standing: bound, refused, activated, admitted, merged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.notify.models import messages
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.support.world import World


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


async def told(feed: Feed) -> dict[tuple[str, UUID], Any]:
    async with feed.rt.db.read(feed.org) as tx:
        rows = await tx.rows(select(messages).where(messages.c.org_id == tx.org_id))
    return {(row.template, row.person_id): row for row in rows}


@pytest.mark.parametrize(
    ("state", "refusal", "template", "word"),
    [
        ("approved", None, "binding.approved", "已通过"),
        ("refused", "proof_needed", "binding.refused", "请提供权属或租赁证明"),
    ],
)
async def test_whoever_asked_to_be_bound_hears_what_became_of_it(
    feed: Feed, state: str, refusal: str | None, template: str, word: str
) -> None:
    unit, person = await feed.household()
    request = uuid7()
    decided = {"person_id": str(person), "state": state, "refusal": refusal}
    decided["unit_id"] = str(unit) if state == "approved" else None
    await feed.apply(
        [
            feed.event("binding.requested.v1", request, {"person_id": str(person), "role": "owner"}),
            feed.event("binding.decided.v1", request, decided, seq=2),
        ]
    )
    found = await told(feed)
    assert set(found) == {("binding.requested", person), (template, person)}
    assert word in found[(template, person)].body


async def test_a_request_that_was_withdrawn_is_no_news(feed: Feed) -> None:
    _, person = await feed.household()
    gone = {"person_id": str(person), "state": "withdrawn", "refusal": None, "unit_id": None}
    await feed.apply([feed.event("binding.decided.v1", uuid7(), gone)])
    assert await told(feed) == {}


async def test_an_admission_is_told_to_whoever_was_admitted_and_to_the_owners(feed: Feed) -> None:
    unit, owner = await feed.household()
    guest = uuid7()
    data = {"person_id": str(guest), "unit_id": str(unit), "role": "tenant", "admitted_by": str(owner)}
    event = feed.event("household.admitted.v1", uuid7(), data)
    for _ in range(2):  # told twice it is one message
        await feed.apply([event])
    found = await told(feed)
    assert set(found) == {("household.admitted", guest), ("household.joined", owner)}
    assert "租户" in found[("household.joined", owner)].body


async def test_an_activation_and_a_merge_are_told_to_the_person(feed: Feed) -> None:
    unit, owner = await feed.household()
    used = {"person_id": str(owner), "unit_id": str(unit), "relation_id": str(uuid7())}
    await feed.apply(
        [
            feed.event("activation.redeemed.v1", uuid7(), used),
            feed.event("person.merged.v1", uuid7(), {"survivor_id": str(owner)}, seq=2),
        ]
    )
    found = await told(feed)
    assert set(found) == {("activation.redeemed", owner), ("person.merged", owner)}
    assert "翠湖花园 1-101" in found[("activation.redeemed", owner)].body
