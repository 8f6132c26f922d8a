"""By what way a matter reached us, and what each way demands (C-043, B-024)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest

from services.ticketing.domain.channels import CHANNELS
from tests.shared.files import samples
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]
OFFICIAL = {"number": "JK20250307-11", "deadline": z(NOON + 48 * H)}


async def upload(desk: Desk, headers: dict[str, str], name: str, data: bytes) -> str:
    answer = await desk.register.api.post(f"{BASE}/files", files={"file": (name, data)}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


@pytest.mark.parametrize("channel", sorted(CHANNELS))
async def test_c043_each_channel_takes_in_what_has_all_it_demands(desk: Desk, standing: Clock, channel: str) -> None:
    standing(NOON)
    headers = desk.staff()
    origin: dict[str, Any] = {}
    more: dict[str, Any] = {}
    if channel == "wechat_group":
        picture = await upload(desk, headers, "group.jpg", samples.photo())
        origin = {"screenshot_id": picture, "posted_at": z(NOON - 5 * M)}
        more = {"attachments": [picture]}
    elif "number" in CHANNELS[channel].demands:
        origin = OFFICIAL
    elif channel == "media":
        origin = {"outlet": "都市晚报"}
    ticket = await desk.ticket(headers=headers, channel=channel, **({"origin": origin} if origin else {}), **more)
    assert ticket["channel"] == channel
    if channel == "wechat_group":  # the owner told us when they wrote it, and every limit counts from there
        assert ticket["received_at"] == z(NOON - 5 * M)
    shown = (await desk.register.get(f"/tickets/{ticket['id']}")).json()
    assert shown["origin"] == ticket["origin"]
    assert (shown["authority_number"], shown["authority_deadline"]) == (
        origin.get("number"),
        origin.get("deadline"),
    )


@pytest.mark.parametrize(
    ("channel", "origin", "paths"),
    [
        ("wechat_group", {}, {"origin.screenshot_id", "origin.posted_at"}),
        ("wechat_group", {"screenshot_id": str(uuid4()), "posted_at": z(NOON)}, {"origin.screenshot_id"}),
        ("hotline_12345", {}, {"origin.number", "origin.deadline"}),
        ("authority", {**OFFICIAL, "deadline": z(NOON)}, {"origin.deadline"}),
        ("media", {}, {"origin.outlet"}),
        ("media", {"outlet": "晚报", "posted_at": z(NOON + M)}, {"origin.posted_at"}),
        ("phone", {"number": "1"}, {"origin.number"}),
        ("visit", {"visit_id": str(uuid4())}, {"origin.visit_id"}),
        ("phone", {"call_id": str(uuid4())}, {"origin.call_id"}),
    ],
)
async def test_c043_what_is_missing_or_strange_is_named(
    desk: Desk, standing: Clock, channel: str, origin: dict[str, str], paths: set[str]
) -> None:
    standing(NOON)
    answer = await desk.intake(channel=channel, origin=origin)
    assert answer.status_code == 422, answer.text
    assert {e["path"] for e in answer.json()["errors"]} == paths


async def test_a_screenshot_is_a_picture(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    headers = desk.staff()
    voice = await upload(desk, headers, "note.amr", samples.amr())
    origin = {"screenshot_id": voice, "posted_at": z(NOON)}
    answer = await desk.intake(headers=headers, channel="wechat_group", origin=origin, attachments=[voice])
    assert answer.status_code == 422 and answer.json()["errors"][0]["path"] == "origin.screenshot_id"


async def test_owners_do_not_speak_for_the_authorities(desk: Desk, standing: Clock) -> None:
    standing(NOON)
    answer = await desk.intake(headers=desk.owner(), channel="hotline_12345", origin=OFFICIAL)
    assert {e["path"] for e in answer.json()["errors"]} == {"channel"}
    assert (await desk.intake(headers=desk.owner(), channel="mini_program")).status_code == 201


async def test_b024_c042_an_authoritys_number_stands_on_one_ticket_even_at_the_same_moment(
    desk: Desk, standing: Clock
) -> None:
    standing(NOON)
    answers = await asyncio.gather(*(desk.intake(channel="hotline_12345", origin=OFFICIAL) for _ in range(5)))
    (first,) = [a.json() for a in answers if a.status_code == 201]
    refused = [a.json() for a in answers if a.status_code == 409]
    assert len(refused) == 4
    assert {r["code"] for r in refused} == {"ticketing.ticket.authority_number_taken"}
    assert all(first["number"] in r["detail"] for r in refused)
    other = await desk.intake(channel="authority", origin={**OFFICIAL, "number": "JK-12"})
    assert other.status_code == 201
