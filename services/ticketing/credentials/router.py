"""Passwords and second factors of staff."""

from __future__ import annotations

from typing import Annotated

from fastapi import Request, Response

from services.ticketing.credentials import service
from services.ticketing.credentials.schemas import (
    ChangePasswordIn,
    OtpIn,
    PasswordSetOut,
    ResetIn,
    SetPasswordIn,
    TotpOut,
)
from services.ticketing.domain.grants.totp import as_base32, provisioning_uri
from services.ticketing.sessions.context import context_of, settled
from services.ticketing.sessions.service import enter
from shared.auth import Principal, allow
from shared.http.routing import TxDep, own_transactions, problems, public, service_router

router = service_router(prefix="/v1/credentials", tags=["sessions"])

Staff = Annotated[Principal, allow("credential.own")]


@router.post("/password", status_code=204, operation_id="change_password", responses=problems(404, 413, 429))
@own_transactions
async def change_password(body: ChangePasswordIn, request: Request, who: Staff) -> Response:
    """Change one's own password; every session of the account ends."""
    ctx = context_of(request)
    await settled(lambda: service.change_password(ctx, who, body.current, body.password))
    return Response(status_code=204)


@router.post("/password/by-code", operation_id="set_password_by_code", responses=problems(401, 413, 429))
@public
async def set_by_code(body: SetPasswordIn, request: Request) -> PasswordSetOut:
    """Set a first or forgotten password, with the code sent to the employee's phone."""
    ctx = context_of(request, None if body.device is None else body.device.token)

    async def act() -> int:
        await enter(ctx)
        return await service.set_by_code(ctx, body)

    return PasswordSetOut(accounts=await settled(act))


@router.post("/totp", operation_id="begin_totp", responses=problems(404, 409))
@own_transactions
async def begin_totp(request: Request, response: Response, who: Staff) -> TotpOut:
    """A new secret for an authenticator app; it counts once its first code was confirmed."""
    ctx = context_of(request)
    secret, account = await settled(lambda: service.begin_totp(ctx, who))
    response.headers["Cache-Control"] = "no-store"
    return TotpOut(secret=as_base32(secret), uri=provisioning_uri(secret, account, "Steward"))


@router.post("/totp/confirm", status_code=204, operation_id="confirm_totp", responses=problems(409, 413))
async def confirm_totp(body: OtpIn, request: Request, tx: TxDep, who: Staff) -> Response:
    """Turn the second factor on."""
    await service.confirm_totp(context_of(request), tx, who, body.otp)
    return Response(status_code=204)


@router.post("/totp/remove", status_code=204, operation_id="remove_totp", responses=problems(409, 413, 429))
@own_transactions
async def remove_totp(body: OtpIn, request: Request, who: Staff) -> Response:
    """Turn one's own second factor off, with one of its codes."""
    ctx = context_of(request)
    await settled(lambda: service.remove_totp(ctx, who, body.otp))
    return Response(status_code=204)


@router.post("/totp/reset", status_code=204, operation_id="reset_totp", responses=problems(409, 413))
async def reset_totp(
    body: ResetIn, tx: TxDep, who: Annotated[Principal, allow("credential.reset")]
) -> Response:
    """Take the second factor of an employee who lost it; recorded with the reason."""
    await service.reset_totp(tx, who, body.subject_id, body.reason)
    return Response(status_code=204)
