"""What households refuse: bindings, admissions, codes, moves and merges, each with a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound, PeerDown, TooMany


class AlreadyBound(Conflict):
    """The person holds that role in the unit in that time already."""

    code = "ticketing.relation.exists"
    zh = "此人已是该房屋的登记人员，无需重复绑定"
    en = "This person is bound to the unit in that role already"


class RelationOver(Conflict):
    """The relation is over by that day."""

    code = "ticketing.relation.over"
    zh = "该关系届时已经结束"
    en = "The relation is over by that day already"


class MayNotAdmit(Forbidden):
    """No relation of the caller's to the unit lets them admit others."""

    code = "ticketing.household.may_not_admit"
    zh = "您没有为该房屋添加成员的权限，请由业主添加，或联系物业服务中心"
    en = "You may not admit others to this unit; ask its owner or the service centre"


class MayNotEnd(Forbidden):
    """Neither one's own relation nor one that was granted by it."""

    code = "ticketing.household.may_not_end"
    zh = "只能退出本人的绑定，或移除由您添加的成员"
    en = "You can end your own relation and those that you granted"


class HouseholdFull(Conflict):
    """So many were admitted to the unit already."""

    code = "ticketing.household.full"
    zh = "该房屋最多添加 {most} 名成员，请先移除不再居住的成员，或联系物业服务中心"
    en = "A household admits at most {most} people; remove some first, or ask the service centre"


class HouseholdInvalid(Malformed):
    """Something about who is to be bound is not valid; the fields say what."""

    code = "ticketing.household.invalid"
    zh = "内容有误，请按提示修改"
    en = "The request is not valid; see the fields"


class TransferTooEarly(Conflict):
    """An owner of now began on the day of the transfer, or later."""

    code = "ticketing.transfer.too_early"
    zh = "现登记业主的起始日期不早于过户日期，请核对日期或先更正登记"
    en = "A present owner began on that day or later; check the day, or correct the register first"


class NoSuchBinding(NotFound):
    """The request is unknown, or outside the caller's reach."""

    code = "ticketing.binding.unknown"
    zh = "没有这条绑定申请，或者您无权查看"
    en = "There is no such request within your reach"


class BindingDecided(Conflict):
    """Somebody decided on the request, or it was withdrawn."""

    code = "ticketing.binding.decided"
    zh = "该申请已处理"
    en = "This request was decided or withdrawn already"


class TooManyBindings(Conflict):
    """So many requests of one person are open."""

    code = "ticketing.binding.too_many"
    zh = "您已有 {most} 条待处理的申请，请等待物业服务中心处理"
    en = "{most} requests of yours are open; please wait until the service centre has decided"


class BindingsTooOften(TooMany):
    """So many requests were made within a day."""

    code = "ticketing.binding.too_often"
    zh = "今日申请次数过多，请稍后再试，或联系物业服务中心"
    en = "Too many requests today; try again later, or ask the service centre"


class OwnBinding(Forbidden):
    """Nobody decides on their own request."""

    code = "ticketing.binding.own"
    zh = "不能审批本人的申请，请由其他同事处理"
    en = "You cannot decide on your own request; a colleague has to"


class UnitNotSettled(Conflict):
    """The unit as it was named is not one unit of the community: the clerk has to say which."""

    code = "ticketing.binding.unit_open"
    zh = "无法唯一确定房屋，请指定房屋后再批准"
    en = "The unit as it was named is not exactly one; say which one before approving"


class TooManyUnits(Conflict):
    """The community has more units than one list of codes holds."""

    code = "ticketing.activation.too_many_units"
    zh = "该小区房屋超过 {most} 户，请按房屋分批生成"
    en = "The community has more than {most} units; issue codes for some of them at a time"


class BillsUnavailable(PeerDown):
    """Bills were to be printed with the codes, and billing cannot be asked."""

    code = "ticketing.activation.bills_unavailable"
    zh = "暂时无法读取账单，请稍后再打印，或先打印不含账单的激活码"
    en = "The bills cannot be read at the moment; print later, or print the codes without bills"


class ActivationRefused(NotFound):
    """The activation code is wrong, used, revoked or too old; which of them is not said."""

    code = "ticketing.activation.refused"
    zh = "激活码不正确或已失效，请核对后重试，或联系物业服务中心重新领取"
    en = "The activation code is not right, or no longer valid; check it, or ask the service centre for a new one"


class NoSuchActivation(NotFound):
    """The activation code is unknown, or outside the caller's reach."""

    code = "ticketing.activation.unknown"
    zh = "没有这个激活码，或者您无权查看"
    en = "There is no such activation code within your reach"


class ActivationOver(Conflict):
    """The activation code was used or revoked."""

    code = "ticketing.activation.over"
    zh = "该激活码已使用或已作废"
    en = "This activation code was used or revoked already"


class PersonElsewhere(Conflict):
    """One of the two belongs to a community outside the caller's reach, too."""

    code = "ticketing.person.elsewhere"
    zh = "其中一人还登记在您管理范围以外的小区，请由同时负责这些小区的同事合并"
    en = "One of the two belongs to a community outside your reach, too; somebody in charge of both has to merge them"


class PersonMerged(Conflict):
    """One of the two was merged into somebody, or they are one and the same."""

    code = "ticketing.person.merged"
    zh = "此人已合并到其他档案，或两者是同一人，请刷新后重试"
    en = "This person was merged already, or the two are the same; read them again"
