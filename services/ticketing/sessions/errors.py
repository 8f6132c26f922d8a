"""Why somebody was not signed in, as sentences that help the right person and tell the wrong one nothing."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound, PeerDown, TooMany, Unauthorised


class SignInRefused(Unauthorised):
    """The login is unknown or the password is wrong; which of them is not said."""

    code = "ticketing.sign_in.refused"
    zh = "账号或密码不正确"
    en = "The login or the password is not right"


class KeysOfAll(Conflict):
    """The issuer's keys sign for every organisation: no one tenant may change them for the others."""

    code = "ticketing.issuer_keys.of_all"
    zh = "签发密钥属于整个系统，本系统有多个组织，请由系统运维人员以安装组织的令牌操作"
    en = "The issuer's keys belong to all organisations here; only the operators of the installation may change them"


class CodeWrong(Unauthorised):
    """The one-time code is wrong, used, tried too often or too old."""

    code = "ticketing.sign_in.code_wrong"
    zh = "验证码不正确或已失效，请核对后重试，或重新获取"
    en = "The code is not right, or no longer valid; check it, or ask for a new one"


class NotRegistered(Unauthorised):
    """The proof is good, yet nobody of the register goes by it."""

    code = "ticketing.sign_in.not_registered"
    zh = "尚未登记：请联系物业服务中心登记您的手机号或账号"
    en = "You are not registered yet: ask the service centre to enter your phone number or account"


class PhoneNeeded(Unauthorised):
    """WeChat tells who signs in only by an id that is not known yet; the phone number links it."""

    code = "ticketing.sign_in.phone_needed"
    zh = "首次登录请授权手机号"
    en = "Please share your phone number the first time you sign in"


class OtpNeeded(Unauthorised):
    """The password is right; the account wants its second factor as well."""

    code = "ticketing.sign_in.otp_needed"
    zh = "请输入动态验证码"
    en = "Enter the code of your authenticator app"


class TooOften(TooMany):
    """A limit of sign-in; ``Retry-After`` says when to come back."""

    code = "ticketing.sign_in.too_often"
    zh = "操作过于频繁，请稍后再试"
    en = "Too many attempts; please wait a little and try again"


class ChoiceInvalid(Unauthorised):
    """The choice token was used, is too old or was not made here."""

    code = "ticketing.sign_in.choice_invalid"
    zh = "选择已超时，请重新登录"
    en = "The choice is no longer open; please sign in again"


class NoSuchUnitOfYours(Malformed):
    """The units chosen for a session are not the person's."""

    code = "ticketing.sign_in.unit_unknown"
    zh = "所选房屋不在您名下"
    en = "You do not hold the units that you chose"


class ProviderUnknown(Malformed):
    """No such provider is set up, or the request has to name one of several."""

    code = "ticketing.sign_in.provider_unknown"
    zh = "未配置该登录方式，或需要指明其中之一"
    en = "This way of signing in is not set up, or one of several has to be named"


class ProviderRefused(Unauthorised):
    """The provider did not take the code: used, expired, or another application's."""

    code = "ticketing.sign_in.provider_refused"
    zh = "第三方登录未通过，请重新发起登录"
    en = "The provider did not confirm the sign-in; please start again"


class ProviderDown(PeerDown):
    """The provider does not answer, or asks to wait."""

    code = "ticketing.sign_in.provider_down"
    zh = "第三方登录暂时不可用，请稍后再试，或换一种登录方式"
    en = "The provider cannot be reached at the moment; try again shortly, or sign in another way"


class NoCodeSender(PeerDown):
    """The installation has no way to send codes."""

    code = "ticketing.sign_in.no_code_sender"
    zh = "暂时无法发送验证码，请换一种登录方式"
    en = "Codes cannot be sent at the moment; please sign in another way"


class NoIssuerKey(PeerDown):
    """This installation issues no tokens: its users sign in at a provider of their own."""

    code = "ticketing.sign_in.no_issuer"
    zh = "本系统不签发令牌，请通过贵单位的统一登录进入"
    en = "Tokens are not issued here; sign in at your organisation's own provider"


class SignInBusy(PeerDown):
    """More passwords are waiting to be checked than can be within a reasonable time."""

    code = "ticketing.sign_in.busy"
    zh = "登录人数较多，请稍后再试"
    en = "Many people are signing in; please try again in a moment"


class SessionOver(Unauthorised):
    """The refresh token's session has ended or run out, or the token was not made here."""

    code = "ticketing.session.over"
    zh = "登录已失效，请重新登录"
    en = "The session is over; please sign in again"


class SessionReused(Unauthorised):
    """A refresh token came back after its use: the session was ended, for somebody holds a copy."""

    code = "ticketing.session.reused"
    zh = "检测到登录凭证被重复使用，为保障安全已退出，请重新登录"
    en = "This refresh token was used before, so the session was ended for safety; please sign in again"


class NoSuchSession(NotFound):
    """The session is unknown, over, or somebody else's; or the token belongs to no session."""

    code = "ticketing.session.unknown"
    zh = "没有这个登录会话"
    en = "There is no such session"


class PasswordWeak(Malformed):
    """The new password is too short, too simple, well known or about its owner; the field says which."""

    code = "ticketing.password.weak"
    zh = "密码不符合要求"
    en = "This password cannot be used"


class OtpWrong(Malformed):
    """The code of the authenticator app is wrong or was used."""

    code = "ticketing.otp.wrong"
    zh = "动态验证码不正确"
    en = "The code of the authenticator app is not right"


class OtpAlreadyOn(Conflict):
    """The account has a second factor; it is taken off before another is set up."""

    code = "ticketing.otp.already_on"
    zh = "已启用动态验证码，请先停用"
    en = "A second factor is on already; take it off first"


class OtpNotOn(Conflict):
    """There is no second factor to confirm or to take off."""

    code = "ticketing.otp.not_on"
    zh = "尚未启用动态验证码"
    en = "There is no second factor on this account"


class NoSuchIntegrator(NotFound):
    """The connected system is unknown."""

    code = "ticketing.integrator.unknown"
    zh = "没有这个对接系统"
    en = "There is no such connected system"


class ScopeNotGrantable(Malformed):
    """A scope that no connected system may hold."""

    code = "ticketing.integrator.scope_refused"
    zh = "该权限不能授予对接系统"
    en = "A connected system cannot hold this scope"


class UnitNotYours(Forbidden):
    """Org units outside the caller's own reach cannot be given away."""

    code = "ticketing.integrator.unit_refused"
    zh = "只能授予您自己可见的组织单元"
    en = "Only org units within your own reach can be given"


class NoSuchKey(NotFound):
    """The issuer key is unknown or withdrawn."""

    code = "ticketing.issuer_key.unknown"
    zh = "没有这把签名密钥"
    en = "There is no such signing key"
