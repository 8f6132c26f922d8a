"""Proof of service is a file: checked by what it is, kept once, hashed, read by staff alone, in the legal pack."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.billing.proofs import service
from shared.files.store import key_of
from tests.billing.debtors import Debtors
from tests.billing.personal.test_forgetting import erased
from tests.billing.village import Village
from tests.shared.files import samples
from tests.support.world import Standing


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January and February, dunned since 1 April."""
    found = await Debtors(village, now).bill("2025-01", "2025-02")
    await found.plan("2025-04")
    return found


async def demand(debtors: Debtors) -> str:
    """A printed demand of the first household."""
    case = await debtors.case()
    notice = await debtors.post("dunning-notices", {"case_id": case["id"], "kind": "demand"})
    await debtors.post(f"dunning-notices/{notice['id']}/printed", {})
    return str(notice["id"])


async def content(debtors: Debtors, notice: str, proof: str, headers: Any = None) -> Any:
    path = f"/billing/v1/dunning-notices/{notice}/proofs/{proof}/content"
    return await debtors.village.api.get(path, headers=headers or debtors.clerk)


async def test_a_photo_loses_its_place_is_hashed_and_comes_back_as_it_was_kept(debtors: Debtors) -> None:
    notice = await demand(debtors)
    sent = samples.phone_photo()
    answer = await debtors.prove(notice, sent, "../../签收单.exe")
    assert answer.status_code == 201, answer.text
    proof = answer.json()
    assert (proof["kind"], proof["media_type"]) == ("image", "image/jpeg") and proof["name"].endswith(".jpg")
    assert proof["source_sha256"] == hashlib.sha256(sent).hexdigest() != proof["sha256"]
    found = await content(debtors, notice, proof["id"])
    assert found.status_code == 200 and hashlib.sha256(found.content).hexdigest() == proof["sha256"]
    assert b"GPS" not in found.content
    assert found.headers["cache-control"] == "private, no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert await debtors.village.get(f"dunning-notices/{notice}/proofs", debtors.clerk) == [proof]
    async with debtors.village.world.runtime("billing").db.read(debtors.village.org) as tx:
        rows = await tx.raw.fetch(
            "SELECT action FROM billing.audit WHERE org_id = $1 AND entity_id = $2", debtors.village.org, UUID(notice)
        )
    assert [r["action"] for r in rows].count("dunning_notice.proof_opened") == 1


async def test_what_is_no_proof_is_refused_and_nothing_is_kept(debtors: Debtors) -> None:
    notice = await demand(debtors)
    for data, status, code in (
        (b"MZ\x90\x00 program", 422, "file.type.refused"),
        (samples.photo()[:-200], 422, "file.content.damaged"),
        (samples.pdf(b"/JavaScript"), 422, "file.type.refused"),
        (b"", 422, "file.type.refused"),
    ):
        answer = await debtors.prove(notice, data)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await debtors.village.get(f"dunning-notices/{notice}/proofs", debtors.clerk) == []
    assert (await debtors.prove(str(uuid4()))).status_code == 404
    refused = await debtors.refused(f"dunning-notices/{notice}/delivered", {"delivery": "post"})
    assert refused == "billing.dunning_notice.unproven"
    assert (await debtors.case())["demand_term_on"] is None


async def test_the_same_file_sent_at_once_and_again_is_one_proof(debtors: Debtors) -> None:
    notice = await demand(debtors)
    data = samples.photo()
    answers = await asyncio.gather(*(debtors.prove(notice, data) for _ in range(4)))
    assert {a.status_code for a in answers} == {201} and len({a.json()["id"] for a in answers}) == 1
    assert len(await debtors.village.get(f"dunning-notices/{notice}/proofs", debtors.clerk)) == 1
    proof = answers[0].json()
    assert (await content(debtors, notice, proof["id"])).status_code == 200


async def test_a_notice_has_twenty_proofs_at_most(debtors: Debtors, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = await demand(debtors)
    monkeypatch.setattr(service, "MOST", 2)
    for width in (64, 65):
        assert (await debtors.prove(notice, samples.photo(width, 64))).status_code == 201
    answer = await debtors.prove(notice, samples.photo(66, 64))
    assert (answer.status_code, answer.json()["code"]) == (409, "billing.notice_proof.too_many")


async def test_proofs_are_seen_by_those_who_see_the_notice_and_by_no_resident(debtors: Debtors) -> None:
    notice = await demand(debtors)
    proof = (await debtors.prove(notice)).json()
    village = debtors.village
    elsewhere = village.world.token("clerk", village.org, units=[uuid4()])
    assert (await content(debtors, notice, proof["id"], elsewhere)).status_code == 404
    resident = village.world.token("resident", village.org, units=[village.first()])
    assert (await content(debtors, notice, proof["id"], resident)).status_code == 403
    other = await debtors.post("dunning-notices", {"case_id": (await debtors.case())["id"]})
    assert (await content(debtors, other["id"], proof["id"])).status_code == 404


async def test_d075_the_picture_of_an_erased_debtor_goes_when_nothing_is_owed_and_its_hash_stays(
    debtors: Debtors,
) -> None:
    notice = await demand(debtors)
    proof = (await debtors.prove(notice)).json()
    await debtors.post(f"dunning-notices/{notice}/delivered", {"delivery": "hand"})
    payer = (await debtors.case())["payer_id"]
    await erased(debtors, payer)  # still owed: a court is shown it
    assert (await content(debtors, notice, proof["id"])).status_code == 200
    await debtors.village.pay("400.00", "2025-04-01")
    for _ in range(2):
        await erased(debtors, payer)
    await debtors.drain()
    assert (await content(debtors, notice, proof["id"])).status_code == 404
    (left,) = await debtors.village.get(f"dunning-notices/{notice}/proofs", debtors.clerk)
    assert (left["state"], left["name"], left["sha256"]) == ("removed", "", proof["sha256"])
    rt = debtors.village.world.runtime("billing")
    with pytest.raises(Exception, match="not found|移除|removed"):
        await rt.state["files"].get(key_of(debtors.village.org, UUID(proof["id"])))
