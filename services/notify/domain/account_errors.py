"""What is refused about people's accounts and permits."""

from shared.errors import Conflict, Malformed, NotFound, PeerDown, TooMany


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


class TooManyStreams(TooMany):
    """Somebody listens to their inbox in too many places, or too many people listen to this process."""

    code = "notify.inbox.too_many_streams"
    zh = "同时打开的消息连接过多，请关闭其他页面后重试。"
    en = "Too many connections listen to the inbox; please close other pages and try again."


class NoSuchAccount(NotFound):
    """Unknown, or somebody else's."""

    code = "notify.account.unknown"
    zh = "没有这个已关联的账号。"
    en = "There is no such linked account."


class NoSuchDevice(NotFound):
    """Unknown, or another's."""

    code = "notify.device.unknown"
    zh = "没有以您的身份登记的这台设备。"
    en = "No such device is registered as yours."


class AddressRefused(Malformed):
    """An address of another notification service that messages cannot go to; the field says why."""

    code = "notify.account.address_refused"
    zh = "这个通知地址无法使用，请按提示修改。"
    en = "Messages cannot go to this address; see the field."


class AddressTaken(Conflict):
    """An address under which somebody else is reached."""

    code = "notify.account.address_taken"
    zh = "这个通知地址已由他人登记。"
    en = "Somebody else is reached at this address already."


class NotStaff(Malformed):
    """Work accounts of people who do not work here."""

    code = "notify.account.not_staff"
    zh = "有的人员不是在册员工，请按提示修改；未保存任何内容。"
    en = "Some of these people do not work here; see the fields. Nothing was kept."


class NoSuchOrgUnit(NotFound):
    """Not within the caller's."""

    code = "notify.robot.org_unit_unknown"
    zh = "没有这个组织单元，或者不在您的管理范围内。"
    en = "There is no such org unit within your reach."


class RobotElsewhere(Malformed):
    """An address at a host where no robots are called."""

    code = "notify.robot.elsewhere"
    zh = "机器人地址不属于所接入的平台。"
    en = "The address is not at one of the robots' providers."


class RobotKnown(Conflict):
    """The same robot, entered again."""

    code = "notify.robot.known"
    zh = "这个机器人已经登记过。"
    en = "This robot is entered already."


class NoSuchRobot(NotFound):
    """Unknown, or of an org unit that is not the caller's."""

    code = "notify.robot.unknown"
    zh = "没有这个机器人，或者不在您的管理范围内。"
    en = "There is no such robot within your reach."
