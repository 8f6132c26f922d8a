"""What a sender is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from shared.settings import ServiceSettings


@dataclass(frozen=True, slots=True)
class CodeMessage:
    """What is sent: to whom, what, in which language (``zh`` or ``en``). ``id`` is the same for every attempt.

    ``phone`` is where it goes: a phone number, or for an invitation the e-mail address that was chosen instead.
    ``purpose``: ``code`` (ten minutes), or ``invite`` and ``reset``, good for ``hours``.
    """

    id: str
    phone: str
    code: str
    language: str
    purpose: str = "code"
    hours: int = 0

    @property
    def text(self) -> str:
        """The sentence, for senders whose provider keeps no template of its own."""
        if self.purpose != "code":
            return self._invitation()
        if self.language == "en":
            return f"Your code is {self.code}. It is good for 10 minutes. Never give it to anybody."
        return f"您的验证码是 {self.code}，10 分钟内有效。请勿告诉任何人。"

    def _invitation(self) -> str:
        if self.language == "en":
            what = "set your password" if self.purpose == "invite" else "set a new password"
            return f"Steward: {what} with code {self.code}, good for {self.hours} hours. Never give it to anybody."
        what = "开通物业系统账号" if self.purpose == "invite" else "重置物业系统密码"
        return f"您正在{what}，邀请码 {self.code}，{self.hours} 小时内有效。请勿告诉任何人。"


class Sender(Protocol):
    """Sends one message. ``development`` senders are refused in production mode."""

    @property
    def code(self) -> str:
        """The file's name."""
        ...

    @property
    def development(self) -> bool:
        """Whether production mode refuses it."""
        ...

    async def send(self, settings: ServiceSettings, message: CodeMessage) -> None:
        """Send it. Raises Retryable, Throttled, Permanent or OutcomeUnknown."""
        ...
