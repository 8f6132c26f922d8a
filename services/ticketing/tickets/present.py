"""Stored rows as they go out: personal fields masked, states named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row

from services.ticketing.domain.kind import kinds
from services.ticketing.domain.signatures import document_hash, intact
from services.ticketing.domain.steps import spec_of
from services.ticketing.domain.ticket_events import entry_name
from services.ticketing.tickets.entries_shown import Line
from services.ticketing.tickets.schemas import ContactOut, EntryOut, TicketOut
from services.ticketing.tickets.signature_schemas import OpenSignatureOut, SignatureOut
from shared.db.flush import loads
from shared.http.schemas import Text
from shared.masking import mask_email, mask_name, mask_phone

_SAME = tuple(
    name
    for name in TicketOut.model_fields
    if name not in {"state_name", "contact", "fields", "attachments", "recorded_at", "document_hash", "actions"}
)
_JSON = ("origin", "fields", "attachments")
_READ = (*_SAME, "contact", "fields", "attachments", "created_at")


@cache
def _picker(names: Sequence[str]) -> itemgetter[Any]:
    return itemgetter(*(names.index(name) for name in _READ))


@cache
def _standing(kind: str, state: str) -> tuple[Text, dict[str, str], list[str]]:
    """The name of a state, also as JSON has it, and the commands possible in it."""
    named = kinds()[kind].state(state)
    name = Text(zh=named.zh, en=named.en)
    actions = [a for a in kinds()[kind].allowed(state) if a not in ("close", "refuse-signature")]
    return name, name.model_dump(), actions


def written_ticket(row: Any, names: Sequence[str], *, to_owner: bool) -> dict[str, Any]:
    """A stored ticket as JSON has it, field by field what :func:`present_ticket` says.

    ``names`` are the columns of the row in their order; its JSON may be text still, which then goes out as it is.
    """
    found = dict(zip(_READ, _picker(names)(row), strict=True))
    kind, contact = found["kind"], found["contact"]
    _, found["state_name"], found["actions"] = _standing(kind, found["state"])
    if contact is not None:
        found["contact"] = _masked_json(loads(contact))
    if to_owner:
        open_fields = kinds()[kind].open_fields
        found["fields"] = {n: v for n, v in loads(found["fields"]).items() if n in open_fields}
    for name in _JSON:
        if isinstance(found[name], str):
            found[name] = orjson.Fragment(found[name])
    found["recorded_at"] = found.pop("created_at")
    done = found["completed_at"] is not None
    found["document_hash"] = document_hash(dict(zip(names, row, strict=True))) if done else None
    return found


def written_clock(row: Mapping[str, Any]) -> dict[str, Any]:
    """A stored clock as JSON has it in a list."""
    spec = spec_of(row["clock"])
    return {
        "clock": row["clock"],
        "name": {"zh": spec.zh, "en": spec.en},
        "subject_id": row["subject_id"],
        "from_at": row["from_at"],
        "due_at": row["due_at"],
        "met_at": row["met_at"],
        "breached_at": row["breached_at"],
        "warned_percent": row["warned"] or 0,
        "state": row["state"],
    }


def present_ticket(row: Row[Any], *, to_owner: bool) -> TicketOut:
    """A stored ticket, to staff or to the owner it is about."""
    return present_new(row._asdict(), to_owner=to_owner)


def present_new(row: Mapping[str, Any], *, to_owner: bool) -> TicketOut:
    """A ticket from its columns. What comes from our own tables is not validated a second time.

    Owners see what was said at the intake and what public deeds added, not who was held responsible.
    """
    kind = kinds()[row["kind"]]
    name, _, actions = _standing(kind.code, row["state"])
    contact = row["contact"]
    return TicketOut.model_construct(
        **{name: row[name] for name in _SAME},
        state_name=name,
        contact=_masked(contact) if contact else None,
        fields={n: v for n, v in row["fields"].items() if not to_owner or n in kind.open_fields},
        attachments=[UUID(a) for a in row["attachments"]],
        recorded_at=row["created_at"],
        document_hash=document_hash(row) if row["completed_at"] is not None else None,
        actions=actions,
    )


def _masked_json(contact: Mapping[str, Any]) -> dict[str, Any] | None:
    if not contact:
        return None
    return {
        "name": mask_name(contact.get("name")),
        "phone": mask_phone(contact.get("phone")),
        "email": mask_email(contact.get("email")),
        "person_id": contact.get("person_id"),
    }


def _masked(contact: Mapping[str, Any]) -> ContactOut:
    person = contact.get("person_id")  # JSON knows no UUIDs
    return ContactOut.model_construct(
        name=mask_name(contact.get("name")),
        phone=mask_phone(contact.get("phone")),
        email=mask_email(contact.get("email")),
        person_id=UUID(person) if person else None,
    )


def present_entry(row: Line) -> EntryOut:
    """A line of the history."""
    zh, en = entry_name(row.action)
    return EntryOut(
        id=row.id,
        action=row.action,
        action_name=Text(zh=zh, en=en),
        state=row.state,
        public=row.public,
        actor_id=row.actor_id,
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
        late_reason=row.late_reason,
        data=dict(row.data),
    )


def present_signature(case: Row[Any], row: Row[Any], sealed: Mapping[str, Any] | None) -> SignatureOut:
    """A signature without its artefact; the signer's name masked, empty once the person was erased."""
    return SignatureOut(**_signature(case, row), signer_name=mask_name((sealed or {}).get("name")) or "")


def present_open_signature(case: Row[Any], row: Row[Any], sealed: Mapping[str, Any] | None) -> OpenSignatureOut:
    """A signature in full; neither name nor artefact is left of an erased person's."""
    known = sealed or {}
    return OpenSignatureOut(
        **_signature(case, row),
        signer_name=known.get("name"),
        artefact=known.get("artefact"),
        place=known.get("place"),
        statement=known.get("statement"),
        document=row.document,
    )


def _signature(case: Row[Any], row: Row[Any]) -> dict[str, Any]:
    made = {"intact": intact(row.document, row.document_hash, case._asdict())}
    same = SignatureOut.model_fields.keys() - made.keys() - {"signer_name"}
    return {**{name: getattr(row, name) for name in same}, **made}
