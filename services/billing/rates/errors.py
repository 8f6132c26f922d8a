"""What the dictionary of rates refuses."""

from __future__ import annotations

from shared.errors import Malformed, NotFound


class NoSuchRate(NotFound):
    """No rate has that code."""

    code = "billing.rate.unknown"
    zh = "没有这项指标，可用的有：{known}。"
    en = "There is no such rate; there are: {known}."


class RateInvalid(Malformed):
    """A rate or an ageing that cannot be asked for: a period of another length, a day that has not come."""

    code = "billing.rate.invalid"
    zh = "查询条件有误，请按提示修改。"
    en = "This cannot be asked for; see the fields."
