"""What a signature or a refusal has to come with: strokes or scan, and for paper a witness who is a second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.ticketing.domain.ticket_errors import TicketInvalid
from services.ticketing.files.attaching import attach
from services.ticketing.files.repository import SIGNATURE
from services.ticketing.tickets import persons
from services.ticketing.tickets.casework import Case
from services.ticketing.tickets.schemas import SignIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError

_WANTED = {
    "device": ("请附上设备采集的签名", "Attach the signature taken on the device"),
    "paper": ("请附上业主已签字单据的扫描件", "Attach the scan of the slip that the owner signed"),
}


async def check(tx: Tx, who: Principal, case: Case, body: SignIn) -> None:
    """Raises TicketInvalid, each fault by its field."""
    wrong: list[FieldError] = []
    # row: C-026, D-085 no signature without its artefact: strokes of a device, scan of a paper
    if not body.refused and body.method in _WANTED and not (body.signature or body.signature_file):
        wrong.append(FieldError("signature", *_WANTED[body.method]))
    # row: C-026, D-085 a slip that comes back signed was seen by a second person
    if not body.refused and body.method == "paper" and body.witness_id is None:
        wrong.append(FieldError("witness_id", "纸质签字须有见证人", "A signature on paper wants a witness"))
    if body.witness_id is not None:
        wrong += await _witness(tx, who, case, body.witness_id)
    if body.witness_id is not None and body.refused and not body.statement:
        wrong.append(FieldError("statement", "请填写见证人的陈述", "Say what the witness saw"))
    if body.witness_id is None and body.statement:
        wrong.append(FieldError("witness_id", "请注明见证人", "Name the witness whose statement this is"))
    if wrong:
        raise TicketInvalid(fields=wrong)


async def _witness(tx: Tx, who: Principal, case: Case, witness_id: UUID) -> list[FieldError]:
    # row: AMB-105 a refusal is witnessed by somebody who has nothing to gain from it
    if witness_id in (who.sub, case.facts.handler_id, case.facts.assignee_id):
        own = ("见证人不能是处理人或登记人", "The witness may be neither the handler nor whoever records it")
        return [FieldError("witness_id", *own)]
    if not await persons.works_here(tx, witness_id):
        return [FieldError("witness_id", "没有这位在职员工", "There is no such employee")]
    return []


async def attach_artefact(tx: Tx, who: Principal, case: Case, body: SignIn) -> None:
    """Hang the file of a signature on its case, for those alone who may open signatures. Raises TicketInvalid."""
    ids = [] if body.signature_file is None else [body.signature_file]
    if wrong := await attach(tx, who, ids, SIGNATURE, case.id, path="signature_file"):
        raise TicketInvalid(fields=[FieldError("signature_file", w.zh, w.en) for w in wrong])


def sealed(body: SignIn) -> dict[str, Any]:
    """What of a signature is the signer's own, and goes with their key."""
    more = {"place": body.place and body.place.model_dump(), "statement": body.statement}
    said = {name: value for name, value in more.items() if value is not None}
    return {"name": body.signer_name, "artefact": body.signature, **said}
