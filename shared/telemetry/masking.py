"""Personal data and secrets stay out of logs: by the name of the field, and by shape inside free text."""

from __future__ import annotations

import re
from typing import Any, Final

MASK: Final = "***"

_NAMES: Final = frozenset(
    {
        "phone",
        "mobile",
        "email",
        "name",
        "id_card",
        "id_number",
        "token",
        "password",
        "authorization",
        "cookie",
        "secret",
        "contact",
        "signature",
        "openid",
    }
)
#: `contact_phone`, `access_token`, …; not `…_name`, which is as often a file's or a queue's.
_ENDINGS: Final = ("_phone", "_mobile", "_email", "_id_card", "_token", "_password", "_secret", "_openid")

#: Mainland mobile numbers, 18-digit identity numbers, e-mail addresses, bearer tokens, JSON Web Tokens.
_SHAPES: Final = re.compile(
    r"(?<![\w.-])(?:\+?86[- ]?)?1[3-9]\d{9}(?![\w-])"
    r"|(?<!\w)[1-9]\d{5}(?:19|20)\d{9}[\dXx](?!\w)"
    r"|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*"
)
#: Postgres quotes the offending values: `DETAIL:  Key (phone)=(…) already exists.`
_DETAIL: Final = re.compile(r"(?m)^\s*(DETAIL|Failing row contains|\[parameters:).*$")


def is_personal(key: str) -> bool:
    """Whether a field of this name holds personal data or a secret."""
    lower = key.lower()
    return lower in _NAMES or lower.endswith(_ENDINGS)


def scrub_text(text: str) -> str:
    """Free text without numbers, addresses and tokens that name a person; database details are left out whole."""
    return _SHAPES.sub(MASK, _DETAIL.sub(r"\1 " + MASK, text))


def mask(value: Any) -> Any:
    """A copy of `value` fit to be logged: personal fields of dictionaries masked at every depth."""
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, dict):
        return {
            key: MASK if isinstance(key, str) and is_personal(key) and inner is not None else mask(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [mask(inner) for inner in value]
    return value
