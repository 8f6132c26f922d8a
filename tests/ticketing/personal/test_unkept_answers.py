"""What a door opened is kept by no idempotency key: no erasure would reach it there (G-011, D-075)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.http.routing import StewardRoute
from tests.ticketing.cases import Desk

KEY = {"Idempotency-Key": "opened-once-0001"}


@pytest.mark.parametrize("door", ["people", "archive", "contact", "signatures"])
async def test_g011_an_opened_answer_is_kept_nowhere_and_each_opening_is_on_record(desk: Desk, door: str) -> None:
    """D-075: with a key the door opens as without one, twice if asked twice, and stores no answer."""
    register, owner = desk.register, str(desk.community.people[0])
    ticket = await desk.handled(headers=desk.owner())
    await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app")
    (file,) = await register.stored(
        "archives", [{"external_id": "A", "unit": "CX-1-1", "person": "CX-P1", "fields": {"name": "张1伟"}}]
    )
    body = {"reason": "核对联系方式"}
    path, given = {
        "people": ("/people/open", {"ids": [owner], **body}),
        "archive": (f"/archives/{file}/open", body),
        "contact": (f"/tickets/{ticket['id']}/open-contact", body),
        "signatures": (f"/tickets/{ticket['id']}/signatures/open", body),
    }[door]
    headers = {**register.world.token("admin", register.org), **KEY}
    answers = [await register.post(path, given, headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [200, 200], answers[0].text
    assert all(a.headers["Cache-Control"] == "no-store" for a in answers)
    assert all("Idempotency-Replayed" not in a.headers for a in answers)
    async with register.world.runtime("ticketing").db.read(register.org) as tx:
        kept = await tx.scalar(
            text("SELECT count(*) FROM ticketing.idempotency_keys WHERE key = :key"), {"key": KEY["Idempotency-Key"]}
        )
    assert kept == 0


def test_every_door_that_opens_is_marked(desk: Desk) -> None:
    """D-075: whoever adds a door (`…/open`, `…/open-contact`) marks it, or its answers are kept for a week."""
    kept = {
        route.path
        for route in _routes(desk)
        if "POST" in (route.methods or ()) and route.path.rsplit("/", 1)[-1] in {"open", "open-contact"}
        if route.keeps_answers
    }
    assert kept == {"/ticketing/v1/surveys/{id}/open"}  # opens a survey, not somebody's data


def _routes(desk: Desk) -> list[StewardRoute]:
    app = desk.register.world.apps["ticketing"]
    return [route for route in app.routes if isinstance(route, StewardRoute)]
