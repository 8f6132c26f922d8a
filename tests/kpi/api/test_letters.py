"""Letters, templates and indicators over the API."""

from __future__ import annotations

from uuid import UUID

import httpx

from services.kpi.catalogue import letters
from shared.ids import uuid7
from tests.kpi.api.support import SUPERVISOR, letter
from tests.kpi.support import Feed
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"


async def test_letters_are_checked_listed_and_unique(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    """C-205, G-027."""
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    signed = await letter(api, world, feed, term=None, period="2025")
    assert signed["parameters"]["partial_policy"] == "linear" and signed["term"] == "2025"
    assert signed["template_version"] == letters()["T003S"].version
    gm = world.token("gm", org)
    body = {"template": "T003S", "community_id": str(feed.community), "subject_id": str(SUPERVISOR), "term": "2025"}
    for change, status, code in (
        ({}, 409, "kpi.letter.exists"),
        ({"template": "T9"}, 404, "kpi.template.unknown"),
        ({"community_id": str(uuid7())}, 404, "kpi.community.unknown"),
        ({"parameters": {"x": 1}}, 422, "kpi.input.invalid"),
        ({"term": "soon"}, 422, "kpi.input.invalid"),
    ):
        answer = await api.post("/kpi/v1/letters", json={**body, **change}, headers=gm)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    listed = await api.get("/kpi/v1/letters", params={"template": "T003S"}, headers=gm)
    assert [row["id"] for row in listed.json()["items"]] == [signed["id"]]
    elsewhere = world.token("gm", org, units=[uuid7()])
    assert (await api.get(f"/kpi/v1/letters/{signed['id']}", headers=elsewhere)).status_code == 404
    assert (await api.get("/kpi/v1/letters", headers=elsewhere)).json()["items"] == []


async def test_d053_quality_assurance_makes_letters_and_those_whom_they_appraise_do_not(
    api: httpx.AsyncClient, world: World, org: UUID
) -> None:
    feed = Feed(world, org)
    feed.register()
    await feed.apply()
    body = {"template": "T003S", "community_id": str(feed.community), "subject_id": str(SUPERVISOR), "term": "2025"}
    for role in ("supervisor", "cs_manager", "clerk"):
        assert (await api.post("/kpi/v1/letters", json=body, headers=world.token(role, org))).status_code == 403
    made = await api.post("/kpi/v1/letters", json=body, headers=world.token("qa", org))
    assert made.status_code == 201, made.text


async def test_templates_and_indicators_describe_themselves(api: httpx.AsyncClient, world: World, org: UUID) -> None:
    staff = world.token("clerk", org)
    template = (await api.get("/kpi/v1/templates/T003S", headers=staff)).json()
    assert [(s["section"], s["points"]) for s in template["sections"]] == [
        ("complaints", "30.00"),
        ("archives", "20.00"),
        ("survey", "25.00"),
        ("collection", "25.00"),
    ]
    assert {p["parameter"]: p["default"] for p in template["parameters"]}["partial_policy"] == "linear"
    listed = (await api.get("/kpi/v1/templates", headers=staff)).json()["items"]
    assert "T003S" in [row["id"] for row in listed]
    indicators = (await api.get("/kpi/v1/indicators", params={"limit": 200}, headers=staff)).json()["items"]
    assert {"A-211", "A-236"} <= {row["row"] for row in indicators}
    one = (await api.get(f"/kpi/v1/indicators/{HANDLING}", headers=staff)).json()
    assert "ticket.responded.v1" in one["watches"]
    for path in ("/kpi/v1/indicators/none", "/kpi/v1/templates/none", f"/kpi/v1/scorecards/{uuid7()}"):
        assert (await api.get(path, headers=staff)).status_code == 404
    bad = await api.get(f"/kpi/v1/indicators/{HANDLING}/value", params={"period": "x"}, headers=staff)
    assert bad.status_code == 422
