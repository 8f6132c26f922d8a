"""What billing refuses of payment orders, corrections, refunds, receipts and reconciliations."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound, PeerDown, Unauthorised


class NoSuchPaymentOrder(NotFound):
    """The payment order is unknown, or outside the caller's scope."""

    code = "billing.payment_order.unknown"
    zh = "没有这笔支付单，或者您无权查看。"
    en = "There is no such payment order within your reach."


class PaymentOrderInvalid(Malformed):
    """The order cannot be made as told; the fields say what to change."""

    code = "billing.payment_order.invalid"
    zh = "支付单的内容有误，请按提示修改。"
    en = "The payment order cannot be made as told; see the fields."


class NothingToPay(Conflict):
    """Nothing is open on what the order names."""

    code = "billing.payment_order.nothing_open"
    zh = "没有待缴的费用；如需预缴，请填写金额。"
    en = "Nothing is open; to pay in advance, name an amount."


class NoPayAccount(Conflict):
    """The community has no merchant account with this provider."""

    code = "billing.payment_order.no_account"
    zh = "本小区尚未开通{method}，请选择其他缴费方式。"
    en = "This community has no account with {method}; pay in another way."


class PaymentOrderOver(Conflict):
    """The order was paid or closed, or its time is over."""

    code = "billing.payment_order.over"
    zh = "该支付单已支付、已关闭或已过期，请先查看缴费结果，再重新发起。"
    en = "This order was paid or closed, or its time is over; look at the result before you begin another."


class ProviderRefuses(Conflict):
    """The provider refused to begin the payment."""

    code = "billing.payment_order.refused"
    zh = "支付机构拒绝了这笔支付({reason}),请换一种方式或联系客服。"
    en = "The provider refused this payment ({reason}); pay in another way or ask customer service."


class ProviderSilent(PeerDown):
    """The provider does not answer; nothing was paid by this request."""

    code = "billing.payment_order.provider_silent"
    zh = "支付机构暂时没有响应，本次未发生扣款，请稍后再试。"
    en = "The provider does not answer; nothing was charged by this request. Try again shortly."


class CallbackNotAuthentic(Unauthorised):
    """A callback that its provider did not sign, or not for us, or not just now. It says no more than that."""

    code = "billing.callback.not_authentic"
    zh = "通知未通过验证。"
    en = "The notification could not be verified."


class PaymentCorrected(Conflict):
    """The payment was reversed or moved before."""

    code = "billing.payment.corrected"
    zh = "该笔缴费已冲正或已转移，不能再次处理。"
    en = "This payment was reversed or moved before; look at its correction."


class ReceiptStands(Conflict):
    """A valid receipt says that the money is there."""

    code = "billing.payment.receipt_stands"
    zh = "该笔缴费已开具收据，请先作废收据。"
    en = "A receipt was issued for this payment; void it first."


class SameUnit(Conflict):
    """The payment stands on that unit already."""

    code = "billing.payment.same_unit"
    zh = "该笔缴费已记在此房屋名下。"
    en = "The payment stands on this unit already."


class NoSuchRefund(NotFound):
    """The refund is unknown, or outside the caller's scope."""

    code = "billing.refund.unknown"
    zh = "没有这笔退款，或者您无权查看。"
    en = "There is no such refund within your reach."


class RefundAboveOpen(Conflict):
    """More than still stands beside the bills."""

    code = "billing.refund.above_open"
    zh = "该笔缴费可退余额为 {open} 元；已冲抵账单的款项不能直接退还。"
    en = "{open} yuan of this payment can be given back; what paid bills cannot be refunded as it is."


class RefundNotNow(Conflict):
    """The refund is in another state, or goes out in another way."""

    code = "billing.refund.not_now"
    zh = "该笔退款当前状态为 {state}，不能这样处理。"
    en = "The refund is {state}; this cannot be done now."


class RefundNoTrade(Conflict):
    """Nothing to send the money back to."""

    code = "billing.refund.no_trade"
    zh = "该笔缴费不是通过在线支付收到的，不能原路退回，请选择现金或银行转账。"
    en = "This payment did not come through a provider: give it back in cash or by bank transfer."


class RefundByFinance(Conflict):
    """Money leaves the bank by finance's hand."""

    code = "billing.refund.by_finance"
    zh = "银行退款须由财务人员登记。"
    en = "A refund by bank is recorded by finance."


class RefundOnItsWay(Conflict):
    """Money of the payment is being given back."""

    code = "billing.payment.refund_on_its_way"
    zh = "该笔缴费有退款正在办理，请先完成或撤销退款。"
    en = "A refund of this payment is on its way; end it or give it up first."


class NoSuchReceipt(NotFound):
    """The receipt is unknown, or outside the caller's scope."""

    code = "billing.receipt.unknown"
    zh = "没有这张收据，或者您无权查看。"
    en = "There is no such receipt within your reach."


class ReceiptExists(Conflict):
    """A valid receipt stands for the payment."""

    code = "billing.receipt.exists"
    zh = "该笔缴费已开具收据 {number}；重开请先作废。"
    en = "Receipt {number} stands for this payment; void it before you issue another."


class ReceiptVoid(Conflict):
    """The receipt was voided before."""

    code = "billing.receipt.void"
    zh = "该收据已作废。"
    en = "This receipt was voided before."


class NoSuchOrgUnit(NotFound):
    """No community lies under the org unit, or it is outside the caller's scope."""

    code = "billing.org_unit.unknown"
    zh = "没有这个组织单元，或者您无权查看其全部小区。"
    en = "There is no such org unit whose communities are all within your reach."


class NoSuchReconciliation(NotFound):
    """The reconciliation is unknown, or outside the caller's scope."""

    code = "billing.reconciliation.unknown"
    zh = "没有这次对账，或者您无权查看。"
    en = "There is no such reconciliation within your reach."


class StatementInvalid(Malformed):
    """The statement, or what is said of it, has an error; the fields say which."""

    code = "billing.reconciliation.invalid"
    zh = "对账内容有误，请按提示修改。"
    en = "The reconciliation cannot be done as told; see the fields."


class DayClosed(Conflict):
    """The day of that legal entity and method is closed."""

    code = "billing.reconciliation.closed"
    zh = "该日已日结，不能再更改。"
    en = "That day is closed and does not change any more."


class DifferencesUnexplained(Conflict):
    """A day closes only when every difference is explained."""

    code = "billing.reconciliation.unexplained"
    zh = "还有 {left} 项差异未说明，不能日结。"
    en = "{left} differences are not explained yet; the day cannot be closed."


class NotCorrected(NotFound):
    """The payment stands as it was booked."""

    code = "billing.correction.none"
    zh = "该笔缴费没有冲正或转移记录。"
    en = "This payment stands as it was booked; nothing was corrected."
