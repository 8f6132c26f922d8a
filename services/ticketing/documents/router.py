"""``/ticketing/v1/tickets/{id}/documents/<form>.pdf``: one address per form there is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import Request, Response

from services.ticketing.documents import service
from services.ticketing.documents.form import Form, forms
from services.ticketing.documents.papers import answer
from shared.auth import Principal, allow
from shared.http.routing import problems, service_router
from shared.telemetry.context import request_id

router = service_router(prefix="/v1/tickets", tags=["documents"])

PDF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The form as PDF; X-Document-Number, X-Document-Sha256 and ETag tell which one",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def _endpoint(form: Form) -> Callable[..., Awaitable[Response]]:
    async def endpoint(
        ticket_id: UUID, request: Request, who: Annotated[Principal, allow("document.print")]
    ) -> Response:
        made = await service.print_form(request.app.state.runtime, who, ticket_id, form, request_id.get())
        return answer(form.zh, made.number, made.sha256, made.pdf)

    endpoint.__name__ = f"print_{form.code}"
    return endpoint


for _form in forms().values():
    router.get(
        f"/{{ticket_id}}/documents/{_form.slug}.pdf",
        operation_id=f"print_{_form.code}",
        summary=f"{_form.en} ({_form.zh}, {_form.row}) as PDF, numbered and hashed",
        description="The same content is the same number and the same bytes; changed content gets a new number. "
        "The person's name and telephone stand in full, so printing is recorded as opening them.",
        responses={**PDF, **problems(404)},
        response_class=Response,
    )(_endpoint(_form))
