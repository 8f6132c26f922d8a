"""Owners pay by phone: the provider's signed word books the money, once, and nothing else does."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from services.billing.orders.tasks import ask
from shared.ids import uuid7
from shared.runtime import Job
from tests.billing.counter import Counter
from tests.billing.village import yuan
from tests.support.simulators.payers import pay_accounts
from tests.support.world import Standing


@pytest.mark.parametrize("method", ["wechat", "alipay"])
async def test_a_callback_books_what_was_ordered(counter: Counter, method: str) -> None:
    order = await counter.order(method)
    assert (yuan(order["amount"]), order["state"]) == ("400.00", "created")
    provider = counter.wechat if method == "wechat" else counter.alipay
    heard = await counter.tell({"wechat": "wx", "alipay": "ali"}[method], *provider.notification(counter.paid(order)))
    assert (heard.status_code, heard.text) == ((204, "") if method == "wechat" else (200, "success"))
    seen = await counter.see(order)
    (payment,) = await counter.payments()
    assert (seen["state"], seen["payment_id"]) == ("paid", payment["id"])
    assert (payment["method"], payment["reference"], yuan(payment["amount"])) == (method, seen["trade"], "400.00")
    assert payment["value_date"] == "2025-04-01"
    assert [b["state"] for b in await counter.village.bills(unit_id=order["unit_id"])] == ["paid", "paid"]
    await counter.village.proven()


async def test_callbacks_three_times_and_at_once_count_once(counter: Counter) -> None:
    order = await counter.order()
    trade = counter.paid(order)
    deliveries = [counter.wechat.notification(trade) for _ in range(3)]
    deliveries += [counter.wechat.notification(trade, id=f"other-{n}") for n in range(5)]
    answers = await asyncio.gather(*(counter.tell("wx", *d) for d in deliveries))
    assert {a.status_code for a in answers} == {204}
    assert len(await counter.payments()) == 1
    assert len(await counter.village.feed("payment.received.v1")) == 1
    await counter.village.proven()


async def test_callbacks_out_of_order_leave_the_money_booked(counter: Counter) -> None:
    """The end of the trade arrives before and after its payment."""
    order = await counter.order("alipay")
    trade = counter.alipay.trades[UUID(order["id"]).hex]
    trade.state = "TRADE_CLOSED"
    closed = counter.alipay.notification(trade)
    await counter.tell("ali", *closed)
    assert (await counter.see(order))["state"] == "closed"
    trade.state = "TRADE_SUCCESS"
    await counter.tell("ali", *counter.alipay.notification(trade))
    await counter.tell("ali", *closed)
    assert (await counter.see(order))["state"] == "paid"
    assert len(await counter.payments()) == 1


async def test_callback_and_question_at_once_count_once(counter: Counter) -> None:
    order = await counter.order()
    told = counter.wechat.notification(counter.paid(order))
    rt = counter.village.world.runtime("billing")
    job = Job(uuid7(), counter.village.org, "payment_order.ask", {"order_id": order["id"]}, 1, "test")
    await asyncio.gather(counter.tell("wx", *told), ask(rt, job), ask(rt, job), counter.tell("wx", *told))
    assert len(await counter.payments()) == 1
    assert (await counter.see(order))["state"] == "paid"


@pytest.mark.parametrize("method", ["wechat", "alipay"])
async def test_a_lost_callback_is_found_by_asking(counter: Counter, now: Standing, method: str) -> None:
    order = await counter.order(method)
    counter.paid(order)
    await counter.later(timedelta(minutes=3), now)
    assert (await counter.see(order))["state"] == "paid"
    assert len(await counter.payments()) == 1


async def test_what_nobody_pays_is_closed_at_the_provider_first(counter: Counter, now: Standing) -> None:
    order = await counter.order()
    await counter.later(timedelta(minutes=29, seconds=59), now)
    assert (await counter.see(order))["state"] == "started"
    await counter.later(timedelta(minutes=1, seconds=1), now)
    assert counter.wechat.trades[UUID(order["id"]).hex].state == "CLOSED"
    assert (await counter.see(order))["state"] == "closed"
    refused = await counter.start(order)
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.payment_order.over")


@pytest.mark.parametrize("method", ["wechat", "alipay"])
async def test_an_unknown_outcome_is_a_state_until_the_provider_answers(
    counter: Counter, now: Standing, method: str
) -> None:
    order = await counter.order(method)
    counter.paid(order)
    provider = counter.wechat if method == "wechat" else counter.alipay
    provider.down = True
    await counter.later(timedelta(minutes=10), now)
    assert (await counter.see(order))["state"] == "started"  # its time is not over
    await counter.later(timedelta(minutes=21), now)
    assert (await counter.see(order))["state"] == "unknown"
    assert await counter.payments() == []
    for _ in range(6):
        await counter.later(timedelta(hours=1), now)
    assert (await counter.see(order))["state"] == "unknown"
    provider.down = False
    await counter.later(timedelta(hours=1), now)
    assert (await counter.see(order))["state"] == "paid"
    assert len(await counter.payments()) == 1


async def test_an_answer_that_somebody_else_signed_is_no_answer(counter: Counter, now: Standing) -> None:
    order = await counter.order()
    counter.paid(order)
    counter.wechat.forged = True
    await counter.later(timedelta(minutes=31), now)
    assert (await counter.see(order))["state"] == "unknown"
    assert await counter.payments() == []


async def test_what_is_not_theirs_is_refused_and_books_nothing(counter: Counter) -> None:
    order = await counter.order()
    trade = counter.paid(order)
    body, headers = counter.wechat.notification(trade)
    counter.wechat.forged = True
    forged = counter.wechat.notification(trade)
    counter.wechat.forged = False
    wrong = [
        forged,
        (body.replace(b"TRANSACTION.SUCCESS", b"TRANSACTION.SUCCESS "), headers),
        (body, {**headers, "Wechatpay-Serial": "UNKNOWN"}),
        (body, {**headers, "Wechatpay-Timestamp": "now"}),
        (body, {**headers, "Wechatpay-Signature": "%%%"}),
        (body, {}),
        (b"", counter.wechat.aged(b"", 0)),
        (body, counter.wechat.aged(body, 301)),
        (body, counter.wechat.aged(body, -302)),
        counter.wechat.notification(trade, mchid="1900000002"),
        counter.wechat.notification(trade, appid="wxother"),
        counter.wechat.notification(trade, out_trade_no="not-ours"),
    ]
    for delivery in wrong:
        refused = await counter.tell("wx", *delivery)
        assert (refused.status_code, refused.json()["code"]) == (401, "billing.callback.not_authentic"), delivery
    assert (await counter.tell("ali", body, headers)).status_code == 401
    assert (await counter.tell("nobody", body, headers)).status_code == 401
    assert await counter.payments() == []
    assert (await counter.tell("wx", body, counter.wechat.aged(body, 299))).status_code == 204


async def test_what_alipay_did_not_sign_is_refused(counter: Counter) -> None:
    order = await counter.order("alipay")
    trade = counter.paid(order)
    body, headers = counter.alipay.notification(trade)
    wrong = [
        body.replace(b"total_amount=400.00", b"total_amount=4.00"),
        body + b"&total_amount=4.00",
        body.replace(b"sign_type=RSA2", b"sign_type=RSA"),
        b"\xff\xfe",
        counter.alipay.notification(trade, seller_id="2088000000000002")[0],
        counter.alipay.notification(trade, app_id="2021000000000002")[0],
        counter.alipay.notification(trade, notify_time="2020-01-01 00:00:00")[0],
    ]
    for delivery in wrong:
        assert (await counter.tell("ali", delivery, headers)).status_code == 401, delivery
    assert await counter.payments() == []


async def test_another_organisation_hears_nothing_of_it(counter: Counter) -> None:
    order = await counter.order()
    told = counter.wechat.notification(counter.paid(order))
    other = await counter.village.world.new_org("别家物业")
    refused = await counter.tell("wx", *told, org=other)
    assert (refused.status_code, refused.json()["code"]) == (404, "billing.payment_order.unknown")
    assert await counter.payments() == []


async def test_another_amount_is_booked_by_nobody_and_shown(counter: Counter) -> None:
    order = await counter.order()
    told = counter.wechat.notification(counter.paid(order, taken=100))
    assert (await counter.tell("wx", *told)).status_code == 204
    seen = await counter.see(order)
    assert (seen["state"], yuan(seen["said"]), seen["payment_id"]) == ("differs", "1.00", None)
    assert await counter.payments() == []


async def test_named_bills_are_paid_and_money_is_counted_when_they_were_paid_meanwhile(counter: Counter) -> None:
    village = counter.village
    bills = await village.bills(unit_id=str(village.first()))
    order = await counter.order(bills=[bills[1]["id"]])
    assert yuan(order["amount"]) == "200.00"
    second = await counter.order(bills=[bills[1]["id"]])
    for each in (order, second):
        await counter.tell("wx", *counter.wechat.notification(counter.paid(each)))
    assert [b["state"] for b in await village.bills(unit_id=str(village.first()))] == ["paid", "paid"]
    assert len(await counter.payments()) == 2
    await village.proven()


async def test_a_trade_that_staff_booked_by_hand_is_that_payment(counter: Counter) -> None:
    order = await counter.order()
    trade = counter.paid(order)
    booked = await counter.village.pay("400.00", "2025-04-01", method="wechat", reference=trade.id)
    await counter.tell("wx", *counter.wechat.notification(trade))
    assert (await counter.see(order))["payment_id"] == booked["id"]
    assert len(await counter.payments()) == 1


async def test_a_trade_that_staff_booked_and_took_back_is_lost_by_nobody(counter: Counter) -> None:
    order = await counter.order()
    trade = counter.paid(order)
    booked = await counter.village.pay("400.00", "2025-04-01", method="wechat", reference=trade.id)
    undone = await counter.village.post(f"payments/{booked['id']}/reverse", {"reason": "记错"})
    assert undone.status_code == 200
    await counter.tell("wx", *counter.wechat.notification(trade))
    seen = await counter.see(order)
    assert (seen["state"], seen["payment_id"]) == ("differs", None)  # a person looks: the money is at the provider
    await counter.village.proven()


async def test_the_phone_gets_what_it_needs_and_the_same_trade_again(counter: Counter) -> None:
    order = await counter.order()
    again = (await counter.start(order)).json()["pay"]
    assert order["pay"]["package"] == again["package"] == f"prepay_id=wx{UUID(order['id']).hex}"
    assert set(again) == {"appId", "timeStamp", "nonceStr", "package", "signType", "paySign"}
    assert len(counter.wechat.trades) == 1


async def test_what_cannot_be_started_says_why(counter: Counter) -> None:
    order = (await counter.ask_for()).json()
    nobody = await counter.start(order, None)
    assert (nobody.status_code, [e["path"] for e in nobody.json()["errors"]]) == (422, ["payer"])
    stranger = await counter.start(order, "stranger")
    assert (stranger.status_code, stranger.json()["code"]) == (409, "billing.payment_order.refused")
    counter.wechat.down = True
    silent = await counter.start(order)
    assert (silent.status_code, silent.json()["code"]) == (503, "billing.payment_order.provider_silent")
    counter.wechat.down = False
    assert (await counter.start(order)).status_code == 200


async def test_orders_are_for_open_bills_of_one_s_own_unit(counter: Counter) -> None:
    village = counter.village
    mine = await village.bills(unit_id=str(village.first()))
    neighbour = next(b for b in await village.bills() if b["unit_id"] != str(village.first()))
    for change, path in (
        ({"bills": [neighbour["id"]]}, "bills.0"),
        ({"bills": [mine[0]["id"], mine[0]["id"]]}, "bills"),
        ({"bills": [mine[0]["id"]], "amount": {"amount": "1.00"}}, "amount"),
        ({"amount": {"amount": "0.00"}}, "amount.amount"),
        ({"amount": {"amount": "1.00", "currency": "USD"}}, "amount.currency"),
    ):
        refused = await counter.ask_for(**change)
        assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, [path]), change
    other = {"unit_id": neighbour["unit_id"], "method": "wechat"}
    assert (await village.post("payment-orders", other, counter.owner)).status_code == 404
    assert (await village.post("payment-orders", other)).status_code == 403  # finance does not pay for owners
    ahead = await counter.ask_for(amount={"amount": "1000.00", "currency": "CNY"})
    assert yuan(ahead.json()["amount"]) == "1000.00"
    await village.pay("400.00", "2025-03-01")
    nothing = await counter.ask_for()
    assert (nothing.status_code, nothing.json()["code"]) == (409, "billing.payment_order.nothing_open")


async def test_a_community_without_an_account_says_so(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    rt = counter.village.world.runtime("billing")
    elsewhere = pay_accounts(org=str(counter.village.org), communities=[str(uuid7())])
    monkeypatch.setattr(rt, "settings", rt.settings.model_copy(update={"pay_accounts": elsewhere}))
    refused = await counter.ask_for()
    assert (refused.status_code, refused.json()["code"]) == (409, "billing.payment_order.no_account")


async def test_no_openid_and_no_key_is_kept_or_shown(counter: Counter) -> None:
    order = await counter.order()
    await counter.tell("wx", *counter.wechat.notification(counter.paid(order)))
    async with counter.village.world.runtime("billing").db.read(counter.village.org) as tx:
        for table in ("payment_orders", "callbacks", "outbox", "audit"):
            for row in await tx.raw.fetch(f"SELECT t::text FROM billing.{table} t WHERE org_id = $1", tx.org_id):
                assert "openid" not in row[0]
    assert "PRIVATE KEY" not in repr(counter.village.world.runtime("billing").settings)


async def test_one_order_pays_the_bills_of_all_dwellings_of_its_payer(counter: Counter) -> None:
    v = counter.village
    mine = [str(b["id"]) for b in await v.bills()]
    first, second = v.units.values()
    both = v.world.token("resident", v.org, units=[first, second], sub=next(iter(v.owners.values())))
    body = {"unit_id": str(first), "method": "wechat", "bills": mine}
    made = await v.post("payment-orders", body, both)
    assert (made.status_code, yuan(made.json()["amount"])) == (201, "774.00")
    assert (await v.post(f"payment-orders/{made.json()['id']}/start", {"payer": "openid-1"}, both)).status_code == 200
    await counter.tell("wx", *counter.wechat.notification(counter.paid(made.json())))
    assert {b["state"] for b in await v.bills()} == {"paid"}
    (payment,) = await counter.payments()
    assert {a["bill_id"] for a in payment["allocations"]} == set(mine)
    await v.proven()
