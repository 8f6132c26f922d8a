"""A person's own data in one bundle, and its erasure at every holder (D-075, D-076, G-011)."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.ticketing.personal.registry import HOLDERS
from tests.shared.files import samples
from tests.ticketing.cases import Desk
from tests.ticketing.support import BASE


async def _export(desk: Desk, person: UUID, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
    return await desk.register.post(f"/people/{person}/export", body, headers or desk.register.admin())


async def _content(desk: Desk, file: dict[str, Any]) -> dict[str, Any]:
    answer = await desk.register.api.get(file["links"]["content"])
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        (name,) = archive.namelist()
        found: dict[str, Any] = json.loads(archive.read(name))
        return found


async def _lived(desk: Desk) -> dict[str, Any]:
    """A resident who signs a complaint, sends a photo, and has a file of their own."""
    register = desk.register
    fields = {"name": "张1伟", "contact": "13812340001", "house": "93.50", "service_history": []}
    await register.stored(
        "archives", [{"external_id": "A", "unit": "CX-1-1", "person": "CX-P1", "fields": fields}]
    )
    photo = {"file": ("photo.jpg", samples.photo(), "image/jpeg")}
    sent = await register.api.post(f"{BASE}/files", files=photo, headers=desk.owner())
    ticket = await desk.handled(
        headers=desk.owner(), contact={"name": "张1伟", "phone": "13812340001"}, attachments=[sent.json()["id"]]
    )
    return await desk.do(ticket, "sign", desk.owner(), signer_name="张1伟", method="app", signature="aGVsbG8=")


async def test_g011_residents_take_their_own_data_away_and_nobody_elses(desk: Desk) -> None:
    ticket, me = await _lived(desk), desk.community.people[0]
    made = await _export(desk, me, desk.owner())
    assert made.status_code == 201, made.text
    bundle = await _content(desk, made.json())
    data = bundle["services"]["ticketing"]
    assert set(data) == {holder.code for holder in HOLDERS}
    assert data["register"]["person"][0]["phone"] == "13812340001"
    assert [case["id"] for case in data["tickets"]["cases"]] == [ticket["id"]]
    assert data["tickets"]["signatures"][0]["signed"] == {"name": "张1伟", "artefact": "aGVsbG8="}
    assert data["archives"]["owner_files"][0]["fields"]["name"] == "张1伟"
    assert [f["media_type"] for f in data["files"]["files"]] == ["image/jpeg"]
    assert "13812340002" not in json.dumps(bundle), "the neighbour's number"
    assert (await _export(desk, desk.community.people[1], desk.owner(), reason="好奇")).status_code == 404
    # found again by whoever asked for it, by nobody else, and of no use as an attachment
    path = f"/files/{made.json()['id']}"
    assert (await desk.register.get(path, desk.owner())).status_code == 200
    assert (await desk.register.get(path)).status_code == 404
    attached = await desk.intake(headers=desk.owner(), attachments=[made.json()["id"]])
    assert attached.status_code == 422


async def test_g011_staff_export_with_power_reason_and_record_alone(
    desk: Desk, other_org: Callable[[], Awaitable[UUID]]
) -> None:
    person = desk.community.people[0]
    assert (await _export(desk, person, desk.staff("clerk"), reason="业主申请")).status_code == 403
    bare = await _export(desk, person)
    assert (bare.status_code, bare.json()["code"]) == (422, "ticketing.export.reason_missing")
    assert (await _export(desk, person, reason="业主书面申请")).status_code == 201
    (entry,) = [e for e in await desk.register.audits("person") if e["action"] == "person.export_opened"]
    assert (entry["person_id"], entry["after"]["reason"]) == (person, "业主书面申请")
    elsewhere = desk.register.staff("project_manager", [uuid4()])
    assert (await _export(desk, person, elsewhere, reason="越权")).status_code == 404
    stranger = desk.register.world.token("admin", await other_org())
    assert (await _export(desk, person, stranger, reason="越权")).status_code == 404


async def test_d075_erasure_reaches_every_holder_and_leaves_what_it_said_it_would(desk: Desk) -> None:
    await _lived(desk)
    me = desk.community.people[0]
    bundle = (await _export(desk, me, desk.owner())).json()
    waiting = await desk.register.api.post(
        f"{BASE}/files", files={"file": ("b.jpg", samples.photo(), "image/jpeg")}, headers=desk.owner()
    )
    erased = await desk.register.post(f"/people/{me}/erase", {"reason": "迁出"})
    assert erased.status_code == 200, erased.text
    await desk.register.world.drain(desk.register.org)
    for file in (bundle, waiting.json()):
        assert (await desk.register.api.get(file["links"]["content"])).status_code == 404
    again = await _export(desk, me, reason="业主申请")
    assert (again.status_code, again.json()["code"]) == (409, "ticketing.person.erased")
    # Nothing in clear is left of them in any table of this organisation, whatever it is called.
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        tables = await tx.raw.fetch(
            "SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' "
            "WHERE n.nspname = 'ticketing' AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        assert len(tables) > 30
        for table in tables:
            rows = await tx.raw.fetch(
                f"SELECT t::text AS text FROM ticketing.{table['name']} t WHERE org_id = $1", desk.register.org
            )
            for row in rows:
                assert "张1伟" not in row["text"] and "13812340001" not in row["text"], (table["name"], row["text"])


async def test_a_bundle_goes_after_a_day(desk: Desk, standing: Any) -> None:
    made = (await _export(desk, desk.community.people[0], desk.owner())).json()
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        due = await tx.raw.fetch(
            "SELECT fire_at - $2::timestamptz AS left FROM ticketing.timers WHERE org_id = $1 AND subject_id = $3",
            desk.register.org,
            tx.now,
            UUID(made["id"]),
        )
    assert [round(d["left"].total_seconds() / 3600) for d in due] == [24]


async def test_an_erasure_while_a_bundle_is_made_wins(desk: Desk) -> None:
    me = desk.community.people[0]
    exported, erased = await asyncio.gather(
        _export(desk, me, reason="业主申请"), desk.register.post(f"/people/{me}/erase", {"reason": "迁出"})
    )
    assert erased.status_code == 200
    assert exported.status_code in (201, 409)
    await desk.register.world.drain(desk.register.org)
    if exported.status_code == 201:
        link = exported.json()["links"]["content"]
        assert (await desk.register.api.get(link)).status_code == 404


@pytest.mark.parametrize("role", ["clerk", "engineer", "finance", "legal", "qa", "gm", "hr", "security"])
async def test_d077_who_may_not_take_data_away(desk: Desk, role: str) -> None:
    assert (await _export(desk, desk.community.people[0], desk.staff(role), reason="查阅")).status_code == 403


async def test_a_service_that_cannot_be_asked_is_named_and_the_rest_is_handed_out(desk: Desk) -> None:
    """Ticketing is alone here: the bundle says in both languages what is missing, and so does the answer."""
    made = await _export(desk, desk.community.people[0], desk.owner())
    assert made.status_code == 201 and made.json()["missing"] == ["billing", "kpi", "notify"]
    bundle = await _content(desk, made.json())
    assert bundle["missing"] == ["billing", "kpi", "notify"]
    assert bundle["services"]["billing"]["missing"].keys() == {"zh", "en"}
    (entry,) = [e for e in await desk.register.audits("person") if e["action"] == "person.export_opened"]
    assert entry["after"]["missing"] == ["billing", "kpi", "notify"]


async def test_what_search_knows_of_somebody_goes_with_them(desk: Desk) -> None:
    await desk.ticket(contact={"name": "张1伟", "phone": "13812340001"}, headers=desk.owner())
    await desk.register.world.drain(desk.register.org)
    person = desk.community.people[0]
    bundle = await _content(desk, (await _export(desk, person, reason="业主申请")).json())
    kept = bundle["services"]["ticketing"]["search"]["search_documents"]
    assert sorted(row["kind"] for row in kept) == ["person", "ticket"]
    assert (await desk.register.post(f"/people/{person}/erase", {"reason": "迁出"})).status_code == 200
    async with desk.register.world.runtime("ticketing").db.read(desk.register.org) as tx:
        left = await tx.raw.fetchval(
            "SELECT count(*) FROM ticketing.search_documents WHERE org_id = $1 AND id = ANY($2::uuid[]) "
            "AND personal <> ''::tsvector",
            desk.register.org,
            [UUID(row["id"]) for row in kept],
        )
    assert left == 0
