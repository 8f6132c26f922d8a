"""What dunning refuses."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchCase(NotFound):
    """The dunning case is unknown, or outside the caller's scope."""

    code = "billing.dunning_case.unknown"
    zh = "没有这个催缴案件，或者您无权查看。"
    en = "There is no such dunning case within your reach."


class NoSuchPlan(NotFound):
    """The plan is unknown, or outside the caller's scope."""

    code = "billing.dunning_plan.unknown"
    zh = "没有这个催缴计划，或者您无权查看。"
    en = "There is no such dunning plan within your reach."


class NoSuchStep(NotFound):
    """The step is unknown, or outside the caller's scope."""

    code = "billing.dunning_step.unknown"
    zh = "没有这个催缴步骤，或者您无权查看。"
    en = "There is no such dunning step within your reach."


class NoSuchHold(NotFound):
    """The hold is unknown, or outside the caller's scope."""

    code = "billing.dunning_hold.unknown"
    zh = "没有这个暂缓申请，或者您无权查看。"
    en = "There is no such hold within your reach."


class NoSuchNotice(NotFound):
    """The notice is unknown, or outside the caller's scope."""

    code = "billing.dunning_notice.unknown"
    zh = "没有这份催缴通知书，或者您无权查看。"
    en = "There is no such notice within your reach."


class NoSuchProof(NotFound):
    """The notice has no such proof, or its content had to go."""

    code = "billing.notice_proof.unknown"
    zh = "没有这份送达凭证，或其内容已被移除。"
    en = "There is no such proof of service, or its content was removed."


class TooManyProofs(Conflict):
    """A notice is proven by a few files."""

    code = "billing.notice_proof.too_many"
    zh = "一份通知书最多保存 {most} 份送达凭证。"
    en = "A notice has at most {most} proofs of service."


class NoSuchPacket(NotFound):
    """The legal packet is unknown, or outside the caller's scope."""

    code = "billing.legal_packet.unknown"
    zh = "没有这份法务材料，或者您无权查看。"
    en = "There is no such legal packet within your reach."


class PolicyInvalid(Malformed):
    """Parameters that contradict each other."""

    code = "billing.dunning_policy.invalid"
    zh = "催缴参数有误，请按提示修改。"
    en = "The dunning parameters are not valid; see the fields."


class PlanNotNow(Conflict):
    """A month that has not begun: its debtors are not known yet."""

    code = "billing.dunning_plan.not_begun"
    zh = "{period} 尚未开始，欠费名单要到月初才能确定。"
    en = "{period} has not begun; who owes is known when it does."


class PlanNotDone(Conflict):
    """A plan that is still being made, or was confirmed already."""

    code = "billing.dunning_plan.not_to_confirm"
    zh = "该计划正在生成或已确认。"
    en = "The plan is still being made, or is confirmed already."


class ContactInvalid(Malformed):
    """The contact cannot have happened like this."""

    code = "billing.dunning_contact.invalid"
    zh = "联系记录的内容有误，请按提示修改。"
    en = "The contact is not valid; see the fields."


class ContactNotNow(Conflict):
    """Outside the contact hours, or too soon after the household was reached."""

    code = "billing.dunning_contact.not_now"
    zh = "只在 {first}–{last} 时联系业主，且两次联系至少间隔 {hours} 小时；确有理由请填写 exception。"
    en = "Debtors are contacted from {first} to {last} o'clock, {hours} hours apart; with a reason, give `exception`."


class StepEnded(Conflict):
    """The step is done, paid for or suspended."""

    code = "billing.dunning_step.ended"
    zh = "该步骤的状态是 {state}，不能再登记联系。"
    en = "The step is {state}; nothing more is recorded on it."


class StepTooEarly(Conflict):
    """A contact before the step's window begins does not do the step."""

    code = "billing.dunning_step.too_early"
    zh = "该步骤从 {opens_on} 开始。"
    en = "The step begins on {opens_on}."


class CaseSettled(Conflict):
    """Nothing is owed any more."""

    code = "billing.dunning_case.settled"
    zh = "欠费已结清，无需催缴。"
    en = "Nothing is owed any more."


class HoldInvalid(Malformed):
    """The hold lacks what its kind needs."""

    code = "billing.dunning_hold.invalid"
    zh = "暂缓申请的内容有误，请按提示修改。"
    en = "The hold is not valid; see the fields."


class HoldExists(Conflict):
    """The case is held already, or a hold is waiting for its decision."""

    code = "billing.dunning_hold.exists"
    zh = "该案件已有暂缓或待审批的暂缓申请。"
    en = "The case is on hold already, or a hold waits for its decision."


class HoldNotNow(Conflict):
    """The hold is not in a state in which this can be done."""

    code = "billing.dunning_hold.not_now"
    zh = "该暂缓申请的状态是 {state}，无法进行此操作。"
    en = "The hold is {state}; this cannot be done now."


class DemandUnproven(Conflict):
    """The term of a demand begins with its service, which must be provable."""

    code = "billing.dunning_notice.unproven"
    zh = "书面催告须先上传送达凭证（签收单、照片、快递回单），再登记送达。"
    en = "Upload the proof of service of a demand (receipt, photo, carrier's slip) before recording its delivery."


class NoticeNotNow(Conflict):
    """Printed before it is delivered, each once."""

    code = "billing.dunning_notice.not_now"
    zh = "通知书须先打印后送达，且各登记一次。"
    en = "A notice is printed before it is delivered, and each is recorded once."


class NoticeInvalid(Malformed):
    """Printing or delivery that cannot have happened like this."""

    code = "billing.dunning_notice.invalid"
    zh = "登记内容有误，请按提示修改。"
    en = "The record is not valid; see the fields."


class PacketTooEarly(Conflict):
    """Three full months are not over yet."""

    code = "billing.legal_packet.too_early"
    zh = "最早可于 {due_from} 移交法务(逾期满 {months} 个月)。"
    en = "The packet may go from {due_from} on, after {months} full months."


class PacketWithoutDemand(Conflict):
    """No written demand with proof of service whose term is over."""

    code = "billing.legal_packet.no_demand"
    zh = "须先送达书面催告并留存送达凭证，且催告期限已届满。"
    en = "A written demand must have been served with proof, and its term must be over."


class PacketExists(Conflict):
    """The case was submitted already."""

    code = "billing.legal_packet.exists"
    zh = "该案件已移交法务({number})。"
    en = "The case was submitted already ({number})."
