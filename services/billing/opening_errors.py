"""What billing refuses of opening balances."""

from __future__ import annotations

from shared.errors import Conflict, NotFound


class NoSuchOpening(NotFound):
    """The import is unknown, or outside the caller's scope."""

    code = "billing.opening_import.unknown"
    zh = "没有这次期初导入，或者您无权查看。"
    en = "There is no such import of opening balances within your reach."


class OpeningNotNow(Conflict):
    """The import is in another state."""

    code = "billing.opening_import.not_now"
    zh = "该导入当前状态为 {state}，不能这样处理。"
    en = "The import is {state}; this cannot be done now."


class OpeningPaid(Conflict):
    """Money came for what was imported."""

    code = "billing.opening_import.paid"
    zh = "其中 {bills} 张账单已有缴费或减免，不能整体撤销；请逐张更正。"
    en = "{bills} of its bills were paid on or credited: correct them one by one, the import cannot be undone."
