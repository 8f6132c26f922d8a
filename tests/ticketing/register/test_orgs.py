"""`steward org create`: an organisation and the root of its tree under one id."""

from __future__ import annotations

import httpx
import pytest

from services.ticketing.errors import OrganisationExists
from services.ticketing.orgs.service import create_in, create_org
from tests.support.servers import Servers
from tests.support.world import World, settings_of
from tests.ticketing.support import Register


async def test_the_root_has_the_organisations_id_and_both_are_told(
    servers: Servers, world: World, api: httpx.AsyncClient
) -> None:
    org = await create_org(settings_of("ticketing", servers), "翠溪物业")
    register = Register(world, api, org)
    root = (await register.get(f"/org-units/{org}")).json()
    assert (root["name"], root["kind"], root["parent_id"], root["path"]) == ("翠溪物业", "root", None, [str(org)])
    events = await register.events()
    assert [(e["type"], e["subject"]) for e in events] == [("org.created.v1", org), ("org_unit.upserted.v1", org)]
    assert events[0]["data"] == {"name": "翠溪物业"}
    with pytest.raises(OrganisationExists):
        async with world.runtime("ticketing").db.tx(org) as tx:
            await create_in(tx, "again")


async def test_the_root_cannot_be_taken_over_by_an_import(register: Register) -> None:
    answer = await register.bulk(
        "org-units", [{"external_id": "root", "name": "mine", "kind": "branch"}], source="steward"
    )
    assert [e["path"] for e in answer["errors"]] == ["parent"]
    root = (await register.get(f"/org-units/{register.org}")).json()
    assert (root["kind"], root["version"]) == ("root", 1)


async def test_the_issuers_public_keys_are_at_their_well_known_address(world: World) -> None:
    transport = httpx.ASGITransport(app=world.apps["ticketing"])
    async with httpx.AsyncClient(transport=transport, base_url="http://ticketing") as client:
        answer = await client.get("/.well-known/jwks.json")
    assert answer.status_code == 200
    keys = answer.json()["keys"]  # several while issuers' keys rotate
    assert keys
    for key in keys:
        assert (key["kty"], key["crv"]) == ("EC", "P-256")
        assert "d" not in key
