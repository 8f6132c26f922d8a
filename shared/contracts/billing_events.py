"""What billing says: bills, money in, and what the money paid for. Amounts are fen (分), dates are local."""

from __future__ import annotations

from typing import Final

from shared.contracts.events import EventType
from shared.contracts.fields import BOOL, CODE, DATE, FEN, ID, INT, PERIOD, TEXT, TIME, Kind, mapping, maybe, record

_STEP: Final[dict[str, Kind]] = {
    "step_id": ID,
    "case_id": ID,
    "unit_id": ID,
    "payer_id": maybe(ID),
    "period": PERIOD,
}
_STEP_DONE: Final = record(**_STEP, outcome=CODE, on_time=BOOL)
_NOTICE: Final = record(
    notice_id=ID, case_id=ID, unit_id=ID, number=TEXT, kind=CODE, amount_fen=FEN, due_at=TIME, on_time=BOOL
)
_SHIFT: Final[dict[str, Kind]] = {"shift_id": ID, "number": TEXT, "cashier_id": ID}

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
        "refund.set_aside.v1",
        "refund",
        "退款已批准待付",
        "money of a payment left its prepayment to be given back; negative: it came back, and will not be paid out",
        record(refund_id=ID, payment_id=ID, unit_id=ID, amount_fen=FEN),
    ),
    EventType(
        "payment.refunded.v1",
        "refund",
        "款项已退还",
        "money of a payment was given back, in cash, by bank or through its provider",
        record(refund_id=ID, payment_id=ID, unit_id=ID, amount_fen=FEN, method=CODE, paid_on=DATE),
    ),
    EventType(
        "cash_shift.opened.v1",
        "cash_shift",
        "收银开班",
        "a cashier's drawer was opened; its takings are to be settled before `settle_due_at`",
        record(**_SHIFT, float_fen=FEN, settle_due_at=TIME),
    ),
    EventType(
        "cash_shift.closed.v1",
        "cash_shift",
        "收银结班",
        "a drawer was counted and closed; `difference_fen` over, or short where it is negative",
        record(**_SHIFT, expected_fen=FEN, counted_fen=FEN, difference_fen=FEN),
    ),
    EventType(
        "cash_shift.left_open.v1",
        "cash_shift",
        "收银班次过夜未结",
        "a drawer was still open at midnight, for the nth time",
        record(**_SHIFT, nights=INT),
    ),
    EventType(
        "cash_shift.settled.v1",
        "cash_shift",
        "现金已交款",
        "the takings of a shift came to finance or the bank, signed by two; `in_time` before they were due",
        record(**_SHIFT, settle_due_at=TIME, in_time=BOOL),
    ),
    EventType(
        "cash_shift.settle_missed.v1",
        "cash_shift",
        "现金逾期未交款",
        "the takings of a shift were not settled when they were due",
        record(**_SHIFT, settle_due_at=TIME),
    ),
    EventType(
        "message.requested.v1",
        "step",
        "请求发送通知（催缴）",
        "dunning asks notify to tell somebody; the outcome comes back as message.delivered or message.failed",
        record(template=CODE, person_id=maybe(ID), unit_id=maybe(ID), variables=mapping(TEXT)),
    ),
    EventType(
        "dunning.sms.done.v1",
        "step",
        "催缴短信已送达",
        "the month's text message was handed over; `on_time`: in its window",
        _STEP_DONE,
    ),
    EventType(
        "dunning.call.done.v1",
        "step",
        "电话催缴已完成",
        "the month's phone call was done, with its outcome; `on_time`: in its window, whenever it was recorded",
        _STEP_DONE,
    ),
    EventType(
        "dunning.visit.done.v1",
        "step",
        "上门催缴已完成",
        "the month's visit was done, with its outcome; `on_time`: in its window, whenever it was recorded",
        _STEP_DONE,
    ),
    EventType(
        "dunning.step_missed.v1",
        "step",
        "催缴步骤漏做或迟做",
        "a window ended without the step; one told later to have been done in time is withdrawn by its done event",
        record(**_STEP, kind=CODE, due_at=TIME),
    ),
    EventType(
        "dunning.suspended.v1",
        "step",
        "催缴步骤暂缓",
        "a step left numerator and denominator, because of a dispute, a promise or instalments",
        record(**_STEP, kind=CODE, cause=CODE),
    ),
    EventType(
        "dunning.notice.printed.v1",
        "notice",
        "催缴通知书已打印",
        "a notice or a written demand was printed",
        _NOTICE,
    ),
    EventType(
        "dunning.notice.delivered.v1",
        "notice",
        "催缴通知书已送达",
        "a notice or a written demand was delivered; `on_time`: by its day",
        _NOTICE,
    ),
    EventType(
        "legal.packet.submitted.v1",
        "packet",
        "案件已移交法务",
        "a case went to the legal department with its evidence",
        record(
            packet_id=ID,
            case_id=ID,
            unit_id=ID,
            payer_id=maybe(ID),
            number=TEXT,
            amount_fen=FEN,
            oldest_due=DATE,
            due_from=DATE,
            deadline=DATE,
            on_time=BOOL,
        ),
    ),
)
