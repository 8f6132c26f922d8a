"""Money given back: approved by somebody else, set aside, paid out once, and never more than was paid."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.billing.counter import Counter
from tests.billing.village import Village, yuan
from tests.support.world import Standing


@pytest.fixture
async def billed(village: Village) -> Village:
    """January and February billed: 200.00 each for the first unit."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    return village


async def ask(village: Village, paid: str, amount: str, by: dict[str, str] | None = None, **more: Any) -> Any:
    body = {"amount": {"amount": amount}, "reason": "多缴", **more}
    return await village.post(f"payments/{paid}/refunds", body, by)


async def decide(village: Village, refund: dict[str, Any], role: str = "cs_manager", act: str = "approve") -> Any:
    who = village.world.token(role, village.org)
    return await village.post(f"approvals/{refund['approval_id']}/{act}", {"reason": "已核实"}, who)


async def approved(village: Village, paid: str, amount: str, **more: Any) -> dict[str, Any]:
    asked = await ask(village, paid, amount, **more)
    assert asked.status_code == 201, asked.text
    done = await decide(village, asked.json())
    assert done.status_code == 200, done.text
    found: dict[str, Any] = asked.json()
    return found


async def owed(village: Village) -> tuple[str, str]:
    account = await village.get(f"accounts/{village.first()}")
    return yuan(account["owed"]), yuan(account["prepayment"])


async def ledgers(village: Village) -> dict[str, int]:
    async with village.world.runtime("billing").db.read(village.org) as tx:
        rows = await tx.raw.fetch(
            "SELECT ledger, sum(amount_fen)::bigint AS fen FROM billing.postings WHERE org_id = $1 GROUP BY ledger",
            village.org,
        )
    return {row["ledger"]: row["fen"] for row in rows}


async def test_d083_a_refund_takes_two_people_and_from_50000_yuan_the_general_manager(billed: Village) -> None:
    """D-083: nobody below the general manager lets 50,000.00 yuan go out; 49,999.99 finance may."""
    paid = await billed.pay("100400.00", "2025-03-01")
    me = uuid4()
    asker = billed.world.token("finance", billed.org, sub=me)
    high = (await ask(billed, paid["id"], "50000.00", asker)).json()
    own = await billed.post(f"approvals/{high['approval_id']}/approve", {"reason": "同意"}, asker)
    assert (own.status_code, own.json()["code"]) == (403, "approval.request.own")
    assert (await decide(billed, high, "finance")).json()["state"] == "pending"
    assert (await decide(billed, high, "cs_manager")).status_code == 403
    assert (await owed(billed)) == ("0.00", "100000.00")
    assert (await decide(billed, high, "gm")).json()["state"] == "approved"
    low = (await ask(billed, paid["id"], "49999.99", asker)).json()
    assert (await decide(billed, low, "finance")).json()["state"] == "approved"
    assert await owed(billed) == ("0.00", "0.01")
    assert (await ledgers(billed))["refund_due"] == -9_999_999
    await billed.proven()


async def test_a_refund_by_bank_is_set_aside_at_once_and_recorded_by_finance_when_it_went_out(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01", reference="ICBC-1")
    refund = await approved(billed, paid["id"], "50.00")
    assert (refund["method"], refund["state"]) == ("bank_transfer", "asked")
    await billed.bill("2025-03")  # what is set aside pays no bill
    assert await owed(billed) == ("200.00", "0.00")
    held = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "退票"})
    assert (held.status_code, held.json()["code"]) == (409, "billing.payment.refund_on_its_way")
    clerk = billed.world.token("clerk", billed.org)
    assert (await billed.post(f"refunds/{refund['id']}/pay", {"reference": "T-1"}, clerk)).json()["code"] == (
        "billing.refund.by_finance"
    )
    for body, path in (({}, "reference"), ({"reference": "T-1", "paid_on": "2025-04-02"}, "paid_on")):
        wrong = await billed.post(f"refunds/{refund['id']}/pay", body)
        assert [e["path"] for e in wrong.json()["errors"]] == [path]
    body = {"reference": "T-1", "paid_on": "2025-03-31"}
    answers = await asyncio.gather(*(billed.post(f"refunds/{refund['id']}/pay", body) for _ in range(4)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409]
    seen = await billed.get(f"refunds/{refund['id']}")
    assert (seen["state"], seen["reference"], seen["paid_on"]) == ("paid", "T-1", "2025-03-31")
    (event,) = await billed.feed("payment.refunded.v1")
    assert (event["data"]["amount_fen"], event["data"]["method"]) == (5000, "bank_transfer")
    found = await ledgers(billed)
    assert (found["refund_due"], found["money"]) == (0, 40_000)
    done = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "退票"})
    assert yuan(done.json()["amount"]) == "400.00"  # what was given back does not come back twice
    await billed.proven()


async def test_a_refund_in_cash_goes_out_of_the_drawer_of_whoever_pays_it(billed: Village) -> None:
    clerk = billed.world.token("clerk", billed.org, sub=uuid4())
    drawer = {"community_id": str(billed.id), "float": {"amount": "0.00"}}
    shift = (await billed.post("cash-shifts", drawer, clerk)).json()
    taken = await billed.post("payments", billed.payment("450.00", "2025-04-01", method="cash"), clerk)
    refund = await approved(billed, taken.json()["id"], "50.00")
    assert refund["method"] == "cash"
    nobody = await billed.post(f"refunds/{refund['id']}/pay", {})
    assert (nobody.status_code, nobody.json()["code"]) == (409, "billing.cash_shift.none_open")
    assert (await billed.get(f"refunds/{refund['id']}"))["state"] == "approved"
    out = await billed.post(f"refunds/{refund['id']}/pay", {}, clerk)
    assert (out.json()["state"], out.json()["paid_on"]) == ("paid", "2025-04-01")
    report = await billed.get(f"cash-shifts/{shift['id']}/report")
    assert [(s["kind"], yuan(s["amount"])) for s in report["sums"]] == [("payment", "450.00"), ("refund", "-50.00")]
    day = await billed.get(f"cash-days/{billed.id}")
    assert [(m["method"], yuan(m["paid_out"]), yuan(m["net"])) for m in day["methods"]] == [("cash", "50.00", "400.00")]
    await billed.proven()


async def test_a_refund_gives_back_no_more_than_stands_beside(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01")
    above = await ask(billed, paid["id"], "50.01")
    assert (above.status_code, above.json()["code"]) == (409, "billing.refund.above_open")
    one, two = (await ask(billed, paid["id"], "50.00")).json(), (await ask(billed, paid["id"], "30.00")).json()
    answers = await asyncio.gather(decide(billed, one), decide(billed, two))
    assert sorted(a.status_code for a in answers) == [200, 409]
    late = await ask(billed, (await billed.pay("20.00", "2025-03-01"))["id"], "20.00")
    await billed.bill("2025-03")  # uses the 20.00
    refused = await decide(billed, late.json(), "finance")
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.refund.above_open")
    assert (await billed.get(f"refunds/{late.json()['id']}"))["state"] == "asked"
    await billed.proven()


async def test_what_credits_set_free_of_a_payment_is_given_back_with_its_rest(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01")
    for bill in await billed.bills(unit_id=str(billed.first())):
        body = {"kind": "credit", "bill_id": bill["id"], "amount": {"amount": "10.00"}, "reason": "更正"}
        assert (await billed.post("credits", body)).status_code == 201
    assert await owed(billed) == ("0.00", "70.00")
    await approved(billed, paid["id"], "65.00")
    assert await owed(billed) == ("0.00", "5.00")
    await billed.proven()


async def test_a_refund_given_up_or_refused_leaves_the_money_where_it_was(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01")
    refused = (await ask(billed, paid["id"], "50.00")).json()
    assert (await decide(billed, refused, act="refuse")).status_code == 200
    assert (await billed.get(f"refunds/{refused['id']}"))["state"] == "refused"
    assert (await billed.post(f"refunds/{refused['id']}/give-up", {"reason": "-"})).status_code == 409
    refund = await approved(billed, paid["id"], "50.00")
    assert await owed(billed) == ("0.00", "0.00")
    over = await billed.post(f"refunds/{refund['id']}/give-up", {"reason": "业主要求留作预缴"})
    assert (over.json()["state"], over.json()["trouble"]) == ("given_up", "业主要求留作预缴")
    assert await owed(billed) == ("0.00", "50.00")
    late = await billed.post(f"refunds/{refund['id']}/pay", {"reference": "T-9"})
    assert (late.status_code, late.json()["code"]) == (409, "billing.refund.not_now")
    done = await billed.post(f"payments/{paid['id']}/reverse", {"reason": "退票"})
    assert yuan(done.json()["amount"]) == "450.00"
    await billed.proven()


async def test_refunds_of_what_one_does_not_see_are_unknown_and_owners_ask_for_none(billed: Village) -> None:
    paid = await billed.pay("450.00", "2025-03-01")
    refund = (await ask(billed, paid["id"], "50.00")).json()
    stranger = billed.world.token("finance", billed.org, units=[uuid4()])
    assert (await ask(billed, paid["id"], "1.00", stranger)).status_code == 404
    for path in ("pay", "give-up", "ask"):
        body = {"reason": "-"} if path == "give-up" else {}
        assert (await billed.post(f"refunds/{refund['id']}/{path}", body, stranger)).status_code == 404
    original = await ask(billed, paid["id"], "1.00", method="original")
    assert (original.status_code, original.json()["code"]) == (409, "billing.refund.no_trade")
    owner = billed.world.token("resident", billed.org, units=[billed.first()])
    assert (await ask(billed, paid["id"], "1.00", owner)).status_code == 403


# -- back the way it came ------------------------------------------------------------------------------------------


async def overpaid(counter: Counter, method: str) -> tuple[dict[str, Any], Any]:
    """An order of 450.00 paid by phone, of which 50.00 stand beside."""
    order = await counter.order(method, amount={"amount": "450.00"})
    trade = counter.paid(order)
    sim = counter.wechat if method == "wechat" else counter.alipay
    body, headers = sim.notification(trade)
    assert (await counter.tell("wx" if method == "wechat" else "ali", body, headers)).status_code in (200, 204)
    return (await counter.payments())[0], trade


async def state(counter: Counter, refund: dict[str, Any]) -> str:
    return str((await counter.village.get(f"refunds/{refund['id']}"))["state"])


@pytest.mark.parametrize("method", ["wechat", "alipay"])
async def test_a_refund_goes_back_through_its_provider_and_the_callbacks_count_once(
    counter: Counter, method: str
) -> None:
    v = counter.village
    payment, trade = await overpaid(counter, method)
    refund = await approved(v, payment["id"], "50.00")
    assert refund["method"] == method
    sim = counter.wechat if method == "wechat" else counter.alipay
    await v.world.drain(v.org)
    (back,) = sim.backs.values()
    assert (back.fen, back.number) == (5000, UUID(refund["id"]).hex)
    assert await state(counter, refund) == ("sent" if method == "wechat" else "paid")
    by_hand = await v.post(f"refunds/{refund['id']}/pay", {"reference": "T-1"})
    give_up = await v.post(f"refunds/{refund['id']}/give-up", {"reason": "-"})
    assert {by_hand.status_code, give_up.status_code} == {409}
    back.state, back.at = "SUCCESS", trade.paid_at
    if method == "wechat":
        told = counter.wechat.back_notification(back)
    else:
        told = counter.alipay.back_notification(trade, back)
    account = "wx" if method == "wechat" else "ali"
    answers = await asyncio.gather(*(counter.tell(account, *told) for _ in range(3)))
    assert {a.status_code for a in answers} == {204 if method == "wechat" else 200}
    await v.world.drain(v.org)
    assert await state(counter, refund) == "paid"
    assert len(await v.feed("payment.refunded.v1")) == 1
    found = await ledgers(v)
    assert (found["refund_due"], found["money"]) == (0, 40_000)
    await v.proven()


@pytest.mark.parametrize("method", ["wechat", "alipay"])
@pytest.mark.parametrize("lost", ["deaf", "mute"])
async def test_an_unknown_outcome_is_a_state_and_the_provider_is_asked_until_it_answers(
    counter: Counter, now: Standing, method: str, lost: str
) -> None:
    v = counter.village
    payment, trade = await overpaid(counter, method)
    sim = counter.wechat if method == "wechat" else counter.alipay
    setattr(sim, lost, True)
    refund = await approved(v, payment["id"], "50.00")
    await v.world.drain(v.org)
    assert await state(counter, refund) == "unknown"
    assert len(sim.backs) == (0 if lost == "deaf" else 1)
    sim.down = True
    await counter.later(timedelta(minutes=10), now)
    assert await state(counter, refund) == "unknown"
    sim.down = False
    setattr(sim, lost, False)
    await counter.later(timedelta(hours=2), now)
    (back,) = sim.backs.values()
    back.state, back.at = "SUCCESS", trade.paid_at
    assert (await v.post(f"refunds/{refund['id']}/ask", {})).status_code in (202, 409)
    await v.world.drain(v.org)
    assert await state(counter, refund) == "paid"
    assert len(await v.feed("payment.refunded.v1")) == 1
    await v.proven()


@pytest.mark.parametrize("method", ["wechat", "alipay"])
async def test_what_a_provider_refuses_stands_beside_the_bills_again(counter: Counter, method: str) -> None:
    v = counter.village
    payment, _ = await overpaid(counter, method)
    sim = counter.wechat if method == "wechat" else counter.alipay
    sim.poor = True
    refund = await approved(v, payment["id"], "50.00")
    assert (await owed(v))[1] == "0.00"
    await v.world.drain(v.org)
    seen = await v.get(f"refunds/{refund['id']}")
    assert seen["state"] == "failed" and "NOT_ENOUGH" in seen["trouble"]
    assert (await owed(v))[1] == "50.00"
    by_bank = await approved(v, payment["id"], "50.00", method="bank_transfer")
    assert (await v.post(f"refunds/{by_bank['id']}/pay", {"reference": "T-2"})).json()["state"] == "paid"
    await v.proven()


async def test_a_refund_that_the_provider_could_not_pay_or_paid_otherwise_waits_for_finance(counter: Counter) -> None:
    v = counter.village
    payment, trade = await overpaid(counter, "wechat")
    refund = await approved(v, payment["id"], "50.00")
    await v.world.drain(v.org)
    (back,) = counter.wechat.backs.values()
    forged = dict(counter.wechat.back_notification(back)[1])
    body, _ = counter.wechat.back_notification(back)
    assert (await counter.tell("wx", body, {**forged, "Wechatpay-Nonce": "x"})).status_code == 401
    other, headers = counter.wechat.back_notification(back, mchid="1900000002")
    assert (await counter.tell("wx", other, headers)).status_code == 401
    back.state = "ABNORMAL"
    assert (await counter.tell("wx", *counter.wechat.back_notification(back))).status_code == 204
    assert await state(counter, refund) == "differs"
    clerk = v.world.token("clerk", v.org)
    assert (await v.post(f"refunds/{refund['id']}/give-up", {"reason": "-"}, clerk)).status_code == 409
    done = await v.post(f"refunds/{refund['id']}/pay", {"reference": "T-3"})
    assert (done.json()["state"], done.json()["method"]) == ("paid", "bank_transfer")
    back.state, back.at = "SUCCESS", trade.paid_at  # too late: it is over here
    assert (await counter.tell("wx", *counter.wechat.back_notification(back))).status_code == 204
    assert len(await v.feed("payment.refunded.v1")) == 1
    await v.proven()


async def test_a_closed_refund_fails_and_one_of_another_amount_differs(counter: Counter) -> None:
    v = counter.village
    payment, trade = await overpaid(counter, "wechat")
    closed, less = await approved(v, payment["id"], "20.00"), await approved(v, payment["id"], "30.00")
    await v.world.drain(v.org)
    backs = counter.wechat.backs
    backs[UUID(closed["id"]).hex].state = "CLOSED"
    backs[UUID(less["id"]).hex].state, backs[UUID(less["id"]).hex].at = "SUCCESS", trade.paid_at
    amount = {"total": 45000, "refund": 2900, "currency": "CNY"}
    for refund, changes in ((closed, {}), (less, {"amount": amount})):
        told = counter.wechat.back_notification(backs[UUID(refund["id"]).hex], **changes)
        assert (await counter.tell("wx", *told)).status_code == 204
    assert (await state(counter, closed), await state(counter, less)) == ("failed", "differs")
    assert yuan((await v.get(f"refunds/{less['id']}"))["said"]) == "29.00"
    assert (await owed(v))[1] == "20.00"
    await v.proven()
