"""A complaint from intake to signature, with its clocks, its rating and its follow-up call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.kpi.domain.facts import CaseFamily, Doc, Event

# What an event adds to the document: field of the document <- field of the event's data.
_FIELDS: Mapping[str, Mapping[str, str]] = {
    "ticket.responded.v1": {"responded_at": "responded_at"},
    "ticket.dispatched.v1": {"assignee_id": "assignee_id"},
    "ticket.arrived.v1": {"arrived_at": "arrived_at"},
    "ticket.plan_sent.v1": {"plan_sent_at": "sent_at"},
    "ticket.classified.v1": {"urgency": "urgency", "complex": "complex", "major": "major"},
    "ticket.deadline_set.v1": {"deadline": "deadline"},
    "ticket.completed.v1": {"completed_at": "completed_at", "handler_id": "handler_id"},
    "ticket.validity_ruled.v1": {"valid": "valid"},
    "ticket.rated.v1": {"score": "score", "satisfied": "satisfied", "rated_at": "rated_at"},
    "ticket.signed_off.v1": {"signed_at": "signed_at", "sign_method": "method"},
    "ticket.closed.v1": {"closed_at": "closed_at"},
    "ticket.cancelled.v1": {"cancelled_at": "cancelled_at"},
    # Withdrawn in favour of another: what was missed counts, what still ran is kept there.
    "ticket.merged.v1": {"cancelled_at": "merged_at"},
}
# The first of these stands: a second plan or a second visit does not make the first one late, nor a late one early.
# A promise once kept stays kept when the case is reopened, so the first completion stands too.
_FIRST = frozenset({"responded_at", "arrived_at", "plan_sent_at", "completed_at"})
_CLOCKS = frozenset(
    {"clock.started.v1", "clock.met.v1", "clock.breached.v1", "clock.breach_withdrawn.v1", "clock.cancelled.v1"}
)


def route(event: Event) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The complaint an event concerns: follow-up calls and clocks name it in their data."""
    kind = event.data.get("kind")
    if kind is not None and kind != "complaint":
        return ()
    return ((str(event.data.get("ticket_id") or event.subject), event.data),)


def fold(doc: Doc | None, event: Event, piece: Mapping[str, Any]) -> Doc | None:
    """The complaint after the event; tickets of other kinds have no document here."""
    if event.type == "ticket.created.v1":
        return {
            "number": piece.get("number"),
            "unit_id": piece.get("unit_id"),
            "reporter_id": piece.get("reporter_id"),
            "topic": piece.get("topic"),
            "urgency": piece.get("urgency") or "normal",
            "received_at": piece["received_at"],
            "clocks": {clock["clock"]: {"due_at": clock["due_at"]} for clock in piece.get("clocks") or ()},
        }
    if doc is None:
        return None
    if event.type in _CLOCKS:
        return {**doc, "clocks": _clocks(doc.get("clocks") or {}, event.type, piece)}
    if event.type == "revisit.attempted.v1":
        return {**doc, "asked_by": piece["channel"]}
    if event.type == "revisit.done.v1":
        return _revisited(doc, piece)
    if event.type == "ticket.reopened.v1":
        # Open again: neither signed nor closed until that happens anew.
        return {name: value for name, value in doc.items() if name not in ("signed_at", "sign_method", "closed_at")}
    new = dict(doc)
    for name, source in _FIELDS.get(event.type, {}).items():
        if piece.get(source) is not None and not (name in _FIRST and _earlier(new.get(name), piece[source])):
            new[name] = piece[source]
    if event.type == "ticket.deadline_set.v1" and "deadline_set_at" not in new:
        new["deadline_set_at"] = piece.get("set_at") or event.occurred_at.isoformat()
    return new


def _earlier(known: str | None, told: str) -> bool:
    return known is not None and known <= told


def _clocks(clocks: Mapping[str, Any], kind: str, piece: Mapping[str, Any]) -> dict[str, Any]:
    """The clocks after one of their events; a cancelled clock leaves only if it was not already missed (AMB-084)."""
    new = dict(clocks)
    name = piece["clock"]
    known: dict[str, Any] = dict(new.get(name) or {})
    if piece.get("due_at") is not None and not known.get("breached"):
        known["due_at"] = piece["due_at"]
    if kind == "clock.cancelled.v1":
        if not known.get("breached"):
            new.pop(name, None)
            return new
    elif kind == "clock.breached.v1":
        known["breached"] = True
    elif kind == "clock.breach_withdrawn.v1":
        known["breached"] = False
        known["withdrawn"] = True
        known["met_at"] = piece.get("met_at")
    elif kind == "clock.met.v1":
        known["met_at"] = piece.get("met_at")
    new[name] = known
    return new


def _revisited(doc: Doc, piece: Mapping[str, Any]) -> Doc:
    """A follow-up call: that it was tried at all, how it ended, and the rating of the last one that reached the owner
    (AMB-110)."""
    ended = {"outcome": piece.get("outcome"), "done_at": piece.get("done_at"), "channel": doc.get("asked_by")}
    new = {**doc, "asked_at": doc.get("asked_at") or piece.get("done_at"), "revisit_ended": ended}
    if piece.get("readings"):
        new["revisit_readings"] = dict(piece["readings"])  # by the letter's choice for calls that reached nobody
    if piece.get("outcome") == "reached":
        new["revisit"] = {
            "score": piece.get("rating"),
            "satisfied": piece.get("satisfied"),
            "done_at": piece.get("done_at"),
        }
    return new


FAMILY = CaseFamily(
    code="complaint",
    source="ticketing",
    watches=frozenset(
        {"ticket.created.v1", "ticket.reopened.v1", "revisit.attempted.v1", "revisit.done.v1", *_FIELDS, *_CLOCKS}
    ),
    route=route,
    fold=fold,
)
