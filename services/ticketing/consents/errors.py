"""What notices and consents refuse."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchNotice(NotFound):
    """No edition of this id."""

    code = "ticketing.notice.unknown"
    zh = "没有这份告知文本"
    en = "There is no such notice"


class NoticeInvalid(Malformed):
    """A notice cannot be published as it was sent."""

    code = "ticketing.notice.invalid"
    zh = "告知文本有误，请按提示修改"
    en = "The notice is not valid; see the fields"


class NoticeSuperseded(Conflict):
    """A yes to an edition that no longer holds."""

    code = "ticketing.consent.superseded"
    zh = "该文本已有新版本，请阅读最新版本后再确认"
    en = "There is a newer edition of this text; read it and answer that one"


class ConsentInvalid(Malformed):
    """When or how a consent was given cannot be meant."""

    code = "ticketing.consent.invalid"
    zh = "同意记录有误，请按提示修改"
    en = "The consent is not valid; see the fields"
