"""Invite members of staff to set a password; only the invited person learns the code."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from services.ticketing.invitations import service
from services.ticketing.invitations.schemas import InvitationOut, InvitationsOut, InviteIn, invitation_out
from services.ticketing.sessions.context import vault_of
from services.ticketing.sessions.errors import NoCodeSender
from services.ticketing.sessions.senders import sender_of
from shared.auth import Principal, allow
from shared.http.routing import TxDep, created, problems, service_router

router = service_router(prefix="/v1/staff", tags=["sessions"])

Inviter = Annotated[Principal, allow("staff.write")]


@router.post("/{id}/invitations", status_code=201, operation_id="invite_staff", responses=problems(404, 409, 429))
async def invite_staff(
    id: UUID, body: InviteIn, request: Request, tx: TxDep, who: Inviter, response: Response
) -> InvitationOut:
    """Send a code by which a member of staff sets a first password (`invitation` grant of sign-in).

    It goes to the address that the register has. Sent again, the earlier code ends.
    """
    if sender_of(request.app.state.runtime) is None:
        raise NoCodeSender
    row = await service.invite(tx, vault_of(request), who, id, "invite", body)
    created(response, f"/ticketing/v1/staff/{id}/invitations", row.version)
    return invitation_out(row, tx.wall)


@router.post("/{id}/reset-password", status_code=201, operation_id="send_reset", responses=problems(404, 409, 429))
async def send_reset(
    id: UUID,
    body: InviteIn,
    request: Request,
    tx: TxDep,
    who: Annotated[Principal, allow("credential.reset")],
    response: Response,
) -> InvitationOut:
    """Send a code by which a member of staff sets a new password; the old one is good until then."""
    if sender_of(request.app.state.runtime) is None:
        raise NoCodeSender
    row = await service.invite(tx, vault_of(request), who, id, "reset", body)
    created(response, f"/ticketing/v1/staff/{id}/invitations", row.version)
    return invitation_out(row, tx.wall)


@router.get("/{id}/invitations", operation_id="list_invitations", responses=problems(404))
async def list_invitations(id: UUID, tx: TxDep, who: Inviter) -> InvitationsOut:
    """Which invitations a member of staff was sent, by whom, and what became of them."""
    return InvitationsOut(items=[invitation_out(row, tx.wall) for row in await service.listed(tx, who, id)])


@router.post(
    "/{id}/invitations/{invitation_id}/withdraw",
    operation_id="withdraw_invitation",
    responses=problems(404, 409),
)
async def withdraw_invitation(id: UUID, invitation_id: UUID, tx: TxDep, who: Inviter) -> InvitationOut:
    """Take an invitation back: it went to the wrong phone."""
    return invitation_out(await service.withdraw(tx, who, id, invitation_id), tx.wall)
