"""Everything notify refuses, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.notify.domain.variables import Problem
from shared.errors import FieldError, Malformed, NotFound, PeerDown


class NoSuchMessage(NotFound):
    """The message is unknown, somebody else's, or outside the caller's scope."""

    code = "notify.message.unknown"
    zh = "没有这条消息，或者您无权查看。"
    en = "There is no such message within your reach."


class TemplateUnknown(NotFound):
    """No template has this code."""

    code = "notify.template.unknown"
    zh = "没有编码为 {code} 的消息模板。"
    en = "There is no message template {code}."


class TemplateValuesWrong(Malformed):
    """Values a template cannot be rendered with; the fields name each variable."""

    code = "notify.template.values_wrong"
    zh = "模板 {code} 的变量有误，请按提示修改。"
    en = "The variables of template {code} are not right; see the fields."

    def __init__(self, problems: Sequence[Problem], **values: Any) -> None:
        super().__init__(
            fields=[FieldError(f"variables.{p.name}" if p.name else "variables", p.zh, p.en) for p in problems],
            **values,
        )


class ContactsUnavailable(PeerDown):
    """A person changed while ticketing could not be asked: the change waits, parked with the person."""

    code = "notify.contact.unavailable"
    zh = "暂时无法向工单服务查询人员资料，该人员的变更将稍后处理。"
    en = "Ticketing cannot be asked about people at the moment; the change of this person waits."
