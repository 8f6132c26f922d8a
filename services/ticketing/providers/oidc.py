"""Any OpenID Connect provider, by its discovery document: authorisation code with PKCE -> checked ID token."""

from __future__ import annotations

from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from services.ticketing.providers._config import Provider
from services.ticketing.providers._found import Found, phone_of
from services.ticketing.providers._http import call, down, refused
from shared.clock import monotonic, wall

KIND: Final = "oidc"
#: Public-key signatures alone: an ID token under the client's own secret proves nothing that the secret does not.
_ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384"]
_KEEP_SECONDS: Final = 600.0
_LEEWAY_SECONDS: Final = 60

_documents: dict[str, tuple[dict[str, Any], float]] = {}


async def identify(
    provider: Provider, code: str, redirect_uri: str, verifier: str | None, nonce: str | None
) -> Found:
    """Who has this code. Raises ProviderRefused or ProviderDown."""
    about = await _document(provider.discovery_url)
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if verifier is not None:
        form["code_verifier"] = verifier
    status, answer = await call(
        "POST", str(about["token_endpoint"]), form=form, auth=(provider.app_id, provider.secret)
    )
    if status >= 400 or not answer.get("id_token"):
        problem = answer.get("error", status)
        raise refused(KIND, problem) if problem == "invalid_grant" else down(KIND, problem)
    claims = await _claims(provider, about, str(answer["id_token"]))
    _check(claims, provider, str(about["issuer"]), nonce)
    phone = phone_of(claims.get("phone_number")) if claims.get("phone_number_verified") is True else None
    email = str(claims["email"]) if claims.get("email") and claims.get("email_verified") is True else None
    return Found([(KIND, f"{about['issuer']}|{claims['sub']}")], phone, email)


async def _claims(provider: Provider, about: dict[str, Any], token: str) -> dict[str, Any]:
    for fresh in (False, True):  # a key that we do not know may be new
        document = await _document(str(about["jwks_uri"]), fresh=fresh)
        try:
            keys = KeySet.import_key_set(document)  # type: ignore[arg-type]  # checked by the import itself
            return dict(jwt.decode(token, keys, algorithms=_ALGORITHMS).claims)
        except (JoseError, ValueError, KeyError, TypeError) as problem:
            if fresh:
                raise refused(KIND, f"signature: {type(problem).__name__}") from problem
    raise AssertionError("unreachable: the second turn returns or raises")


def _check(claims: dict[str, Any], provider: Provider, issuer: str, nonce: str | None) -> None:
    audience = claims.get("aud")
    several = isinstance(audience, list) and len(audience) > 1
    now = wall().timestamp()
    faults = {
        "issuer": claims.get("iss") != issuer,
        "audience": audience != provider.app_id
        and not (isinstance(audience, list) and provider.app_id in audience),
        "azp": (several or "azp" in claims) and claims.get("azp") != provider.app_id,
        "expired": not isinstance(claims.get("exp"), int | float) or claims["exp"] + _LEEWAY_SECONDS < now,
        "early": isinstance(claims.get("nbf"), int | float) and claims["nbf"] - _LEEWAY_SECONDS > now,
        "nonce": nonce is not None and claims.get("nonce") != nonce,
        "subject": not claims.get("sub"),
    }
    for name, wrong in faults.items():
        if wrong:
            raise refused(KIND, name)


async def _document(url: str, *, fresh: bool = False) -> dict[str, Any]:
    kept = _documents.get(url)
    if kept is not None and not fresh and kept[1] > monotonic():
        return kept[0]
    status, found = await call("GET", url)
    if status != 200:
        raise down(KIND, f"{status} of a published document")
    _documents[url] = found, monotonic() + _KEEP_SECONDS
    return found
