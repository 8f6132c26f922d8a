"""Sign in, stay signed in, sign out."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import Body, Header, Request, Response

from services.ticketing.people.repository import reaches
from services.ticketing.providers._config import configured
from services.ticketing.sessions import codes, repository, service
from services.ticketing.sessions.context import context_of, settled
from services.ticketing.sessions.errors import NoSuchSession
from services.ticketing.sessions.origin import session_of
from services.ticketing.sessions.schemas import (
    SIGN_IN_EXAMPLES,
    CodeIn,
    CodeOut,
    EndAllIn,
    EndedOut,
    MethodsOut,
    ProviderOut,
    RebuildOut,
    RefreshIn,
    SessionIn,
    SessionItemOut,
    SessionOut,
    SessionsOut,
)
from services.ticketing.sessions.senders import sender_of
from services.ticketing.sessions.tasks import REBUILD_JOB
from shared.auth import Principal, allow, require
from shared.http.problems import wants_chinese
from shared.http.routing import TxDep, problems, public, service_router

router = service_router(prefix="/v1/sessions", tags=["sessions"])

RetryKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=200,
        description="Makes a repeat safe within a minute: the same token under the same key is answered again",
    ),
]


@router.post("", operation_id="sign_in", responses=problems(401, 413, 429))
@public
async def sign_in(
    body: Annotated[SessionIn, Body(openapi_examples=SIGN_IN_EXAMPLES)], request: Request, response: Response
) -> SessionOut:
    """Sign in by any grant; several accounts are answered with a choice."""
    fields: Any = body
    ctx = context_of(request, None if fields.device is None else fields.device.token)

    async def act() -> SessionOut:
        await service.enter(ctx)
        return await service.sign_in(ctx, fields)

    response.headers["Cache-Control"] = "no-store"
    return await settled(act)


@router.get("/methods", operation_id="sign_in_methods")
@public
async def methods(request: Request, organisation_id: UUID | None = None) -> MethodsOut:
    """What a sign-in page may offer; providers of an organisation are shown to whoever names it."""
    rt = request.app.state.runtime
    shown = [p for p in configured(rt.settings) if p.org is None or p.org == organisation_id]
    # Whoever is invited has no password yet; the code in the invitation needs nothing that is configured.
    offered = {"password", "invitation", *(p.grant for p in shown)}
    if sender_of(rt) is not None:
        offered.add("phone_code")
    return MethodsOut(
        grants=sorted(offered),
        providers=[ProviderOut(id=p.id, grant=p.grant, app_id=p.app_id, organisation_id=p.org) for p in shown],
    )


@router.post("/codes", status_code=202, operation_id="ask_sign_in_code", responses=problems(413, 429))
@public
async def ask_code(body: CodeIn, request: Request) -> CodeOut:
    """Have a one-time code sent to a phone; the answer is the same for phones nobody knows."""
    device = body.device
    ctx = context_of(request, None if device is None else device.token)
    language = "zh" if wants_chinese(request.headers.get("accept-language")) else "en"

    async def act() -> codes.Challenge:
        await service.enter(ctx)
        device_id = None if device is None else device.id
        return await codes.ask(ctx, body.phone, language, device_id, body.organisation_id)

    found = await settled(act)
    return CodeOut(challenge_id=found.id, expires_in=found.expires_in, resend_after=found.resend_after)


@router.post("/refresh", operation_id="refresh_session", responses=problems(401, 409, 413, 429))
@public
async def refresh(body: RefreshIn, request: Request, response: Response, retry_key: RetryKey = None) -> SessionOut:
    """Exchange a refresh token for its successor and a fresh access token; a used one ends the session."""
    ctx = context_of(request)

    async def act() -> SessionOut:
        await service.enter(ctx)
        return await service.refresh(ctx, body.refresh_token, retry_key)

    response.headers["Cache-Control"] = "no-store"
    return await settled(act)


@router.get("", operation_id="list_sessions")
async def list_sessions(
    request: Request, tx: TxDep, who: Annotated[Principal, allow("session.own")]
) -> SessionsOut:
    """One's own living sessions."""
    current = session_of(request)
    rows = await repository.living_sessions(tx, who.sub)
    return SessionsOut(
        items=[
            SessionItemOut(
                id=row.id,
                method=row.method,
                device=row.device,
                started_at=row.created_at,
                last_used_at=row.rotated_at,
                expires_at=row.expires_at,
                current=row.id == current,
            )
            for row in rows
        ]
    )


@router.delete("/current", status_code=204, operation_id="sign_out", responses=problems(404, 409))
async def sign_out(
    request: Request, tx: TxDep, who: Annotated[Principal, allow("session.own")]
) -> Response:
    """Sign out: the session of this token ends, its access token within ten minutes by itself."""
    session_id = session_of(request)
    if session_id is None or not await service.sign_out(tx, who.sub, session_id):
        raise NoSuchSession
    return Response(status_code=204)


@router.delete("/{id}", status_code=204, operation_id="end_session", responses=problems(404, 409))
async def end_session(id: UUID, tx: TxDep, who: Annotated[Principal, allow("session.own")]) -> Response:
    """End another of one's own sessions: a lost phone, a forgotten browser."""
    if not await service.sign_out(tx, who.sub, id):
        raise NoSuchSession
    return Response(status_code=204)


@router.post("/end-all", operation_id="end_all_sessions", responses=problems(409, 413))
async def end_all(
    body: EndAllIn, request: Request, tx: TxDep, who: Annotated[Principal, allow("session.own")]
) -> EndedOut:
    """Sign out everywhere; with `subject_id`, somebody else of the organisation."""
    subject = body.subject_id or who.sub
    if subject != who.sub:
        require(who, "session.end_others", request.app.state.powers)
        if not await reaches(tx, who, subject):
            return EndedOut(ended=0)  # as for somebody who does not exist
    keep = session_of(request) if body.keep_current and subject == who.sub else None
    return EndedOut(ended=await service.end_all(tx, subject, but=keep))


@router.post("/identities/rebuild", status_code=202, operation_id="rebuild_identities", responses=problems(409))
async def rebuild_identities(
    tx: TxDep, who: Annotated[Principal, allow("identity.rebuild")]
) -> RebuildOut:
    """Bring what people sign in with in step with the whole register: after an upgrade, or a new master key."""
    return RebuildOut(job_id=tx.enqueue(REBUILD_JOB, {}))
