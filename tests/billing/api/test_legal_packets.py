"""From the written notice to the legal packet: printed, served, term over, three months over, submitted, frozen."""

from __future__ import annotations

import hashlib

import pytest

from tests.billing.debtors import Debtors, local
from tests.billing.village import Village
from tests.support.world import Standing


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January (due on the 25th) and February, dunned since 1 April."""
    found = await Debtors(village, now).bill("2025-01", "2025-02")
    await found.plan("2025-04")
    return found


async def served(debtors: Debtors, kind: str = "demand") -> str:
    """A notice of the first household, printed and served now."""
    case = await debtors.case()
    notice = await debtors.post("dunning-notices", {"case_id": case["id"], "kind": kind})
    path = f"dunning-notices/{notice['id']}"
    await debtors.post(f"{path}/printed", {})
    assert (await debtors.prove(notice["id"])).status_code == 201
    await debtors.post(f"{path}/delivered", {"delivery": "hand"})
    return str(notice["id"])


async def test_c068_a_notice_is_numbered_printed_and_delivered_by_somebody(debtors: Debtors) -> None:
    """C-068, E-016, B-075: household, amount, periods; printed_at, delivered_at, by."""
    case = await debtors.case()
    notice = await debtors.post("dunning-notices", {"case_id": case["id"]})
    assert notice["number"] == "CJ202504-000001" and notice["amount"]["amount"] == "400.00"
    path = f"dunning-notices/{notice['id']}"
    early = await debtors.refused(f"{path}/delivered", {"delivery": "door"})
    assert early == "billing.dunning_notice.not_now"
    pdfs = [
        await debtors.village.api.get(f"/billing/v1/{path}/notice.pdf", headers=debtors.clerk) for _ in range(2)
    ]
    assert pdfs[0].status_code == 200 and pdfs[0].content.startswith(b"%PDF")
    assert pdfs[0].content == pdfs[1].content
    await debtors.post(f"{path}/printed", {})
    assert await debtors.refused(f"{path}/printed", {}) == "billing.dunning_notice.not_now"
    future = {"delivery": "door", "at": local("2025-04-02 10:00").isoformat()}
    assert await debtors.refused(f"{path}/delivered", future) == "billing.dunning_notice.invalid"
    done = await debtors.post(f"{path}/delivered", {"delivery": "door"})
    assert (done["printed_by"], done["delivered_by"], done["delivery"]) == (
        str(debtors.clerk_id),
        str(debtors.clerk_id),
        "door",
    )
    said = await debtors.village.feed("dunning.notice.printed.v1", "dunning.notice.delivered.v1")
    assert [e["data"]["on_time"] for e in said] == [True, True]
    pack = await debtors.village.get(f"dunning-cases/{case['id']}/pack", debtors.supervisor)
    (kept,) = pack["parts"]["notices"]
    assert kept["content"]["unit"] == "1-0001"
    assert [(b["period"], b["open"]) for b in kept["content"]["bills"]] == [
        ("2025-01", "200.00"),
        ("2025-02", "200.00"),
    ]


async def test_b075_a_notice_not_delivered_by_its_day_is_noticed(debtors: Debtors) -> None:
    case = await debtors.case()
    past = await debtors.refused("dunning-notices", {"case_id": case["id"], "due_on": "2025-03-31"})
    assert past == "billing.dunning_notice.invalid"
    notice = await debtors.post("dunning-notices", {"case_id": case["id"], "due_on": "2025-04-05"})
    await debtors.to("2025-04-05 23:59")
    assert (await debtors.village.get(f"dunning-notices/{notice['id']}"))["missed_at"] is None
    await debtors.to("2025-04-06 00:00")
    assert (await debtors.village.get(f"dunning-notices/{notice['id']}"))["missed_at"] == "2025-04-05T16:00:00Z"
    (said,) = await debtors.village.feed("dunning.step_missed.v1")
    assert said["data"]["kind"] == "notice"


async def test_a_demand_needs_proof_and_does_its_step(debtors: Debtors) -> None:
    case = await debtors.case()
    notice = await debtors.post("dunning-notices", {"case_id": case["id"], "kind": "demand"})
    path = f"dunning-notices/{notice['id']}"
    await debtors.post(f"{path}/printed", {})
    assert await debtors.refused(f"{path}/delivered", {"delivery": "hand"}) == "billing.dunning_notice.unproven"
    proof = (await debtors.prove(notice["id"])).json()
    done = await debtors.post(f"{path}/delivered", {"delivery": "hand"})
    assert done["proof_sha256"] == proof["sha256"]
    step = (await debtors.steps())["demand"]
    assert (step["state"], step["on_time"], step["last_on"]) == ("done", True, "2025-04-10")
    assert (await debtors.case())["demand_term_on"] == "2025-04-16"


async def test_f086_the_packet_goes_after_three_full_months_and_a_demand_in_vain(debtors: Debtors) -> None:
    """F-086, C-061, D-036, D-062, E-015, B-071: due from, by the supervisor, with all evidence, once."""
    case = await debtors.case()
    body = {"case_id": case["id"]}
    assert (await debtors.village.post("legal-packets", body, debtors.clerk)).status_code == 403
    await debtors.to("2025-04-25 10:00")
    assert await debtors.refused("legal-packets", body, debtors.supervisor) == "billing.legal_packet.too_early"
    await debtors.to("2025-04-26 10:00")
    assert await debtors.refused("legal-packets", body, debtors.supervisor) == "billing.legal_packet.no_demand"
    await served(debtors)
    await debtors.to("2025-05-11 23:59")
    assert await debtors.refused("legal-packets", body, debtors.supervisor) == "billing.legal_packet.no_demand"
    await debtors.to("2025-05-12 09:00")
    packet = await debtors.post("legal-packets", body, debtors.supervisor)
    assert (packet["due_from"], packet["deadline"], packet["on_time"]) == ("2025-04-26", "2025-04-30", False)
    assert packet["limitation_on"] == "2028-04-26"  # the demand that was served interrupted it
    again = await debtors.refused("legal-packets", body, debtors.supervisor)
    assert again == "billing.legal_packet.exists"
    (said,) = await debtors.village.feed("legal.packet.submitted.v1")
    assert said["data"]["on_time"] is False
    legal = (await debtors.steps(period="2025-05"))["legal"]
    assert (legal["state"], legal["on_time"]) == ("done", True)
    full = await debtors.village.get(f"legal-packets/{packet['id']}", debtors.supervisor)
    legal_dept = debtors.village.world.token("legal", debtors.village.org)  # D-062
    assert await debtors.village.get(f"legal-packets/{packet['id']}", legal_dept) == full
    assert set(full["parts"]) >= {"household", "bills", "steps", "contacts", "notices", "limitation"}
    assert [b["number"] for b in full["parts"]["bills"]] and full["parts"]["notices"][0]["proof"]
    (proof,) = full["parts"]["proofs"]
    assert proof["sha256"] == full["parts"]["notices"][0]["proof"] and "proofs" in full["manifest"]
    await debtors.to("2025-06-01 09:00")
    assert "legal" not in await debtors.steps(period="2025-06")


async def test_b071_a_packet_that_is_not_submitted_is_missed(debtors: Debtors) -> None:
    """B-071: by the end of the month in which the duty begins."""
    await debtors.to("2025-05-01 00:00")
    said = await debtors.village.feed("dunning.step_missed.v1")
    assert [e["data"]["due_at"] for e in said if e["data"]["kind"] == "legal"] == ["2025-04-30T16:00:00+00:00"] * 2
    assert (await debtors.steps(period="2025-05"))["legal"]["state"] == "open"


async def test_the_pack_comes_in_one_call_and_its_hashes_hold(debtors: Debtors) -> None:
    """E-015, C-061: bills, payments, contacts, notices, and a manifest that anybody can check."""
    import orjson

    await debtors.village.pay("50.00", "2025-04-01")
    case = await debtors.case()
    pack = await debtors.village.get(f"dunning-cases/{case['id']}/pack", debtors.supervisor)
    assert pack["amount"]["amount"] == "350.00"
    assert pack["parts"]["part_payments"][0]["amount_fen"] == 5000
    assert pack["parts"]["limitation"]["interruptions"] == [{"on": "2025-04-01", "by": "part_payment"}]
    assert pack["limitation_on"] == "2028-04-01"
    for name, part in pack["parts"].items():
        canonical = orjson.dumps({"part": part}, option=orjson.OPT_SORT_KEYS)
        assert hashlib.sha256(canonical).hexdigest() == pack["manifest"][name], name
    again = await debtors.village.get(f"dunning-cases/{case['id']}/pack", debtors.supervisor)
    assert again["manifest_hash"] == pack["manifest_hash"]


async def test_nothing_is_served_or_submitted_for_a_paid_debt(debtors: Debtors) -> None:
    case = await debtors.case()
    await debtors.village.pay("400.00", "2025-04-01")
    assert await debtors.refused("dunning-notices", {"case_id": case["id"]}) == "billing.dunning_case.settled"
    code = await debtors.refused("legal-packets", {"case_id": case["id"]}, debtors.supervisor)
    assert code == "billing.dunning_case.settled"


async def test_c068_the_pack_holds_the_proof_of_each_reminder_as_notify_keeps_it(debtors: Debtors) -> None:
    """What was said, by its hash, whatever became of it; the manifest lists the proofs."""
    await debtors.to("2025-04-01 12:00")
    step = (await debtors.steps())["sms"]
    case = await debtors.case()
    pack = await debtors.village.get(f"dunning-cases/{case['id']}/pack", debtors.supervisor)
    (proof,) = pack["parts"]["messages"]
    assert (proof["subject_id"], proof["template"]) == (step["id"], "dunning.reminder")
    assert len(proof["content_hash"]) == len(proof["proof_hash"]) == 64
    assert len(pack["manifest"]["messages"]) == 64
    kept = await debtors.village.api.get(
        f"/notify/v1/messages/{proof['message_id']}/proof", headers=debtors.supervisor
    )
    assert kept.json() == proof
