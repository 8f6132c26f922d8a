"""Errors that the machinery itself raises, for any service."""

from __future__ import annotations

from shared.errors import AppError, Conflict, Malformed, PeerDown


class UnstorableText(Malformed):
    """A text with a character that no database keeps (U+0000)."""

    code = "http.text.unstorable"
    zh = "文本中包含无法保存的字符，请删除后重试"
    en = "A text holds a character that cannot be stored; remove it and try again"


class BadCursor(Malformed):
    """A cursor that we did not write."""

    code = "http.cursor.unknown"
    zh = "分页游标无效，请从第一页重新开始"
    en = "The cursor is not valid; start again from the first page"


class BadIfMatch(Malformed):
    """An If-Match header that names no version."""

    code = "http.if_match.malformed"
    zh = 'If-Match 应为 ETag 中的版本号，例如 "3"'
    en = 'If-Match should be the version from the ETag, such as "3"'


class BadIdempotencyKey(Malformed):
    """An Idempotency-Key that is empty, too long or not printable."""

    code = "http.idempotency_key.malformed"
    zh = "Idempotency-Key 应为 1 至 200 个可见 ASCII 字符"
    en = "Idempotency-Key should be 1 to 200 printable ASCII characters"


class DuplicateRow(Conflict):
    """A unique key was taken, and the service did not say so in its own words."""

    code = "http.row.duplicate"
    zh = "相同的记录已存在"
    en = "A record with the same key already exists"


class ReferencedRow(Conflict):
    """A foreign key was violated, and the service did not say so in its own words."""

    code = "http.row.reference_broken"
    zh = "引用的记录不存在，或仍被其他记录引用"
    en = "A record referred to does not exist, or is still referred to"


class Busy(AppError):
    """The database could not do it in time; nothing was stored."""

    status = 503
    code = "http.service.busy"
    zh = "系统繁忙，请稍后再试"
    en = "The system is busy; please try again shortly"
    retry_after = 2.0


class DatabaseDown(PeerDown):
    """The database cannot be reached; nothing was stored."""

    code = "http.database.down"
    zh = "数据库暂时不可用，请稍后再试"
    en = "The database cannot be reached at the moment; please try again shortly"
    retry_after = 5.0
