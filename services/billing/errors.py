"""Everything billing refuses, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


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


class ReversedReference(DuplicateReference):
    """The payment of this reference was reversed: a repeat of it would look booked and be nowhere in the books."""

    code = "billing.payment.reversed"
    zh = "流水号 {reference} 的缴费({payment_id})已冲销。款项确已到账的,请以其他流水号登记并注明原流水号。"
    en = (
        "Payment {payment_id} of reference {reference} was reversed; if the money is here, "
        "book it under another reference that names this one."
    )


class CollectionRateInvalid(Malformed):
    """A collection rate of no natural quarter, or of a fee kind that does not exist."""

    code = "billing.collection_rate.invalid"
    zh = "收缴率的查询条件有误，请按提示修改。"
    en = "This collection rate cannot be asked for; see the fields."


class MeterInvalid(Malformed):
    """A meter or readings that cannot be."""

    code = "billing.meter.invalid"
    zh = "表具或抄表读数有误，请按提示修改，全部未保存。"
    en = "The meter or its readings are not right; see the fields. Nothing was stored."


class NoSuchHolding(NotFound):
    """The holding of a parking space is unknown, or outside the caller's scope."""

    code = "billing.parking.unknown"
    zh = "没有这条车位占用记录，或者您无权查看。"
    en = "There is no such holding of a parking space within your reach."


class SpaceInvalid(Malformed):
    """A holding that cannot be."""

    code = "billing.parking.invalid"
    zh = "车位占用的内容有误，请按提示修改。"
    en = "The holding of the parking space is not valid; see the fields."


class SpaceTaken(Conflict):
    """Somebody holds the space on one of the days."""

    code = "billing.parking.taken"
    zh = "车位 {number} 在 {first} 至 {last} 已被占用。"
    en = "Parking space {number} is held from {first} to {last}."


class CostInvalid(Malformed):
    """A shared cost that cannot be split."""

    code = "billing.shared_cost.invalid"
    zh = "该费用无法分摊，请按提示修改。"
    en = "This cost cannot be shared; see the fields."


class CostEntered(Conflict):
    """The month of the standard has its cost already, and its split stands."""

    code = "billing.shared_cost.entered"
    zh = "收费标准 {standard} 的 {period} 费用已录入并分摊，差额请用补充账单或贷项通知单更正。"
    en = "The cost of {standard} for {period} is entered and split; correct a difference by bills or credit notes."


class NoSuchCredit(NotFound):
    """The credit is unknown, or outside the caller's scope."""

    code = "billing.credit.unknown"
    zh = "没有这张贷项通知单，或者您无权查看。"
    en = "There is no such credit within your reach."


class CreditInvalid(Malformed):
    """A credit or a supplementary bill of no amount."""

    code = "billing.credit.invalid"
    zh = "更正的内容有误，请按提示修改。"
    en = "The correction is not valid; see the fields."


class CreditTooMuch(Conflict):
    """More than is left of the bill."""

    code = "billing.credit.too_much"
    zh = "该账单最多还可减免 {left} 元。"
    en = "At most {left} yuan of this bill can still be credited."


class NoSuchApproval(NotFound):
    """The request is unknown, or outside the caller's scope."""

    code = "billing.approval.unknown"
    zh = "没有这个审批申请，或者您无权查看。"
    en = "There is no such request within your reach."


class ApprovalInvalid(Malformed):
    """A decision without what it wants."""

    code = "billing.approval.invalid"
    zh = "审批内容有误，请按提示修改。"
    en = "The decision is not valid; see the fields."


class VacancyInvalid(Malformed):
    """A vacancy of no days."""

    code = "billing.vacancy.invalid"
    zh = "空置优惠的内容有误，请按提示修改。"
    en = "The vacancy discount is not valid; see the fields."


class VacancyOverlap(Conflict):
    """Two discounts of one unit would share a day."""

    code = "billing.vacancy.overlap"
    zh = "该房屋在 {first} 至 {last} 已有空置优惠(含待审批)。"
    en = "The unit has a vacancy discount from {first} to {last}, or has asked for one."


class DepositInvalid(Malformed):
    """A deposit of no amount."""

    code = "billing.deposit.invalid"
    zh = "押金的内容有误，请按提示修改。"
    en = "The deposit is not valid; see the fields."


class DepositTooMuch(Conflict):
    """More than is held."""

    code = "billing.deposit.too_much"
    zh = "目前在押 {held} 元，不能退还更多。"
    en = "{held} yuan are held; no more can be returned."


class LateFeeInvalid(Malformed):
    """A late fee run or a dispute that cannot be."""

    code = "billing.late_fee.invalid"
    zh = "违约金的内容有误，请按提示修改。"
    en = "The late fee run or dispute is not valid; see the fields."


class NoSuchHold(NotFound):
    """The dispute is unknown, or outside the caller's scope."""

    code = "billing.late_fee.hold_unknown"
    zh = "没有这条争议记录，或者您无权查看。"
    en = "There is no such dispute within your reach."


class ChargedByLateFeeRuns(Conflict):
    """A standard of late fee terms, which is charged bill by bill."""

    code = "billing.run.late_fee"
    zh = "收费标准 {standard} 是违约金，请使用违约金计收。"
    en = "Standard {standard} charges late fees; start a late fee run instead."
