"""Personal fields as lists, messages, logs and exports show them: enough to recognise, too little to misuse (D-075).

The one home of masking, so that no two screens show different halves of the same number. What a log line may not hold
at all is scrubbed by :mod:`shared.telemetry.masking`, which cannot know who reads it and so leaves nothing over.
"""

from __future__ import annotations

import re
from typing import Any, Final

_PLAIN_PHONE: Final = re.compile(r"^1[3-9]\d{9}$")
_SEPARATORS: Final = re.compile(r"[\s()\-.]")


def mask_name(name: str | None) -> str | None:
    """张伟 -> 张*; Alice Brown -> A*."""
    return None if not name else name[0] + "*"


# row: D-075, D-076 personal data is masked where it need not be read
def mask_phone(phone: str | None) -> str | None:
    """13812341234 -> 138****1234; shorter numbers keep their last two digits alone."""
    if not phone:
        return None
    if len(phone) >= 11:
        return f"{phone[:3]}****{phone[-4:]}"
    return f"****{phone[-2:]}" if len(phone) > 4 else "****"


def mask_email(email: str | None) -> str | None:
    """zhang@example.com -> z***@example.com."""
    if not email:
        return None
    name, at, host = email.rpartition("@")
    return f"{name[:1]}***@{host}" if at else "***"


def mask_value(value: Any) -> Any:
    """Any content of an owner file with every text in it shortened to its first character."""
    if isinstance(value, str):
        return value[:1] + "*" if value else value
    if isinstance(value, list):
        return [mask_value(item) for item in value]
    if isinstance(value, dict):
        return {key: mask_value(item) for key, item in value.items()}
    return "*" if isinstance(value, int | float) and not isinstance(value, bool) else value


def normal_phone(text: str) -> str:
    """A phone number as it is stored: digits, with ``+`` and the country for numbers outside mainland China.

    Mainland numbers lose a leading +86, so that one person written in two ways is one number.

    Raises:
        ValueError: not a phone number.
    """
    bare = _SEPARATORS.sub("", text)
    if bare.startswith("0086"):
        bare = bare[4:]
    if bare.startswith("+86"):
        bare = bare[3:]
        bare = bare if _PLAIN_PHONE.match(bare) or bare.startswith("0") else "0" + bare
    if re.fullmatch(r"\+[1-9]\d{6,14}", bare) or re.fullmatch(r"\d{5,13}", bare):
        return bare
    raise ValueError("not a phone number")
