"""Everything notify refuses, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.notify.domain.variables import Problem
from shared.errors import Conflict, FieldError, Malformed, NotFound, PeerDown


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


class TemplateKnown(Conflict):
    """The organisation has a template with this code, or had."""

    code = "notify.template.known"
    zh = "已有编码为 {code} 的消息模板，请换一个编码。"
    en = "There is a message template {code} already; please choose another code."


class TemplatesTooMany(Conflict):
    """An organisation has as many templates of its own as it may."""

    code = "notify.template.too_many"
    zh = "自建模板已达上限（{most} 个），请先停用不用的。"
    en = "There are {most} templates of your own already; retire one that is not used."


class VersionUnknown(NotFound):
    """The organisation has no such version of the template's wording."""

    code = "notify.template.version_unknown"
    zh = "模板 {code} 没有第 {number} 版。"
    en = "There is no version {number} of template {code}."


class NoDraft(NotFound):
    """There is nothing to publish or to drop."""

    code = "notify.template.no_draft"
    zh = "模板 {code} 没有草稿。"
    en = "There is no draft of template {code}."


class WordingWrong(Malformed):
    """A wording that could not be sent; the fields name what is wrong in which language."""

    code = "notify.template.wording_wrong"
    zh = "模板 {code} 的文案有误，请按提示修改。"
    en = "This wording of template {code} cannot be sent; see the fields."


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


class NoSuchReceiver(NotFound):
    """No provider reports here, or the token is not the one agreed with it."""

    code = "notify.receipt.no_receiver"
    zh = "没有这样的回执接收地址。"
    en = "No receipts are taken at this address."


class ReceiptsMalformed(Malformed):
    """The body is not what this provider's reports look like."""

    code = "notify.receipt.malformed"
    zh = "回执内容不是该服务商的格式。"
    en = "This is not what the provider's reports look like."


class ReceiptTooEarly(PeerDown):
    """Reports of messages that are not known here, or not yet."""

    code = "notify.receipt.too_early"
    zh = "有 {count} 条回执对应的短信尚未登记，请稍后重发。"
    en = "{count} of these reports are of messages not known here yet; please bring them again later."


class NothingToReplay(Conflict):
    """All of the message's deliveries are under way or arrived."""

    code = "notify.message.nothing_to_replay"
    zh = "这条消息没有需要重发的投递：都在途中或已送达。"
    en = "Nothing of this message needs replaying: all of it is under way or has arrived."


class MayArriveTwice(Conflict):
    """The message may have arrived already; whoever sends it again says that they know."""

    code = "notify.message.may_arrive_twice"
    zh = "对方可能已经收到这条消息。确认仍要重发时，请带上 may_arrive_twice: true。"
    en = "The message may have arrived already. To send it all the same, say may_arrive_twice: true."


class TextGone(Conflict):
    """The person was erased, and the text with them."""

    code = "notify.message.text_gone"
    zh = "该人员信息已删除，消息正文不再保留，无法重发。"
    en = "The person was erased and the text is gone; it cannot be sent again."


class ClassMandatory(Malformed):
    """Messages of this class are always told at once."""

    code = "notify.preference.mandatory"
    zh = "“{message_class}”类消息不能关闭或合并发送。"
    en = "Messages of class {message_class} cannot be turned off or gathered."


class ProviderUnknown(NotFound):
    """No provider has this code, or it needs no templates."""

    code = "notify.provider.unknown"
    zh = "没有编码为 {provider} 的、需要报备模板的服务商。"
    en = "There is no provider {provider} that wants templates."


class NoSuchWebhook(NotFound):
    """The subscription is unknown, ended, somebody else's, or reaches beyond the caller."""

    code = "notify.webhook.unknown"
    zh = "没有这个事件推送，或者您无权查看。"
    en = "There is no such webhook within your reach."


class NoSuchWebhookDelivery(NotFound):
    """The subscription's log has no such entry, or not any more."""

    code = "notify.webhook.delivery_unknown"
    zh = "推送记录中没有这一条；记录保留 30 天。"
    en = "There is no such entry in the webhook's log, which is kept for thirty days."


class WebhookInvalid(Malformed):
    """An address, event type or scope that cannot be; the fields name each."""

    code = "notify.webhook.invalid"
    zh = "事件推送的设置有误，请按提示修改。"
    en = "The webhook cannot be set up like this; see the fields."


class WebhooksTooMany(Conflict):
    """An organisation has as many subscriptions as it may."""

    code = "notify.webhook.too_many"
    zh = "事件推送已达上限（{most} 个），请先删除不用的。"
    en = "There are {most} webhooks already; end one that is not used."


class WebhookOff(Conflict):
    """Nothing is sent to a subscription that is switched off."""

    code = "notify.webhook.off"
    zh = "该事件推送已停用，请先启用。"
    en = "The webhook is switched off; switch it on first."


class WebhookWaiting(Conflict):
    """The event is under way already."""

    code = "notify.webhook.waiting"
    zh = "该事件正在推送中，无需重发。"
    en = "The event is under way already."


class NoSuchCampaign(NotFound):
    """The campaign is unknown, or not all of it lies within the caller's reach."""

    code = "notify.campaign.unknown"
    zh = "没有这个群发通知，或者您无权查看。"
    en = "There is no such campaign within your reach."


class CampaignInvalid(Malformed):
    """A campaign that cannot be like this; the fields say what."""

    code = "notify.campaign.invalid"
    zh = "群发通知的内容有误，请按提示修改。"
    en = "The campaign cannot be like this; see the fields."


class CampaignNotNow(Conflict):
    """The campaign's stage does not allow it."""

    code = "notify.campaign.not_now"
    zh = "群发通知当前不能进行此操作（状态：{stage}）。"
    en = "The campaign cannot do this now (it is {stage})."


class ParametersUnknown(Malformed):
    """A provider's template names variables that ours does not have."""

    code = "notify.template.parameters_unknown"
    zh = "模板 {code} 没有这些变量：{names}。"
    en = "Template {code} has no such variables: {names}."


class SignatureMissing(Malformed):
    """A text message without the name that stands before it in brackets."""

    code = "notify.template.signature_missing"
    zh = "短信模板必须填写签名。"
    en = "The template of a text message wants a signature."
