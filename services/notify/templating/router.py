"""The templates and what they would say."""

from __future__ import annotations

from typing import Annotated, Any

from services.notify.domain.sms import length
from services.notify.templating import service
from services.notify.templating.library import MessageTemplate, render
from services.notify.templating.schemas import (
    MappingIn,
    MappingOut,
    MappingsOut,
    PreviewIn,
    PreviewOut,
    SmsOut,
    TemplateOut,
    VariableOut,
    WordingOut,
)
from services.notify.wording import service as wording
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, TxDep, page_of, problems, service_router

router = service_router(prefix="/v1/templates", tags=["templates"])


def present(template: MessageTemplate) -> TemplateOut:
    """A template with its variables and both wordings."""
    zh, en = template.wordings["zh"], template.wordings["en"]
    return TemplateOut(
        code=template.code,
        name=template.name,
        version=template.version,
        own=template.own is not None,
        message_class=template.message_class,
        variables=[VariableOut(name=v.name, type=v.type, optional=v.optional) for v in template.variables.values()],
        zh=WordingOut(title=zh.title, body=zh.body, sms=zh.sms),
        en=WordingOut(title=en.title, body=en.body, sms=en.sms),
        example=dict(template.example),
    )


@router.get("", operation_id="list_templates")
async def list_templates(
    tx: TxDep, who: Annotated[Principal, allow("template.read")], page: PageDep
) -> Page[TemplateOut]:
    """All templates by code, as they are sent now."""
    after = page.after.text("code") if page.after else ""
    rest = [template for code, template in sorted((await wording.all_in_force(tx)).items()) if code > after]
    return page_of(rest[: page.limit + 1], page.limit, key=lambda t: {"code": t.code}, present=present)


@router.post("/{code}/preview", operation_id="preview_template", responses=problems(404))
async def preview_template(
    code: str, body: PreviewIn, tx: TxDep, who: Annotated[Principal, allow("template.preview")]
) -> PreviewOut:
    """What a reader would get; stores nothing. 422 names each variable that is missing or of the wrong
    type."""
    template = await wording.numbered(tx, code, body.version)
    values = template.example if body.variables is None else body.variables
    context = {"name": body.name, "place": body.place, "community": body.community}
    text = render(template, body.locale, values, context)
    sms = None
    if text.sms is not None:
        size = length(text.sms, body.signature)
        sms = SmsOut(text=text.sms, characters=size.characters, segments=size.segments)
    return PreviewOut(title=text.title, body=text.body, digest=text.digest, sms=sms)


@router.get("/{code}/providers", operation_id="list_template_providers", responses=problems(404))
async def list_template_providers(
    code: str, tx: TxDep, who: Annotated[Principal, allow("template.read")]
) -> MappingsOut:
    """How the providers of text messages know a template, and which of them have approved it."""
    return MappingsOut(items=[_mapping(row) for row in await service.mappings(tx, code)])


@router.post("/{code}/providers", operation_id="map_template", responses=problems(404))
async def map_template(
    code: str, body: MappingIn, tx: TxDep, who: Annotated[Principal, allow("template.map")]
) -> MappingOut:
    """Say how a provider knows a template in a language; said again, it replaces what was said."""
    values = {
        "code": body.provider_code,
        "signature": body.signature,
        "parameters": body.parameters,
        "state": body.state,
    }
    return _mapping(await service.map_template(tx, code, body.provider, body.locale, values))


def _mapping(row: Any) -> MappingOut:
    return MappingOut(
        provider=row.provider,
        locale=row.locale,
        provider_code=row.code,
        signature=row.signature,
        parameters=list(row.parameters),
        state=row.state,
        version=row.version,
    )
