"""What billing refuses of direct debits."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchMandate(NotFound):
    """The mandate is unknown, or outside the caller's scope."""

    code = "billing.debit_mandate.unknown"
    zh = "没有这份托收协议，或者您无权查看。"
    en = "There is no such debit mandate within your reach."


class MandateExists(Conflict):
    """One mandate a payer and unit."""

    code = "billing.debit_mandate.exists"
    zh = "该缴费人在此房屋已有托收协议（或已登记不办理），请先终止。"
    en = "This payer has a mandate for the unit, or declined one; end it first."


class MandateEnded(Conflict):
    """It was ended before."""

    code = "billing.debit_mandate.ended"
    zh = "该托收协议已终止。"
    en = "This mandate was ended before."


class DebitInvalid(Malformed):
    """What was told has an error; the fields say which."""

    code = "billing.debit.invalid"
    zh = "托收内容有误，请按提示修改。"
    en = "The direct debit cannot be done as told; see the fields."


class NoSuchDebitRun(NotFound):
    """The run is unknown, or outside the caller's scope."""

    code = "billing.debit_run.unknown"
    zh = "没有这批托收，或者您无权查看。"
    en = "There is no such debit run within your reach."


class NothingToCollect(Conflict):
    """No open bill of a mandated unit is not with the bank already."""

    code = "billing.debit_run.nothing"
    zh = "没有可托收的账单：未到期、已缴，或已在银行处理中。"
    en = "There is nothing to collect: not due, paid, or with the bank already."


class OtherRun(Conflict):
    """An answer to another file."""

    code = "billing.debit_run.other"
    zh = "回盘文件属于批次 {theirs}，不是本批次 {ours}。"
    en = "This answers run {theirs}, not {ours}."
