"""Why a request was not let in, as errors that a person can act on."""

from __future__ import annotations

from shared.errors import Forbidden, PeerDown, Unauthorised


class TokenMissing(Unauthorised):
    """No bearer token where one is needed."""

    code = "auth.token.missing"
    zh = "请先登录：请求缺少访问令牌"
    en = "Please sign in: the request carries no access token"


class TokenInvalid(Unauthorised):
    """Not signed by a key we trust, or its claims are not ours."""

    code = "auth.token.invalid"
    zh = "访问令牌无效，请重新登录"
    en = "The access token is not valid; please sign in again"


class TokenExpired(Unauthorised):
    """The token's time is over."""

    code = "auth.token.expired"
    zh = "登录已过期，请重新登录"
    en = "The sign-in has expired; please sign in again"


class PowerMissing(Forbidden):
    """Signed in, yet not allowed to do this."""

    code = "auth.power.missing"
    zh = "您的账号没有此操作的权限（{power}）"
    en = "Your account may not do this ({power})"


class KeysUnavailable(PeerDown):
    """No key set of the issuer is known yet: neither fetched nor kept from before."""

    code = "auth.keys.unavailable"
    zh = "身份服务暂时不可用，请稍后再试"
    en = "The identity service cannot be reached at the moment; please try again shortly"
