"""An organisation's own templates, and its own words for ours: ``/notify/v1/templates/{code}/…``."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response

from services.notify.templating.schemas import WordingOut
from services.notify.wording import own, service
from services.notify.wording.schemas import DraftIn, OwnTemplateIn, TemplateVersionOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, created, etag, page_of, problems, service_router

router = service_router(prefix="/v1/templates", tags=["templates"])

Writer = Annotated[Principal, allow("template.write")]

_TEXTS = ("zh", "en")
_SAME = tuple(name for name in TemplateVersionOut.model_fields if name not in _TEXTS)


def present(row: Any) -> TemplateVersionOut:
    """A version with both texts."""
    texts = {locale: WordingOut(**row.wordings[locale]) for locale in _TEXTS}
    return TemplateVersionOut(**{name: getattr(row, name) for name in _SAME}, **texts)


@router.post("", status_code=201, operation_id="add_template", responses=problems(409))
async def add_template(body: OwnTemplateIn, tx: TxDep, who: Writer, response: Response) -> TemplateVersionOut:
    """Add a template for notices to many, with a draft of its words: once these are published, campaigns are written
    with it. 422 names unknown variables, missing translations and a text message that is too long."""
    row = await own.add(tx, who, body)
    created(response, f"/notify/v1/templates/{row.template}/versions", row.version)
    return present(row)


@router.delete("/{code}", status_code=204, operation_id="retire_template", responses=problems(404))
async def retire_template(code: str, tx: TxDep, who: Annotated[Principal, allow("template.publish")]) -> Response:
    """Let no new campaign be written with a template of the organisation's own; what was asked for goes out."""
    await own.retire(tx, who, code)
    return Response(status_code=204)


@router.get("/{code}/versions", operation_id="list_template_versions", responses=problems(404))
async def list_template_versions(
    code: str, tx: TxDep, who: Annotated[Principal, allow("template.read")], page: PageDep
) -> Page[TemplateVersionOut]:
    """The organisation's wordings of a template, the newest first; all that were ever in force stay."""
    before = page.after.number("number") if page.after else None
    rows = await service.versions(tx, code, before, page.limit)
    return page_of(rows, page.limit, key=lambda row: {"number": row.number}, present=present)


@router.put("/{code}/draft", operation_id="keep_template_draft", responses=problems(404, 409, 412))
async def keep_template_draft(
    code: str, body: DraftIn, tx: TxDep, who: Writer, if_match: IfMatch, response: Response
) -> TemplateVersionOut:
    """Keep a wording as the template's draft. 422 names unknown variables, missing translations and a text message that
    is too long."""
    row = await service.keep(tx, who, code, body, if_match)
    etag(response, row.version)
    return present(row)


@router.delete("/{code}/draft", status_code=204, operation_id="drop_template_draft", responses=problems(404, 412))
async def drop_template_draft(code: str, tx: TxDep, who: Writer, if_match: IfMatch) -> Response:
    """Drop the template's draft."""
    await service.drop(tx, who, code, if_match)
    return Response(status_code=204)


@router.post("/{code}/draft/publish", operation_id="publish_template_draft", responses=problems(404, 412))
async def publish_template_draft(
    code: str, tx: TxDep, who: Annotated[Principal, allow("template.publish")], if_match: IfMatch, response: Response
) -> TemplateVersionOut:
    """Put the draft in force."""
    row = await service.publish(tx, who, code, if_match)
    etag(response, row.version)
    return present(row)
