"""``/notify/v1/templates/{code}/versions`` and ``…/draft``: an organisation's own words for our templates."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Response

from services.notify.templating.schemas import WordingOut
from services.notify.wording import service
from services.notify.wording.schemas import DraftIn, TemplateVersionOut
from shared.auth import Principal, allow
from shared.http.routing import IfMatch, Page, PageDep, TxDep, etag, page_of, problems, service_router

router = service_router(prefix="/v1/templates/{code}", tags=["templates"])

Writer = Annotated[Principal, allow("template.write")]

_TEXTS = ("zh", "en")
_SAME = tuple(name for name in TemplateVersionOut.model_fields if name not in _TEXTS)


def present(row: Any) -> TemplateVersionOut:
    """A version with both texts."""
    texts = {locale: WordingOut(**row.wordings[locale]) for locale in _TEXTS}
    return TemplateVersionOut(**{name: getattr(row, name) for name in _SAME}, **texts)


@router.get("/versions", operation_id="list_template_versions", responses=problems(404))
async def list_template_versions(
    code: str, tx: TxDep, who: Annotated[Principal, allow("template.read")], page: PageDep
) -> Page[TemplateVersionOut]:
    """The organisation's wordings of a template, the newest first; all that were ever in force stay."""
    before = page.after.number("number") if page.after else None
    rows = await service.versions(tx, code, before, page.limit)
    return page_of(rows, page.limit, key=lambda row: {"number": row.number}, present=present)


@router.put("/draft", operation_id="keep_template_draft", responses=problems(404, 409, 412))
async def keep_template_draft(
    code: str, body: DraftIn, tx: TxDep, who: Writer, if_match: IfMatch, response: Response
) -> TemplateVersionOut:
    """Keep a wording as the template's draft. 422 names unknown variables, missing translations and a text message that
    is too long."""
    row = await service.keep(tx, who, code, body, if_match)
    etag(response, row.version)
    return present(row)


@router.delete("/draft", status_code=204, operation_id="drop_template_draft", responses=problems(404, 412))
async def drop_template_draft(code: str, tx: TxDep, who: Writer, if_match: IfMatch) -> Response:
    """Drop the template's draft."""
    await service.drop(tx, who, code, if_match)
    return Response(status_code=204)


@router.post("/draft/publish", operation_id="publish_template_draft", responses=problems(404, 412))
async def publish_template_draft(
    code: str, tx: TxDep, who: Annotated[Principal, allow("template.publish")], if_match: IfMatch, response: Response
) -> TemplateVersionOut:
    """Put the draft in force."""
    row = await service.publish(tx, who, code, if_match)
    etag(response, row.version)
    return present(row)
