"""Short ways to make a letter, freeze it and read its evidence over the API."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from shared.ids import uuid7
from tests.kpi.support import Feed
from tests.support.world import World

SUPERVISOR = UUID("01940000-0000-7000-8000-00000000000a")


async def letter(api: httpx.AsyncClient, world: World, feed: Feed, **more: Any) -> dict[str, Any]:
    body = {
        "template": "T003S",
        "community_id": str(feed.community),
        "subject_id": str(SUPERVISOR),
        "term": "2025",
        **more,
    }
    answer = await api.post("/kpi/v1/letters", json=body, headers=world.token("gm", feed.org))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    if found["state"] == "draft":
        await sign(api, world, feed, found)
    return found


async def sign(
    api: httpx.AsyncClient, world: World, feed: Feed, letter: dict[str, Any], paper: str = "letter"
) -> dict[str, Any]:
    """Have a paper of a letter signed at every place, as the personnel office enters it from the scan."""
    path, hr = f"/kpi/v1/letters/{letter['id']}", world.token("hr", feed.org)
    papers: dict[str, Any] = (await api.get(f"{path}/papers", headers=hr)).json()
    hashes = {"letter": papers["hash"], **{a["id"]: a["hash"] for a in papers["amendments"]}}
    hashes |= {r["kind"]: r["details"]["hash"] for r in papers["records"] if r["kind"] == "void"}
    for place in papers["signatories"]:
        body = {
            "paper": paper,
            "place": place["place"],
            "hash": hashes[paper],
            "method": "paper",
            "signer_id": letter["subject_id"] if place["by"] == "subject" else str(uuid7()),
            "signed_on": "2025-01-02",
            "sealed": place["seal"],
            "file_ids": [str(uuid7())],
        }
        answer = await api.post(f"{path}/signatures", json=body, headers=hr)
        assert answer.status_code == 200, answer.text
        papers = answer.json()
    return papers


async def freeze(
    api: httpx.AsyncClient, world: World, feed: Feed, letter_id: str, period: str = "2025-Q1", **more: Any
) -> httpx.Response:
    body = {"letter_id": letter_id, "period": period, **more}
    return await api.post("/kpi/v1/scorecards", json=body, headers=world.token("gm", feed.org))


async def evidence(
    api: httpx.AsyncClient, world: World, feed: Feed, card: dict[str, Any], **params: str
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await api.get(
            card["evidence_url"], params={"limit": "17", **params, **cursor}, headers=world.token("qa", feed.org)
        )
        assert answer.status_code == 200, answer.text
        found += answer.json()["items"]
        if answer.json()["next"] is None:
            return found
        cursor = {"cursor": answer.json()["next"]}
