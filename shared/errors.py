"""Errors people and programs can act on.

A subclass names one situation: ``code`` (``<service>.<noun>.<reason>``, never changed once published) and a sentence
in Chinese and English with ``{placeholders}`` filled at the raise. ``status`` is the HTTP answer: malformed 422, not
now 409, lost update 412, too many 429, peer down 503.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field; ``path`` like ``items.3.area``."""

    path: str
    zh: str
    en: str


class AppError(Exception):
    """The base of everything that is answered as a problem document."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal.error"
    zh: ClassVar[str] = "系统内部错误"
    en: ClassVar[str] = "An internal error occurred."

    def __init__(self, *, fields: Sequence[FieldError] = (), **values: Any) -> None:
        self.fields = list(fields)
        self.values = values
        super().__init__(self.sentence("en"))

    def sentence(self, language: str) -> str:
        """The sentence in ``zh`` or ``en``."""
        template = self.zh if language == "zh" else self.en
        return template.format(**self.values) if self.values else template


class Malformed(AppError):
    """The request cannot be understood as it is."""

    status = 422
    code = "request.malformed"
    zh = "请求内容有误"
    en = "The request is not valid."


class Unauthorised(AppError):
    """Nobody known is asking."""

    status = 401
    code = "auth.required"
    zh = "请先登录"
    en = "Sign in first."


class Forbidden(AppError):
    """Known, but not allowed."""

    status = 403
    code = "auth.forbidden"
    zh = "您没有权限进行此操作"
    en = "You are not allowed to do this."


class NotFound(AppError):
    """There is no such thing, or not for this caller."""

    status = 404
    code = "request.not_found"
    zh = "没有找到"
    en = "There is no such thing."


class Conflict(AppError):
    """Understood, but not now: the state of things forbids it."""

    status = 409
    code = "request.conflict"
    zh = "当前状态不允许此操作"
    en = "This is not possible in the present state."


class LostUpdate(AppError):
    """Somebody changed it since it was read."""

    status = 412
    code = "request.lost_update"
    zh = "数据已被他人修改,请刷新后重试"
    en = "This was changed by somebody else; read it again and repeat."


class TooMany(AppError):
    """Too often; ``retry_after`` in seconds."""

    status = 429
    code = "request.too_many"
    zh = "请求过于频繁,请稍后再试"
    en = "Too many requests; try again later."

    def __init__(self, *, retry_after: float = 1.0, **values: Any) -> None:
        super().__init__(**values)
        self.retry_after = retry_after


class PeerDown(AppError):
    """A service or database this needs is away for the moment."""

    status = 503
    code = "peer.down"
    zh = "所依赖的服务暂时不可用,请稍后重试"
    en = "A service this needs is not available at the moment; try again shortly."
    retry_after = 2.0


class Retryable(Exception):
    """A job could not be done now; try again after a back-off."""


class Throttled(Exception):
    """A provider asks to wait ``after`` before the next attempt."""

    def __init__(self, after: timedelta | float, message: str = "throttled") -> None:
        super().__init__(message)
        self.after = after if isinstance(after, timedelta) else timedelta(seconds=after)


class Permanent(Exception):
    """A job can never be done; do not try again."""


class OutcomeUnknown(Exception):
    """It may or may not have happened outside; never repeated blindly."""
