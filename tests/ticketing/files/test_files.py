"""Files of cases: uploaded first, attached once, seen by whoever sees the case, read by links of ten minutes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.files.tasks import keys, store_of
from shared import clock
from shared.files import FileGone, Links
from tests.shared.files import samples
from tests.support.world import Standing
from tests.ticketing.cases import NOON, Desk
from tests.ticketing.support import BASE

Clock = Callable[[datetime], Standing]


async def send(
    desk: Desk, data: bytes, name: str = "photo.jpg", headers: dict[str, str] | None = None
) -> httpx.Response:
    return await desk.register.api.post(
        f"{BASE}/files", files={"file": (name, data, "text/html")}, headers=headers or desk.staff()
    )


async def sent(desk: Desk, data: bytes | None = None, headers: dict[str, str] | None = None) -> dict[str, Any]:
    answer = await send(desk, data or samples.photo(), headers=headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"{BASE}/files/{found['id']}"
    return found


async def read(desk: Desk, link: str, **headers: str) -> httpx.Response:
    return await desk.register.api.get(link, headers=headers)


async def test_a_photo_is_uploaded_attached_and_read_by_a_signed_link(desk: Desk) -> None:
    clerk = desk.staff()
    file = await sent(desk, samples.phone_photo(), clerk)
    assert (file["state"], file["media_type"], file["width"], file["height"]) == ("waiting", "image/jpeg", 480, 640)
    content = await read(desk, file["links"]["content"])
    assert content.status_code == 200 and content.headers["content-type"] == "image/jpeg"
    assert content.headers["x-content-type-options"] == "nosniff" and samples.PLACE not in content.content
    assert int(content.headers["content-length"]) == len(content.content) == file["size"]
    small = await read(desk, file["links"]["thumbnail"])
    assert small.status_code == 200 and small.content[:2] == b"\xff\xd8"
    ticket = await desk.ticket("repair", headers=clerk, attachments=[file["id"]])
    assert ticket["attachments"] == [file["id"]]
    # Whoever sees the case sees the file: a colleague, and the owner it is about.
    for other in (desk.staff("engineer"), desk.owner(0)):
        answer = await desk.register.get(f"/files/{file['id']}", other)
        assert answer.status_code == 200 and answer.json()["subject_id"] == ticket["id"]
    assert (await desk.register.get(f"/files/{file['id']}", desk.owner(1))).status_code == 404


async def test_voice_notes_can_be_played_from_the_middle(desk: Desk) -> None:
    file = await sent(desk, samples.amr())
    answer = await read(desk, file["links"]["content"], range="bytes=6-37")
    assert answer.status_code == 206 and answer.content == samples.amr()[6:38]
    assert answer.headers["content-range"] == f"bytes 6-37/{file['size']}"
    assert (await read(desk, file["links"]["content"], range="bytes=-10")).content == samples.amr()[-10:]
    assert (await read(desk, file["links"]["content"], range="bytes=9-3")).status_code == 200
    assert file["links"]["thumbnail"] is None


async def test_a_pdf_is_handed_out_as_a_download(desk: Desk) -> None:
    answer = await send(desk, samples.pdf(), "../装修 图纸.html")
    assert answer.json()["name"] == "装修 图纸.pdf"
    content = await read(desk, answer.json()["links"]["content"])
    assert content.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E8")
    assert "sandbox" in content.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (samples.zipped(a=b"1"), 422, "file.type.refused"),
        (b"\xff\xd8\xff\xe0<script>", 422, "file.content.damaged"),
        (b"\xff\xd8\xff" + bytes(15 * 1024 * 1024), 413, "file.size.too_large"),
        (b"\xff\xd8\xff" + bytes(30_000_000), 413, "http.body.too_large"),
    ],
)
async def test_what_is_not_taken_is_told(desk: Desk, data: bytes, status: int, code: str) -> None:
    answer = await send(desk, data)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_nobody_uploads_without_a_token_and_a_form_without_a_file_is_malformed(desk: Desk) -> None:
    answer = await desk.register.api.post(f"{BASE}/files", files={"file": ("x", samples.photo())})
    assert answer.status_code == 401
    answer = await desk.register.api.post(f"{BASE}/files", data={"file": "text"}, headers=desk.staff())
    assert answer.status_code == 422


async def test_an_altered_or_old_link_opens_nothing(desk: Desk) -> None:
    file, other = await sent(desk), await sent(desk)
    link = file["links"]["content"]
    for bad in (
        link.replace(file["id"], other["id"]),
        link.replace("variant=original", "variant=thumbnail"),
        link.replace(str(desk.register.org), str(uuid4())),
        link[:-2] + ("AA" if not link.endswith("AA") else "BB"),
    ):
        answer = await read(desk, bad)
        assert (answer.status_code, answer.json()["code"]) == (403, "file.link.invalid")
    for bad in (link.split("&signature")[0], link.replace("variant=original", "variant=../../x")):
        assert (await read(desk, bad)).status_code == 422
    key = desk.register.world.apps["ticketing"].state.settings.link_key
    old = Links(key).query(desk.register.org, UUID(file["id"]), "original", clock.wall() - timedelta(minutes=11))
    answer = await read(desk, f"{urlsplit(link).path}?{old}")
    assert (answer.status_code, answer.json()["code"]) == (403, "file.link.expired")
    expires = int(parse_qs(urlsplit(link).query)["expires"][0])
    assert 590 <= expires - clock.wall().timestamp() <= 601


async def test_only_a_file_of_ones_own_that_waits_can_be_attached(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    clerk = desk.staff()
    mine, theirs = await sent(desk, headers=clerk), await sent(desk)
    stranger = desk.register.world.token("clerk", await other_org())
    foreign = await sent(desk, headers=stranger)
    assert (await desk.register.get(f"/files/{foreign['id']}", clerk)).status_code == 404
    assert (await desk.register.get(f"/files/{theirs['id']}", clerk)).status_code == 404
    for ids, at in (
        ([mine["id"], theirs["id"]], [1]),
        ([foreign["id"]], [0]),
        ([str(uuid4()), mine["id"], mine["id"]], [0, 2]),
    ):
        answer = await desk.intake("repair", headers=clerk, attachments=ids)
        assert answer.status_code == 422
        assert [e["path"] for e in answer.json()["errors"]] == [f"attachments.{n}" for n in at]
    await desk.ticket("repair", headers=clerk, attachments=[mine["id"]])
    answer = await desk.intake("repair", headers=clerk, attachments=[mine["id"]])
    assert answer.status_code == 422  # it hangs on a case already


async def test_what_nobody_attaches_goes_after_a_day(desk: Desk, standing: Clock) -> None:
    moving = standing(NOON)
    clerk = desk.staff()
    kept, left = await sent(desk, headers=clerk), await sent(desk, headers=clerk)
    await desk.ticket("repair", headers=clerk, attachments=[kept["id"]])
    moving.to(NOON + timedelta(hours=24, seconds=1))
    await desk.register.world.drain(desk.register.org)
    assert (await desk.register.get(f"/files/{left['id']}", clerk)).status_code == 404
    assert (await read(desk, left["links"]["content"])).status_code == 404
    assert (await read(desk, kept["links"]["content"])).status_code == 200
    store = store_of(desk.register.world.runtime("ticketing"))
    for key in keys(desk.register.org, UUID(left["id"])):
        with pytest.raises(FileGone):
            await store.get(key)


async def test_fifty_files_may_wait(desk: Desk) -> None:
    clerk = desk.staff()
    for _ in range(50):
        await sent(desk, samples.amr(), clerk)
    answer = await send(desk, samples.amr(), headers=clerk)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticketing.file.too_many_waiting")


async def test_uploads_are_in_the_audit_without_their_content(desk: Desk) -> None:
    file = await sent(desk)
    (entry,) = await desk.register.audits("file")
    assert (entry["action"], entry["after"]["sha256"]) == ("file.uploaded", file["sha256"])
    assert entry["at"].tzinfo == UTC
