"""Notices in editions and consents with their channel: what the app asks, what was agreed to, since when (D-076)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.ticketing.domain.consents import Decision, Edition, in_force, standings
from shared import clock
from tests.ticketing.cases import Desk, z

NOW = datetime(2025, 3, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def edition(number: int, begins: datetime, purpose: str = "privacy") -> Edition:
    return Edition(UUID(int=number), purpose, number, begins)


def said(purpose: str, number: int, given: bool) -> Decision:
    return Decision(purpose, number, given, NOW, "app")


def test_an_edition_holds_from_its_very_instant_until_the_next_one_begins() -> None:
    both = [edition(1, NOW - DAY), edition(2, NOW)]
    assert in_force(both, "privacy", NOW - timedelta(microseconds=1)) == both[0]
    assert in_force(both, "privacy", NOW) == both[1]
    assert in_force(both, "privacy", NOW - 2 * DAY) is None
    assert in_force(both, "terms", NOW) is None


def test_d076_what_is_asked_and_what_counts_as_agreed() -> None:
    texts = [edition(1, NOW - DAY), edition(2, NOW), edition(1, NOW, "marketing")]

    def stand(purpose: str, *decisions: Decision) -> tuple[bool, bool]:
        (found,) = [s for s in standings(texts, decisions, NOW) if s.purpose.code == purpose]
        return found.agreed, found.to_ask

    assert stand("privacy") == (False, True)
    assert stand("privacy", said("privacy", 1, True)) == (False, True)  # another text than the one agreed to
    assert stand("privacy", said("privacy", 2, True)) == (True, False)
    assert stand("privacy", said("privacy", 2, True), said("privacy", 2, False)) == (False, True)
    assert stand("marketing") == (False, True)  # silence is no consent
    assert stand("marketing", said("marketing", 1, False)) == (False, False)  # a no is an answer, not asked again
    assert stand("marketing", said("marketing", 1, True)) == (True, False)
    assert stand("marketing", said("marketing", 1, True), said("marketing", 1, False)) == (False, False)
    assert stand("marketing", said("privacy", 2, True)) == (False, True)  # one purpose says nothing of another


def text(purpose: str = "privacy", **more: Any) -> dict[str, Any]:
    title = {"zh": "隐私政策", "en": "Privacy notice"}
    return {"purpose": purpose, "title": title, "text": {"zh": "第一版", "en": "First edition"}, **more}


async def published(desk: Desk, purpose: str = "privacy", **more: Any) -> dict[str, Any]:
    answer = await desk.register.post("/notices", text(purpose, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def mine(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.register.get("/consents/mine", desk.owner())).json()
    return found


async def say(desk: Desk, notice: dict[str, Any], given: bool, n: int = 0) -> Any:
    return await desk.register.post("/consents", {"notice_id": notice["id"], "given": given}, desk.owner(n))


async def test_d076_the_app_asks_until_everything_required_is_accepted(desk: Desk) -> None:
    assert await mine(desk) == {"complete": True, "items": []}
    privacy, offers = await published(desk), await published(desk, "marketing")
    before = await mine(desk)
    assert not before["complete"] and [(i["purpose"], i["to_ask"]) for i in before["items"]] == [
        ("privacy", True),
        ("marketing", True),
    ]
    assert (await say(desk, privacy, True)).status_code == 201
    assert (await mine(desk))["complete"] is True
    assert (await say(desk, offers, True)).status_code == 201
    assert (await say(desk, offers, False)).status_code == 201
    after = {i["purpose"]: (i["agreed"], i["to_ask"]) for i in (await mine(desk))["items"]}
    assert after == {"privacy": (True, False), "marketing": (False, False)}
    events = await desk.register.events("consent.given.v1", "consent.withdrawn.v1")
    assert [(e["type"], e["data"]["purpose"], e["seq"]) for e in events] == [
        ("consent.given.v1", "privacy", 1),
        ("consent.given.v1", "marketing", 2),
        ("consent.withdrawn.v1", "marketing", 3),
    ]
    assert {e["subject"] for e in events} == {desk.community.people[0]}


async def test_a_new_edition_is_asked_for_anew_and_the_old_one_cannot_be_accepted(desk: Desk) -> None:
    first = await published(desk)
    await say(desk, first, True)
    second = await published(desk)
    assert (second["edition"], (await mine(desk))["complete"]) == (2, False)
    late = await say(desk, first, True)
    assert (late.status_code, late.json()["code"]) == (409, "ticketing.consent.superseded")
    await say(desk, second, True)
    history = (await desk.register.get(f"/people/{desk.community.people[0]}/consents")).json()
    assert [(c["edition"], c["given"], c["channel"]) for c in history] == [(1, True, "app"), (2, True, "app")]


async def test_an_edition_announced_for_later_may_be_accepted_early(desk: Desk) -> None:
    first = await published(desk)
    later = await published(desk, effective_from=z(clock.now() + DAY))
    await say(desk, first, True)
    assert (await mine(desk))["complete"] is True
    await say(desk, later, True)
    assert (await mine(desk))["complete"] is True
    for wrong in (clock.now() - DAY, clock.now() + timedelta(hours=1)):
        answer = await desk.register.post("/notices", text(effective_from=z(wrong)))
        assert (answer.status_code, answer.json()["code"]) == (422, "ticketing.notice.invalid")


async def test_the_same_answer_twice_is_one_record(desk: Desk) -> None:
    notice = await published(desk)
    answers = await asyncio.gather(*(say(desk, notice, True) for _ in range(4)))
    assert len({a.json()["id"] for a in answers}) == 1
    assert len(await desk.register.events("consent.given.v1")) == 1


async def test_a_paper_entered_late_does_not_undo_what_was_decided_after_it(desk: Desk) -> None:
    offers, person = await published(desk, "marketing"), desk.community.people[0]
    begin = clock.now()
    await say(desk, offers, True)
    paper = {"notice_id": offers["id"], "given": False, "channel": "paper", "decided_at": z(begin)}
    recorded = await desk.register.post(f"/people/{person}/consents", paper, desk.staff("clerk"))
    assert recorded.status_code == 201, recorded.text
    assert (await mine(desk))["items"][0]["agreed"] is True
    future = {**paper, "decided_at": z(clock.now() + DAY)}
    assert (await desk.register.post(f"/people/{person}/consents", future)).status_code == 422
    phone = {"notice_id": offers["id"], "given": False, "channel": "phone"}
    assert (await desk.register.post(f"/people/{person}/consents", phone, desk.staff("clerk"))).status_code == 201
    assert (await mine(desk))["items"][0]["agreed"] is False


async def test_consents_of_others_are_not_there_to_be_seen_or_given(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    notice, person = await published(desk), desk.community.people[0]
    paper = {"notice_id": notice["id"], "given": True, "channel": "counter"}
    path = f"/people/{person}/consents"
    assert (await desk.register.get(path, desk.owner(1))).status_code == 404
    assert (await desk.register.post(path, paper, desk.owner())).status_code == 403
    elsewhere = desk.register.staff("clerk", [uuid4()])
    assert (await desk.register.post(path, paper, elsewhere)).status_code == 404
    org = await other_org()
    stranger = desk.register.world.token("admin", org)
    assert (await desk.register.post(path, paper, stranger)).status_code == 404
    assert (await desk.register.get(f"/notices/{notice['id']}", stranger)).status_code == 404
    assert (await desk.register.post("/notices", text(), desk.staff("clerk"))).status_code == 403
    assert (await desk.register.post(f"/people/{person}/erase", {"reason": "迁出"})).status_code == 200
    assert (await desk.register.post(path, paper)).status_code == 409
