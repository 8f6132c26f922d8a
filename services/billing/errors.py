"""Everything billing refuses, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound, PeerDown, Unauthorised


class NoSuchCommunity(NotFound):
    """The community is unknown, or outside the caller's scope."""

    code = "billing.community.unknown"
    zh = "没有这个小区，或者您无权查看。"
    en = "There is no such community within your reach."


class NoSuchUnit(NotFound):
    """The unit is unknown, or outside the caller's scope."""

    code = "billing.unit.unknown"
    zh = "没有这个房屋，或者您无权查看。"
    en = "There is no such unit within your reach."


class NoSuchStandard(NotFound):
    """The charge standard is unknown, or outside the caller's scope."""

    code = "billing.standard.unknown"
    zh = "没有这个收费标准，或者您无权查看。"
    en = "There is no such charge standard within your reach."


class NoSuchRun(NotFound):
    """The billing run is unknown, or outside the caller's scope."""

    code = "billing.run.unknown"
    zh = "没有这次出账，或者您无权查看。"
    en = "There is no such billing run within your reach."


class NoSuchBill(NotFound):
    """The bill is unknown, or outside the caller's scope."""

    code = "billing.bill.unknown"
    zh = "没有这张账单，或者您无权查看。"
    en = "There is no such bill within your reach."


class NoSuchPayment(NotFound):
    """The payment is unknown, or outside the caller's scope."""

    code = "billing.payment.unknown"
    zh = "没有这笔缴费，或者您无权查看。"
    en = "There is no such payment within your reach."


class StandardInvalid(Malformed):
    """The standard names something that does not exist, or params its rule refuses."""

    code = "billing.standard.invalid"
    zh = "收费标准的内容有误，请按提示修改。"
    en = "The charge standard is not valid; see the fields."


class StandardOverlap(Conflict):
    """Two versions of one standard would apply on the same day."""

    code = "billing.standard.overlap"
    zh = "与该收费标准的第 {number} 版({first} 至 {last})日期重叠。"
    en = "Overlaps version {number} of this standard ({first} to {last})."


class StandardAlreadyBilled(Conflict):
    """The new version would apply to a period for which bills were issued by the old one."""

    code = "billing.standard.already_billed"
    zh = "{period} 已按该收费标准出账，新标准只能从之后的账期开始。"
    en = "{period} is already billed by this standard; a new version can only begin in a later period."


class StandardOtherFeeKind(Conflict):
    """A standard keeps its fee kind for life: bills of one code must not mix kinds."""

    code = "billing.standard.other_fee_kind"
    zh = "收费标准 {standard} 的费用种类是 {fee_kind}，不能更改；请使用新的编码。"
    en = "Standard {standard} charges {fee_kind} and keeps it; use a new code."


class StandardAmbiguous(Malformed):
    """The community has several standards (or none) and the run does not say which."""

    code = "billing.standard.ambiguous"
    zh = "请指明收费标准编码 standard_code。"
    en = "Name the charge standard in standard_code."


class NoStandardInForce(Conflict):
    """No version applies on the first day of the period."""

    code = "billing.standard.none_in_force"
    zh = "收费标准 {standard} 在 {day} 没有生效的版本。"
    en = "No version of standard {standard} is in force on {day}."


class RegisterBehind(Conflict):
    """Billing's copy of the register lags behind what it has heard of; bills now would miss units."""

    code = "billing.register.behind"
    zh = "房屋资料尚未同步完成(已到 {position}，应到 {head}),请稍后重试。"
    en = "The copy of the register is behind (at {position} of {head}); try again in a moment."


class PaymentInvalid(Malformed):
    """The payment cannot be booked as told; the fields say what to change."""

    code = "billing.payment.invalid"
    zh = "这笔缴费无法按所填内容入账，请按提示修改。"
    en = "The payment cannot be booked as told; see the fields."


class DuplicateReference(Conflict):
    """Another payment of this method carries the same reference: money must not be counted twice."""

    code = "billing.payment.duplicate_reference"
    zh = "流水号 {reference} 已用于另一笔缴费({payment_id}),请核对是否重复入账。"
    en = "Reference {reference} already belongs to payment {payment_id}; check for a double entry."


class CollectionRateInvalid(Malformed):
    """A collection rate of no natural quarter, or of a fee kind that does not exist."""

    code = "billing.collection_rate.invalid"
    zh = "收缴率的查询条件有误，请按提示修改。"
    en = "This collection rate cannot be asked for; see the fields."


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


class RefundDecided(Conflict):
    """The refund was decided before."""

    code = "billing.refund.decided"
    zh = "该笔退款已有审批结果。"
    en = "This refund was decided before."


class RefundNotYours(Conflict):
    """Four eyes: not by whoever asked; from 50,000 yuan on only by the general manager."""

    code = "billing.refund.not_yours"
    zh = "申请人不能审批自己的退款；5万元及以上须由总经理审批。"
    en = "Whoever asked does not decide; from 50,000 yuan on only the general manager does."


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
