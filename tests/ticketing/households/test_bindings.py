"""Somebody the register does not know signs in, reads nothing, asks for a unit, and a clerk decides."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from deploy.powers import endpoints
from services.ticketing.people.arrivals import by_phone
from services.ticketing.sessions.secrets import vault
from tests.shared.files import samples
from tests.ticketing.cases import Desk
from tests.ticketing.households.conftest import SignIn
from tests.ticketing.sessions.support import Door, claims
from tests.ticketing.support import BASE, Community, Register
from tests.ticketing.world_time import local_day

NewPhone = Callable[[], str]


def _body(here: Community, **more: Any) -> dict[str, Any]:
    body = {"community_id": str(here.id), "building": "1幢", "number": "1-101", "name": "赵敏", "role": "family"}
    return {**body, **more}


async def _asked(register: Register, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    answer = await register.post("/bindings", body, headers)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _token(headers: dict[str, str]) -> dict[str, Any]:
    return claims(headers["Authorization"].removeprefix("Bearer "))


async def test_an_unknown_phone_becomes_a_resident_without_units_in_the_organisation_it_names(
    register: Register, community: Community, door: Door, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-063: the token says resident and names no unit."""
    phone = new_phone()
    headers = await signed_in(phone)
    token = _token(headers)
    assert (token["roles"], token["units"], token["org"]) == (["resident"], [], str(register.org))
    assert _token(await signed_in(phone))["sub"] == token["sub"]  # the same person the next time
    stranger = new_phone()
    await door.ask(stranger)
    assert door.phones.count(stranger) == 0  # without an organisation nobody unknown gets a message
    await door.ask(new := new_phone(), organisation_id=str(uuid4()))
    assert door.phones.count(new) == 0  # nor with one that there is not
    code = await door.ask(phone, address="198.51.100.250")
    assert code.status_code == 202


async def test_two_arrivals_at_once_are_one_person(
    register: Register, community: Community, door: Door, new_phone: NewPhone
) -> None:
    phone = new_phone()
    runtime = register.world.runtime("ticketing")

    async def arrive() -> UUID:
        async with runtime.db.tx(register.org) as tx:
            return await by_phone(tx, vault(runtime.settings.master_key), phone, None)

    assert len(set(await asyncio.gather(*(arrive() for _ in range(4))))) == 1


async def test_whoever_has_no_unit_reads_nothing(
    register: Register, community: Community, desk: Desk, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-075, D-076: every list of the service is empty, every id is unknown, the feed is silent."""
    ticket = await desk.ticket()
    headers = await signed_in(new_phone())
    me = _token(headers)["sub"]
    ids = {
        "tickets": ticket["id"],
        "communities": community.id,
        "units": community.units[0],
        "people": community.people[0],
        "relations": (await register.get("/relations")).json()["items"][0]["id"],
        "buildings": (await register.get("/buildings")).json()["items"][0]["id"],
    }
    seen = 0
    for endpoint in endpoints("ticketing", register.world.apps["ticketing"]):
        if endpoint.public or endpoint.method != "GET" or endpoint.operation == "stream_changes":
            continue
        part = endpoint.path.split("/")[3]
        path = endpoint.path
        for name in [p.strip("{}") for p in endpoint.path.split("/") if p.startswith("{")]:
            path = path.replace("{" + name + "}", str(ids.get(part, uuid4())))
        answer = await register.api.get(path, headers=headers)
        if answer.status_code == 200:
            items = answer.json().get("items", [])
            own = [row for row in items if me in (row.get("id"), row.get("subject"))]
            others = [row for row in items if row not in own]
            # What kinds and packs there are is nobody's secret, and everybody's form.
            assert others == [] or part in ("sessions", "changes", "kinds", "packs"), (path, others)
            if part == "changes":
                assert others == [], others
            seen += 1
        else:
            assert answer.status_code in (403, 404, 422), (path, answer.text)
    assert seen > 5
    report = {"community_id": str(community.id), "kind": "complaint", "summary": "x"}
    for unit in ({}, {"unit_id": str(community.units[0])}):
        assert (await register.post("/tickets", {**report, **unit}, headers)).status_code in (404, 422)


async def test_a_clerk_approves_and_the_next_token_names_the_unit(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """C-073, C-075."""
    phone = new_phone()
    headers = await signed_in(phone)
    photo = {"file": ("deed.jpg", samples.photo(), "image/jpeg")}
    file = (await register.api.post(f"{BASE}/files", files=photo, headers=headers)).json()
    made = await _asked(register, headers, _body(community, attachments=[file["id"]]))
    assert (made["state"], made["applicant"], made["matches"], made["note"]) == ("open", None, None, None)
    clerk = register.world.token("clerk", register.org)
    (row,) = (await register.get("/bindings", clerk, state="open")).json()["items"]
    assert row["units"] == [str(community.units[0])]
    assert row["applicant"]["name"] == "赵*"
    assert row["applicant"]["phone"] == f"{phone[:3]}****{phone[-4:]}"
    assert (await register.get(f"/files/{file['id']}", clerk)).status_code == 200
    assert (await register.get(f"/files/{file['id']}", register.resident(community, 0))).status_code == 404
    done = await register.post(f"/bindings/{made['id']}/approve", {"note": "已核对"}, clerk)
    assert done.status_code == 200, done.text
    relation = (await register.get(f"/relations/{done.json()['relation_id']}")).json()
    assert (relation["role"], relation["since"]) == ("family", local_day())
    assert relation["unit_id"] == str(community.units[0])
    assert _token(await signed_in(phone))["units"] == [str(community.units[0])]
    mine = (await register.get(f"/bindings/{made['id']}", headers)).json()
    assert (mine["state"], mine["note"]) == ("approved", None)
    decided = await register.events("binding.decided.v1")
    assert [event["data"]["state"] for event in decided] == ["approved"]


async def test_a_unit_in_words_that_fit_none_or_several_wants_the_clerk_to_say_which(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    other = await register.community("DX")
    headers = await signed_in(new_phone())
    made = await _asked(register, headers, _body(community, community_id=None, community="CX", number="九楼左边"))
    open_ = await register.post(f"/bindings/{made['id']}/approve", {})
    assert (open_.status_code, open_.json()["code"]) == (409, "ticketing.binding.unit_open")
    elsewhere = await register.post(f"/bindings/{made['id']}/approve", {"unit_id": str(other.units[0])})
    assert elsewhere.status_code == 404
    done = await register.post(f"/bindings/{made['id']}/approve", {"unit_id": str(community.units[1])})
    assert done.status_code == 200, done.text


async def test_a_refusal_tells_nothing_of_the_unit_and_asking_for_what_there_is_not_looks_the_same(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-075, D-076: no answer differs by whether the unit exists or who lives there."""
    headers = await signed_in(new_phone())
    there = await _asked(register, headers, _body(community))
    nowhere = await _asked(register, headers, _body(community, number="99-9901"))
    changing = {"id", "number", "created_at"}
    assert {k: v for k, v in there.items() if k not in changing} == {
        k: v for k, v in nowhere.items() if k not in changing
    }
    for row in (there, nowhere):
        body = {"refusal": "not_confirmed", "note": "业主张1伟不同意"}
        refused = await register.post(f"/bindings/{row['id']}/refuse", body)
        assert refused.status_code == 200, refused.text
        shown = (await register.get(f"/bindings/{row['id']}", headers)).json()
        assert shown["refusal"] == "not_confirmed"
        assert (shown["note"], shown["matches"], shown["units"]) == (None, None, None)
        assert "张" not in json.dumps(shown, ensure_ascii=False)


async def test_asking_has_its_limits(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-076: three open at a time, six within a day; also when they come at once."""
    headers = await signed_in(new_phone())
    answers = await asyncio.gather(
        *(register.post("/bindings", _body(community, number=f"1-{n}01"), headers) for n in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 201, 201, 409, 409]
    for _ in range(3):
        open_ = (await register.get("/bindings", headers, state="open")).json()["items"]
        done = await register.post(f"/bindings/{open_[0]['id']}/withdraw", None, headers)
        assert done.status_code == 200, done.text
        last = await register.post("/bindings", _body(community), headers)
    assert last.status_code == 201
    open_ = (await register.get("/bindings", headers, state="open")).json()["items"]
    await register.post(f"/bindings/{open_[0]['id']}/withdraw", None, headers)
    often = await register.post("/bindings", _body(community), headers)
    assert (often.status_code, often.json()["code"]) == (429, "ticketing.binding.too_often")
    assert int(often.headers["Retry-After"]) > 3600


async def test_two_decisions_at_once_are_one_and_nobody_decides_on_their_own(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-076."""
    phone = new_phone()
    (clerk,) = await register.stored(
        "staff",
        [{"external_id": "C", "name": "钱", "phone": phone, "roles": ["clerk"], "units": [str(register.org)]}],
    )
    made = await _asked(register, await signed_in(phone), _body(community))
    own = register.world.token("clerk", register.org, sub=clerk)
    for action, body in (("approve", {}), ("refuse", {"refusal": "visit_desk"})):
        answer = await register.post(f"/bindings/{made['id']}/{action}", body, own)
        assert (answer.status_code, answer.json()["code"]) == (403, "ticketing.binding.own")
    answers = await asyncio.gather(
        *(register.post(f"/bindings/{made['id']}/approve", {}) for _ in range(3)),
        register.post(f"/bindings/{made['id']}/refuse", {"refusal": "visit_desk"}),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    rows = (await register.get("/relations", unit_id=str(community.units[0]), role="family")).json()["items"]
    assert len(rows) <= 1


async def test_other_communities_and_organisations_see_no_request_and_no_match_of_theirs(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-075: a clerk reads the requests of their communities; matches are of the request's own community alone."""
    (branch,) = await register.stored("org-units", [{"external_id": "W", "name": "W", "kind": "branch"}])
    west = await register.community("W", unit="W")
    here = await _asked(register, await signed_in(new_phone()), _body(community, name="张1伟"))
    there = await _asked(register, await signed_in(new_phone()), _body(west, name="张1伟"))
    clerk = register.staff("clerk", [branch])
    (row,) = (await register.get("/bindings", clerk)).json()["items"]
    assert row["id"] == there["id"]
    assert [(m["person_id"], m["reasons"]) for m in row["matches"]] == [(str(west.people[0]), ["same_name"])]
    assert (row["matches"][0]["name"], row["matches"][0]["phone"]) == ("张*", "138****0001")
    for action, body in (("approve", {}), ("refuse", {"refusal": "visit_desk"})):
        assert (await register.post(f"/bindings/{here['id']}/{action}", body, clerk)).status_code == 404
    assert (await register.get(f"/bindings/{here['id']}", register.resident(community, 0))).status_code == 404


@pytest.mark.parametrize("more", [{"community": "CX"}, {"community_id": None}, {"role": "king"}, {"number": ""}])
async def test_a_malformed_request_names_its_field(
    register: Register, community: Community, more: dict[str, Any]
) -> None:
    answer = await register.post("/bindings", _body(community, **more), register.resident(community, 0))
    assert answer.status_code == 422


async def test_names_and_phones_of_applicants_stand_in_no_event_and_no_plain_audit(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-075, C-087."""
    phone = new_phone()
    made = await _asked(register, await signed_in(phone), _body(community, name="慕容小雪"))
    await register.post(f"/bindings/{made['id']}/approve", {})
    told = json.dumps(await register.events(), default=str, ensure_ascii=False)
    for entity in ("person", "relation", "binding"):
        for row in await register.audits(entity):
            told += json.dumps([row["before"], row["after"]], default=str, ensure_ascii=False)
    assert "慕容小雪" not in told
    assert phone not in told


async def test_erasing_an_applicant_removes_their_proof_and_the_notes_on_them(
    register: Register, community: Community, signed_in: SignIn, new_phone: NewPhone
) -> None:
    """D-075: a photograph of a deed or an identity card does not outlive the person's data."""
    phone = new_phone()
    headers = await signed_in(phone)
    photo = {"file": ("deed.jpg", samples.photo(), "image/jpeg")}
    file = (await register.api.post(f"{BASE}/files", files=photo, headers=headers)).json()
    made = await _asked(register, headers, _body(community, attachments=[file["id"]]))
    erased = await register.post(f"/people/{_token(headers)['sub']}/erase", {"reason": "本人要求删除"})
    assert erased.status_code == 200, erased.text
    row = (await register.get(f"/bindings/{made['id']}")).json()
    assert (row["state"], row["attachments"], row["note"]) == ("withdrawn", [], None)
    assert row["applicant"] == {"id": _token(headers)["sub"], "name": None, "phone": None}
    assert (await register.get(f"/files/{file['id']}")).status_code == 404
    assert _token(await signed_in(phone))["sub"] != _token(headers)["sub"]  # the same phone arrives anew
