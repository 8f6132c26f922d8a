"""Our templates at the providers that set the text themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.engine import Row

from services.notify.domain.catalogue import CONTEXT
from services.notify.domain.channels import ProviderTemplate
from services.notify.errors import ParametersUnknown, ProviderUnknown, SignatureMissing
from services.notify.registry import providers
from services.notify.templating import repository
from services.notify.wording.own import template as template_of
from shared.db.tx import Tx
from shared.errors import FieldError


async def mappings(tx: Tx, code: str) -> Sequence[Row[Any]]:
    """A template at all its providers; TemplateUnknown (404)."""
    return await repository.of_template(tx, (await template_of(tx, code)).code)


async def map_template(tx: Tx, code: str, provider: str, locale: str, values: dict[str, Any]) -> Row[Any]:
    """Say how a provider knows a template, and whether it has approved it.

    Raises TemplateUnknown or ProviderUnknown (404), SignatureMissing or ParametersUnknown (422).
    """
    template = await template_of(tx, code)
    known = providers().get(provider)
    if known is None or not known.needs_template:
        raise ProviderUnknown(provider=provider)
    if known.channel == "sms" and not values["signature"]:
        raise SignatureMissing(fields=[FieldError("signature", "短信必须有签名", "a text message wants a signature")])
    asked = ProviderTemplate(values["code"], values["signature"], values["parameters"]).pairs()
    strange = [name for _, name in asked if name not in template.variables and name not in CONTEXT]
    if strange:
        fields = [FieldError("parameters", "模板没有此变量", "the template has no such variable")]
        raise ParametersUnknown(fields=fields, code=code, names="、".join(strange))
    old = await repository.one(tx, provider, code, locale)
    if old is None:
        row_id = await repository.add(tx, {"provider": provider, "template": code, "locale": locale, **values})
    else:
        row_id = old.id
        await repository.change(tx, row_id, old.version, values)
    before = None if old is None else {name: getattr(old, name) for name in values}
    tx.audit("template.map", "provider_template", row_id, before=before, after={"provider": provider, **values})
    row = await repository.one(tx, provider, code, locale)
    assert row is not None  # written above, in this transaction
    return row
