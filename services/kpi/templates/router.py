"""``/kpi/v1/templates``."""

from __future__ import annotations

from typing import Annotated

from services.kpi.catalogue import letters
from services.kpi.errors import NoSuchTemplate
from services.kpi.templates.schemas import TemplateOut, present
from shared.auth import Principal, allow
from shared.http.routing import Page, PageDep, page_of, problems, service_router

router = service_router(prefix="/v1/templates", tags=["templates"])


@router.get("", operation_id="list_templates")
async def list_templates(who: Annotated[Principal, allow("template.read")], page: PageDep) -> Page[TemplateOut]:
    """All letter templates."""
    after = page.after.text("id") if page.after else ""
    rows = [letter for code, letter in sorted(letters().items()) if code > after][: page.limit + 1]
    return page_of(rows, page.limit, lambda letter: {"id": letter.template}, present)


@router.get("/{template}", operation_id="get_template", responses=problems(404))
async def get_template(template: str, who: Annotated[Principal, allow("template.read")]) -> TemplateOut:
    """One template: sections, indicators, parameters, consequences."""
    letter = letters().get(template)
    if letter is None:
        raise NoSuchTemplate(template=template)
    return present(letter)
