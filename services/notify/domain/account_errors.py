"""What is refused about people's accounts and permits."""

from shared.errors import Conflict, Malformed, NotFound, PeerDown


class NotLinked(Conflict):
    """Permits of somebody whose WeChat account is not known."""

    code = "notify.permit.not_linked"
    zh = "请先关联微信账号，再登记订阅。"
    en = "Link the WeChat account first, then report what was agreed to."


class PermitTemplateUnknown(Malformed):
    """A template of WeChat's that no message here uses."""

    code = "notify.permit.template_unknown"
    zh = "有的模板不在使用中，请按提示修改。"
    en = "Some of these templates are not in use here; see the fields."


class NotSetUp(Conflict):
    """The installation has no such application."""

    code = "notify.account.not_set_up"
    zh = "本系统未接入该渠道，无法关联。"
    en = "This channel is not set up here; nothing can be linked."


class CodeRefused(Conflict):
    """The provider does not take the code: used, expired, or of another application."""

    code = "notify.account.code_refused"
    zh = "登录凭证无效、已使用或已过期，请在应用中重新获取。"
    en = "The code is invalid, used or expired; please get a new one in the app."


class ProviderSilent(PeerDown):
    """The provider cannot be asked whose code it is."""

    code = "notify.account.provider_silent"
    zh = "暂时无法联系该渠道的服务商，请稍后再试。"
    en = "The provider cannot be reached at the moment; please try again shortly."


class NoSuchAccount(NotFound):
    """Unknown, or somebody else's."""

    code = "notify.account.unknown"
    zh = "没有这个已关联的账号。"
    en = "There is no such linked account."
