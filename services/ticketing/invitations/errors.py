"""Why somebody was not invited."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound


class NoSuchInvitation(NotFound):
    """The invitation is unknown, or its member of staff outside the caller's reach."""

    code = "ticketing.invitation.unknown"
    zh = "没有这份邀请"
    en = "There is no such invitation"


class InvitationOver(Conflict):
    """Used, withdrawn, replaced or run out."""

    code = "ticketing.invitation.over"
    zh = "该邀请已使用、已撤回或已过期"
    en = "This invitation was used, withdrawn, replaced or has run out"


class HasPassword(Conflict):
    """Whoever has a password needs no invitation; an administrator may send a reset."""

    code = "ticketing.invitation.has_password"
    zh = "此人已设置密码；如已忘记，请由系统管理员发送密码重置"
    en = "This member of staff has a password; if it is forgotten, an administrator can send a reset"


class NoAddress(Conflict):
    """The register has no such address of this member of staff."""

    code = "ticketing.invitation.no_address"
    zh = "员工登记中没有该联系方式，请先补登手机号或邮箱"
    en = "The register has no such address of this member of staff; enter the phone or e-mail first"


class InvitationNotYours(Forbidden):
    """Administrators are invited by administrators, and nobody invites themselves."""

    code = "ticketing.invitation.not_yours"
    zh = "不能邀请自己；管理员账号只能由系统管理员邀请"
    en = "Nobody invites themselves, and only an administrator invites administrators"
