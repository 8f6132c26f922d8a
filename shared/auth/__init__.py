"""Who is asking and what they may do: principals, tokens, keys, powers."""

from shared.auth.errors import KeysUnavailable, PowerMissing, TokenExpired, TokenInvalid, TokenMissing
from shared.auth.keyring import KeyRing
from shared.auth.keys import (
    BadKey,
    export_private,
    generate_key,
    import_key,
    load_private_key,
    public_jwk,
    public_jwks,
    read_jwks,
    service_kid,
)
from shared.auth.powers import Powers, allow, has_power, require
from shared.auth.principal import NO_ORG, Principal, service_subject
from shared.auth.roles import ROLES, STAFF, is_role
from shared.auth.tokens import AUDIENCE, DEFAULT_ISSUER, ServiceTokens, mint_token, user_claims

__all__ = [
    "AUDIENCE",
    "DEFAULT_ISSUER",
    "NO_ORG",
    "ROLES",
    "STAFF",
    "BadKey",
    "KeyRing",
    "KeysUnavailable",
    "PowerMissing",
    "Powers",
    "Principal",
    "ServiceTokens",
    "TokenExpired",
    "TokenInvalid",
    "TokenMissing",
    "allow",
    "export_private",
    "generate_key",
    "has_power",
    "import_key",
    "is_role",
    "load_private_key",
    "mint_token",
    "public_jwk",
    "public_jwks",
    "read_jwks",
    "require",
    "service_kid",
    "service_subject",
    "user_claims",
]
