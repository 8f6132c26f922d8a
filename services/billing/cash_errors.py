"""What billing refuses of cash shifts."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchShift(NotFound):
    """The shift is unknown, or outside the caller's scope."""

    code = "billing.cash_shift.unknown"
    zh = "没有这个收银班次，或者您无权查看。"
    en = "There is no such cash shift within your reach."


class CashInvalid(Malformed):
    """What was told of a drawer has an error; the fields say which."""

    code = "billing.cash_shift.invalid"
    zh = "收银内容有误，请按提示修改。"
    en = "The cash shift cannot be changed as told; see the fields."


class ShiftOpen(Conflict):
    """One drawer at a time."""

    code = "billing.cash_shift.open"
    zh = "您在本小区已有未交接的开班（{number}），请先结班。"
    en = "You have a shift open in this community ({number}); close it first."


class NoOpenShift(Conflict):
    """Cash moves only through an open drawer."""

    code = "billing.cash_shift.none_open"
    zh = "您在本小区没有开班，不能收付现金，请先开班并清点备用金。"
    en = "You have no shift open in this community: open one and count its float before you take or give cash."


class NotEnoughCash(Conflict):
    """More than is in the drawer."""

    code = "billing.cash_shift.not_enough"
    zh = "钱箱内现金只有 {there} 元，不够支付。"
    en = "There are only {there} yuan in the drawer."


class ShiftNotNow(Conflict):
    """The shift is in another state."""

    code = "billing.cash_shift.not_now"
    zh = "该班次当前状态为 {state}，不能这样处理。"
    en = "The shift is {state}; this cannot be done now."


class ShiftNotYours(Conflict):
    """Somebody else's drawer."""

    code = "billing.cash_shift.not_yours"
    zh = "这是他人的班次；只有本人，或客服经理、财务、管理员可以代为结班和交款。"
    en = "Somebody else's shift: only its cashier, the customer service manager, finance or an admin closes it."


class SecondPerson(Conflict):
    """Both sign, and they are two."""

    code = "billing.cash_shift.second_person"
    zh = "交款人和接收人必须是两个人。"
    en = "Whoever kept, closed or offered the drawer does not receive it."


class WrongReceiver(Conflict):
    """Money for finance or the bank is confirmed by finance."""

    code = "billing.cash_shift.wrong_receiver"
    zh = "交财务或存银行的现金须由财务人员确认。"
    en = "Cash for finance or the bank is confirmed by finance."


class OtherAmount(Conflict):
    """The receiver counted another amount."""

    code = "billing.cash_shift.other_amount"
    zh = "交出金额为 {offered} 元，与您清点的不符；请当面复核，或退回。"
    en = "{offered} yuan were handed over, not what you counted: count together, or refuse it."
