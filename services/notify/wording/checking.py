"""What a wording must be before it is kept: in both languages, of known variables, and short enough to be sent.

A text message that is too long, or a sentence with a gap, would be noticed by a thousand owners; here it is refused
with the place where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.notify.domain.catalogue import CONTEXT
from services.notify.domain.sms import MOST, length
from services.notify.errors import TemplateValuesWrong
from services.notify.templating.library import LOCALES, MessageTemplate, flaws, render, reworded
from shared.errors import FieldError

TITLE: Final = 200
_NOBODY: Final = UUID(int=0)
#: With everything the reader's own, and with nothing known of them: a text has to read well both ways.
_READERS: Final[tuple[Mapping[str, str], ...]] = (
    {"name": "欧阳小明女士", "place": "翠湖花园三期 12-2-2501", "community": "翠湖花园三期"},
    {},
)


def wrong(template: MessageTemplate, raw: Mapping[str, Mapping[str, Any]], signature: str) -> list[FieldError]:
    """What is wrong with a wording; `signature` counts with the text message. Nothing is where it may be kept."""
    found = unknown(template, raw)
    wants_sms = any(raw[locale].get("sms") for locale in LOCALES) or any(w.sms for w in template.wordings.values())
    found += [
        FieldError(f"{locale}.sms", "缺少短信文本或其译文", "the text message, or its translation, is missing")
        for locale in LOCALES
        if wants_sms and not raw[locale].get("sms")
    ]
    return found or _shown_wrong(reworded(template, _NOBODY, 0, raw), signature)


def unknown(template: MessageTemplate, raw: Mapping[str, Mapping[str, Any]]) -> list[FieldError]:
    """What in a wording is no text of this template: mistakes of grammar, variables that it does not have."""
    known = {*template.variables, *CONTEXT}
    return [
        FieldError(f"{locale}.{part}", zh, en)
        for locale in LOCALES
        for part in ("title", "body", "sms")
        for zh, en in flaws(raw[locale].get(part) or "", known)
    ]


def _shown_wrong(template: MessageTemplate, signature: str) -> list[FieldError]:
    """What is wrong with the texts that readers would get."""
    found: dict[tuple[str, str], FieldError] = {}
    needed = {name: value for name, value in template.example.items() if not template.variables[name].optional}
    for locale in LOCALES:
        for values in (template.example, needed):
            for reader in _READERS:
                for path, zh, en in _seen(template, locale, values, reader, signature):
                    found[path, en] = FieldError(path, zh, en)
    return list(found.values())


def _seen(
    template: MessageTemplate, locale: str, values: Mapping[str, Any], reader: Mapping[str, str], signature: str
) -> list[tuple[str, str, str]]:
    try:
        text = render(template, locale, values, reader)
    except TemplateValuesWrong:
        return [(locale, "按示例无法生成", "cannot be rendered with the example")]
    found = []
    if not text.title or len(text.title) > TITLE:
        found.append((f"{locale}.title", f"应为 1–{TITLE} 个字", f"should have 1 to {TITLE} characters"))
    if not text.body.strip():
        found.append((f"{locale}.body", "内容为空", "nothing is said"))
    if text.sms is not None and not 0 < length(text.sms, signature).characters <= MOST:
        zh, en = f"短信连同签名最多 {MOST} 个字", f"a text message has {MOST} characters at most, its signature counted"
        found.append((f"{locale}.sms", zh, en))
    return found
