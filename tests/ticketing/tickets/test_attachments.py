"""Files after intake: with a follow-up note, as many as at intake, seen by whoever reads the note (C-005, G-012)."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.shared.files import samples
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE


async def sent(desk: Desk, headers: dict[str, str]) -> str:
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    answer = await desk.register.api.post(f"{BASE}/files", files=photo, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def note(desk: Desk, ticket: dict[str, Any], headers: dict[str, str], *ids: str, **more: Any) -> Any:
    return await desk.try_(ticket, "follow-up-note", headers, note="补充照片", attachments=list(ids), **more)


async def test_an_owner_adds_a_photo_to_a_case_under_way(desk: Desk) -> None:
    ticket, owner = await desk.ticket(headers=desk.owner()), desk.owner()
    file = await sent(desk, owner)
    answer = await note(desk, ticket, owner, file)
    assert answer.status_code == 200, answer.text
    assert answer.json()["attachments"] == [file]
    (entry,) = [e for e in await desk.entries(ticket, owner) if e["action"] == "follow-up-note"]
    assert entry["data"] == {"note": "补充照片", "attachments": [file]} and entry["public"]
    for reader in (owner, desk.staff()):
        assert (await desk.register.get(f"/files/{file}", reader)).status_code == 200
    assert (await desk.register.get(f"/files/{file}", desk.owner(1))).status_code == 404
    again = await note(desk, ticket, owner, file)
    assert (again.status_code, again.json()["errors"][0]["path"]) == (422, "attachments.0")
    plain = await desk.do(ticket, "follow-up-note", owner, note="没有照片")
    assert plain["attachments"] == [file]
    assert (await desk.entries(ticket, owner))[-1]["data"] == {"note": "没有照片"}


async def test_g012_photos_of_an_internal_note_are_not_the_owners_to_see(desk: Desk) -> None:
    ticket, clerk = await desk.ticket(headers=desk.owner()), desk.staff(sub=desk.caller)
    hidden, shown = await sent(desk, clerk), await sent(desk, clerk)
    assert (await note(desk, ticket, clerk, hidden)).json()["attachments"] == []
    assert (await note(desk, ticket, clerk, shown, public=True)).json()["attachments"] == [shown]
    assert (await desk.register.get(f"/files/{hidden}", desk.owner())).status_code == 404
    assert (await desk.register.get(f"/files/{shown}", desk.owner())).status_code == 200
    assert (await desk.register.get(f"/files/{hidden}", desk.staff("engineer"))).status_code == 200
    notes = [e["data"] for e in await desk.entries(ticket) if e["action"] == "follow-up-note"]
    assert [n["attachments"] for n in notes] == [[hidden], [shown]]
    assert hidden not in str(await desk.entries(ticket, desk.owner()))


async def test_a_case_has_twenty_files_however_they_come(desk: Desk) -> None:
    owner = desk.owner()
    ticket = await desk.ticket(headers=owner, attachments=[await sent(desk, owner) for _ in range(18)])
    ids = [await sent(desk, owner) for _ in range(3)]
    full = await note(desk, ticket, owner, *ids)
    assert (full.status_code, full.json()["errors"][0]["path"]) == (422, "attachments")
    # three at once, and no more than two go in
    answers = await asyncio.gather(*(note(desk, ticket, owner, id) for id in ids))
    assert sorted(a.status_code for a in answers) == [200, 200, 422]
    assert len((await desk.register.get(f"/tickets/{ticket['id']}")).json()["attachments"]) == 20


async def test_who_may_not_write_a_note_attaches_nothing(desk: Desk) -> None:
    ticket, hr = await desk.ticket(), desk.register.world.token("hr", desk.register.org)
    file = await sent(desk, hr)
    assert (await note(desk, ticket, hr, file)).status_code == 403
    assert (await note(desk, ticket, desk.owner(1), await sent(desk, desk.owner(1)))).status_code == 404
    assert (await note(desk, ticket, desk.staff(), file)).status_code == 422  # somebody else's upload
