"""What billing says: bills, money in, and what the money paid for. Amounts are fen (分), dates are local."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, FEN, ID, PERIOD, TEXT, TIME, mapping, maybe, record

EVENTS: Final = (
    EventType(
        "bill.issued.v1",
        "bill",
        "账单已出具",
        "a bill was issued",
        record(
            bill_id=ID,
            number=TEXT,
            unit_id=ID,
            payer_id=maybe(ID),
            fee_kind=CODE,
            period=PERIOD,
            due_date=DATE,
            amount_fen=FEN,
            standard=TEXT,
        ),
    ),
    EventType(
        "bill.credited.v1",
        "bill",
        "账单减免",
        "an issued bill is owed less: a `credit` corrects it, a `waiver` lets it go; the bill itself stays as it is",
        record(
            credit_id=ID,
            number=TEXT,
            kind=CODE,
            bill_id=ID,
            unit_id=ID,
            fee_kind=CODE,
            due_date=DATE,
            amount_fen=FEN,
            effective_on=DATE,
        ),
    ),
    EventType(
        "slip.posted.v1",
        "slip",
        "有偿服务单已录入",
        "a paid service was posted; `in_time` before the deduction run at `run_at` that collects it",
        record(
            slip_id=ID,
            number=TEXT,
            unit_id=ID,
            bill_id=ID,
            amount_fen=FEN,
            served_on=DATE,
            posted_at=TIME,
            run_at=TIME,
            in_time=BOOL,
        ),
    ),
    EventType(
        "payment.received.v1",
        "payment",
        "收到款项",
        "money came in; `prepaid_fen` of it met no bill yet",
        record(
            payment_id=ID,
            unit_id=ID,
            payer_id=maybe(ID),
            amount_fen=FEN,
            value_date=DATE,
            method=CODE,
            prepaid_fen=FEN,
        ),
    ),
    EventType(
        "payment.allocated.v1",
        "bill",
        "款项冲抵账单",
        "money paid a bill, a prepayment applied later included, or left it again (negative); `value_date` is that of "
        "the payment",
        record(
            allocation_id=ID,
            payment_id=ID,
            bill_id=ID,
            unit_id=ID,
            fee_kind=CODE,
            due_date=DATE,
            amount_fen=FEN,
            value_date=DATE,
            paid_on=DATE,
        ),
    ),
    EventType(
        "payment.corrected.v1",
        "payment",
        "款项冲正或转移",
        "a payment was undone (`reversed`) or booked to another unit (`moved`); its bills are told by negative "
        "allocations",
        record(
            payment_id=ID,
            unit_id=ID,
            kind=CODE,
            amount_fen=FEN,
            new_payment_id=maybe(ID),
        ),
    ),
    EventType(
        "message.requested.v1",
        "case",
        "请求发送通知（催缴）",
        "dunning asks notify to tell somebody; the outcome comes back as message.delivered or message.failed",
        record(template=CODE, person_id=maybe(ID), unit_id=maybe(ID), variables=mapping(TEXT)),
        announced=True,
    ),
)
