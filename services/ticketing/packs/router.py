"""``/ticketing/v1/kinds``: what may be taken in here, for forms and buttons; ``/packs``: what is switched on."""

from __future__ import annotations

from typing import Annotated

from services.ticketing.domain.packs import PACKS, kinds_of
from services.ticketing.packs import service
from services.ticketing.packs.present import present_kind
from services.ticketing.packs.schemas import KindsOut, PackOut, PacksOut, SwitchIn
from services.ticketing.powers import POWERS
from services.ticketing.tickets.commands_router import COMMANDS
from shared.auth import Principal, allow
from shared.db.tx import Tx
from shared.http.routing import TxDep, problems, service_router
from shared.http.schemas import Text

router = service_router(prefix="/v1", tags=["kinds"])

Reads = Annotated[Principal, allow("ticket.read")]

_HOLDERS = {
    "create": POWERS["ticket.create"],
    "deed": POWERS["ticket.deed"],
    **{action: POWERS[power] for action, _, power, _ in COMMANDS},
    "decide-unsigned": POWERS["ticket.decide_unsigned"],
}


async def _packs(tx: Tx) -> PacksOut:
    return PacksOut(
        items=[
            PackOut(
                code=code,
                name=Text(zh=PACKS[code][0], en=PACKS[code][1]),
                on=on,
                since=since,
                kinds=[kind.code for kind in kinds_of([code]) if kind.pack == code],
            )
            for code, (on, since) in (await service.packs(tx)).items()
        ]
    )


@router.get("/kinds", operation_id="list_kinds")
async def list_kinds(tx: TxDep, who: Reads) -> KindsOut:
    """Kinds of the packs that are on: fields, states, transitions, promises, and who may do what."""
    return KindsOut(items=[present_kind(kind, _HOLDERS) for kind in await service.kinds_on(tx)])


@router.get("/packs", operation_id="list_packs")
async def list_packs(tx: TxDep, who: Reads) -> PacksOut:
    """All lines of business, on or off, with the kinds of tickets they bring."""
    return await _packs(tx)


@router.post("/packs/{code}", operation_id="switch_pack", responses=problems(404, 409))
async def switch_pack(
    code: str, body: SwitchIn, tx: TxDep, who: Annotated[Principal, allow("pack.switch")]
) -> PacksOut:
    """Switch a line of business on or off. Open cases go on to their end; property is always on."""
    await service.switch(tx, code, body.on, body.reason)
    return await _packs(tx)
