"""What is refused where a person's data is exported or its openings are looked at."""

from __future__ import annotations

from shared.errors import Malformed


class ReasonMissing(Malformed):
    """Another person's data was asked for without saying why."""

    code = "ticketing.export.reason_missing"
    zh = "请说明导出他人信息的原因，原因将记录在案"
    en = "Say why you need another person's data; the reason is put on record"


class PeriodInvalid(Malformed):
    """The period of a search cannot be meant."""

    code = "ticketing.opening.period_invalid"
    zh = "查询的起止时间有误"
    en = "The period of the search is not valid"
