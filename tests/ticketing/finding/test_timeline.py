"""A household's story in one list: from every slice, newest first, within reach, without personal fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.timeline.sources import SOURCES
from tests.shared.files import samples
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk, H, M, z
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def lines(desk: Desk, path: str, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
    answer = await desk.register.get(path, headers or desk.staff("clerk"), **query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def lived(desk: Desk, now: Standing) -> dict[str, Any]:
    """A household with one line or more of every kind; its case."""
    register, unit = desk.register, desk.community.units[0]
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    file = await register.api.post(f"{BASE}/files", files=photo, headers=desk.owner(0))
    assert file.status_code == 201, file.text
    ticket = await desk.ticket(headers=desk.owner(0), attachments=[file.json()["id"]])
    now.by(M)
    for command, body in (("respond", {}), ("plan", {"text": "更换导靴"}), ("complete", {"result": "已更换"})):
        await desk.do(ticket, command, **body)
    now.by(H)
    await desk.call(await desk.due_call(ticket), rating=90)
    now.by(M)
    await desk.do(ticket, "sign", signer_name="张一伟", method="device", signature="aGVsbG8=")
    now.by(H)
    await register.bulk(
        "archives", [{"external_id": "A1", "unit": "CX-1-1", "fields": {"name": "张一伟"}}]
    )
    now.by(M)
    check = {
        "community_id": str(desk.community.id),
        "month": "2025-03",
        "items": [{"unit_id": str(unit), "complete": True, "up_to_date": True}],
    }
    assert (await register.post("/archive-checks", check)).status_code == 201
    survey = {
        "community_id": str(desk.community.id),
        "period": "2025-Q1",
        "title": "满意度调查",
        "dimensions": list(DEFAULT_DIMENSIONS),
        "closes_at": z(NOON + 72 * H),
    }
    made = await register.post("/surveys", survey)
    assert made.status_code == 201, made.text
    assert (await register.post(f"/surveys/{made.json()['id']}/open", None)).status_code == 200
    now.by(M)
    marks = dict.fromkeys(DEFAULT_DIMENSIONS, 90)
    answered = await register.post(
        f"/surveys/{made.json()['id']}/answers", {"unit_id": str(unit), "marks": marks}, desk.owner(0)
    )
    assert answered.status_code == 201, answered.text
    await register.stored("people", [{"external_id": "OLD", "name": "旧主", "phone": "13900001111"}])
    await register.stored(
        "relations",
        [
            {
                "external_id": "R-OLD",
                "person": "OLD",
                "unit": "CX-1-1",
                "role": "owner",
                "since": "2010-01-01",
                "until": "2019-05-31",
            }
        ],
    )
    return ticket


async def test_c074_a_household_s_story_holds_every_slice_newest_first(desk: Desk, standing: Clock) -> None:
    """C-073, C-074, E-019: the owner's file includes the history of services, linked to the cases."""
    now = standing(NOON)
    ticket = await lived(desk, now)
    path = f"/units/{desk.community.units[0]}/timeline"
    found = await lines(desk, path)
    assert {line["kind"] for line in found} == set(SOURCES)
    keys = [(line["at"], line["id"]) for line in found]
    assert keys == sorted(keys, reverse=True)
    by_kind = {line["kind"]: line for line in found}
    assert by_kind["ticket"]["data"]["number"] == ticket["number"]
    assert by_kind["revisit"]["data"]["outcome"] == "reached"
    assert by_kind["relation_ended"]["at"] == "2019-05-31T16:00:00Z"  # the day after, at midnight in Shanghai
    assert by_kind["ticket"]["kind_name"] == {"zh": "报事", "en": "a case"}
    text = str(found)
    assert "张一伟" not in text and "旧主" not in text and "1390000" not in text
    assert [line["kind"] for line in await lines(desk, path, kind=["ticket", "survey"])] == ["survey", "ticket"]
    assert await lines(desk, path, kind=["nothing"]) == []
    seen: list[Any] = []
    cursor: str | None = None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = (await desk.register.get(path, desk.staff("clerk"), limit=2, **more)).json()
        seen += page["items"]
        if (cursor := page["next"]) is None:
            break
    assert seen == found


async def test_c076_a_person_s_story_is_what_they_reported_and_where_they_lived(
    desk: Desk, standing: Clock
) -> None:
    """C-076: needs and feedback of each customer."""
    now = standing(NOON)
    ticket = await lived(desk, now)
    person = desk.community.people[0]
    await desk.ticket("repair", n=0, contact={"person_id": str(desk.community.people[1])})
    lobby = await desk.ticket("repair", unit_id=None, contact={"person_id": str(person)}, summary="大堂灯坏了")
    found = await lines(desk, f"/people/{person}/timeline")
    assert [line["subject_id"] for line in found if line["kind"] == "ticket"] == [lobby["id"], ticket["id"]]
    assert {line["kind"] for line in found} >= {"survey", "revisit", "signature", "relation_began"}
    assert [line["kind"] for line in found].count("relation_began") == 1


async def test_a_story_ends_where_one_s_org_units_end_and_is_not_for_residents(
    desk: Desk, standing: Clock
) -> None:
    standing(NOON)
    await desk.ticket("repair")
    (west,) = await desk.register.stored(
        "org-units", [{"external_id": "WEST", "name": "WEST", "kind": "branch", "parent": None}]
    )
    there = await desk.register.community("W", unit="WEST")
    stranger = desk.register.staff("clerk", [west])
    unit: UUID = desk.community.units[0]
    for path in (f"/units/{unit}/timeline", f"/people/{desk.community.people[0]}/timeline"):
        assert (await desk.register.get(path, stranger)).status_code == 404
        assert (await desk.register.get(path, desk.owner(0))).status_code == 403
    # Somebody with homes in both: each side sees its own.
    await desk.register.stored(
        "relations",
        [{"external_id": "R2", "person": "CX-P1", "unit": "W-1-1", "role": "owner", "since": "2021-01-01"}],
    )
    found = await lines(desk, f"/people/{desk.community.people[0]}/timeline", stranger)
    assert [(line["kind"], line["data"]["unit_id"]) for line in found] == [
        ("relation_began", str(there.units[0]))
    ]
