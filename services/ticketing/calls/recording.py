"""How what an exchange tells becomes a call: merged under its row's lock, with everything that follows from it.

Events and records come by the same way, so that it does not matter which of them comes first or how often.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row

from services.ticketing.access import zone_of
from services.ticketing.calls import repository, returns
from services.ticketing.domain.call_returns import is_wanted
from services.ticketing.domain.calls import Call, clipped, in_time, merged, outcome
from shared.db.tx import Tx
from shared.masking import normal_phone

#: Where a line that serves several communities stands until its caller is known.
HOME_ZONE: Final = "Asia/Shanghai"
_UNANSWERED: Final = frozenset({"missed", "abandoned"})


@dataclass(frozen=True, slots=True)
class Line:
    """The exchange that tells: what its calls are known under, and what it serves."""

    source: str
    org_unit_id: UUID
    community_id: UUID | None
    zone: ZoneInfo


def line_of(connection: Row[Any]) -> Line:
    """The line of a connection that was read with its community's time zone."""
    return Line(
        connection.source,
        connection.org_unit_id,
        connection.community_id,
        zone_of(connection.timezone or HOME_ZONE),
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What was told of a call: its facts, the other side's number, where it rang or was answered, and by whom."""

    external_id: str
    call: Call
    number: str | None = None
    extension: str | None = None
    clerk_id: UUID | None = None


def number_of(text: str | None) -> str | None:
    """A number as it is stored; None when it is withheld, or none that could be called."""
    try:
        return normal_phone(text) if text else None
    except ValueError:
        return None


async def record(tx: Tx, line: Line, told: Told) -> Row[Any]:
    """Merge what was told into the call and return its row.

    Raises:
        CallTimesCross: its times contradict each other, or lie in the future.
    """
    first = {
        "source": line.source,
        "external_id": told.external_id,
        "org_unit_id": line.org_unit_id,
        "community_id": line.community_id,
        "direction": told.call.direction or "incoming",
    }
    row, fresh = await repository.take(tx, first)
    known = Call(
        None if fresh else row.direction, row.offered_at, row.rings, row.answered_at, row.ended_at
    )
    call = merged(known, clipped(told.call, tx.now))
    values = {**asdict(call), "direction": call.direction or "incoming"}
    values |= {"outcome": outcome(call), "in_time": in_time(call)}
    values |= await _other_side(tx, line, row, told)
    values |= await _our_side(tx, line, row, told)
    after = {**row._mapping, **values}
    after["return_id"] = values["return_id"] = await _promised(tx, line, row, after)
    changes = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changes or fresh:
        version = row.version if fresh else row.version + 1
        await repository.change(tx, row.id, version, changes)
        _tell(tx, row, after, version)
    found = await repository.one(tx, row.id, ())
    assert found is not None  # locked above
    return found


async def _other_side(tx: Tx, line: Line, row: Row[Any], told: Told) -> dict[str, Any]:
    """The number and whose it is: one person's, and their community and unit when they have only one."""
    number = number_of(told.number)
    if number is None or row.number is not None:
        return {}
    day = tx.now.astimezone(line.zone).date()
    found = await repository.callers(
        tx, number, day, org_unit_id=line.org_unit_id, community_id=line.community_id
    )
    values: dict[str, Any] = {"number": number}
    if len({r.person_id for r in found}) == 1:
        values["person_id"] = found[0].person_id
        places = {r.community_id for r in found}
        if len(places) == 1:
            values["community_id"] = found[0].community_id
        homes = {r.unit_id for r in found}
        if len(homes) == 1:
            values["unit_id"] = found[0].unit_id
    return values


async def _our_side(tx: Tx, line: Line, row: Row[Any], told: Told) -> dict[str, Any]:
    """Where it rings, or where it was answered, which no belated ringing elsewhere changes."""
    if row.answered_at is not None and told.call.answered_at is None:
        return {}
    values: dict[str, Any] = {}
    if told.extension is not None:
        values = {
            "extension": told.extension,
            "clerk_id": await repository.clerk_at(tx, line.source, told.extension),
        }
    if told.clerk_id is not None:
        values["clerk_id"] = told.clerk_id
    if values.get("clerk_id") is None and row.extension == told.extension:
        values.pop("clerk_id", None)  # whoever was known to sit there then
    return values


async def _promised(tx: Tx, line: Line, row: Row[Any], after: Mapping[str, Any]) -> UUID | None:
    """What the call means for the promise to call its number back; the promise that it belongs to."""
    return_id: UUID | None = row.return_id
    number, stands = after["number"], after["outcome"]
    if number is None:
        return return_id
    if after["direction"] == "outgoing":
        at = after["answered_at"] or after["offered_at"] or after["ended_at"]
        answered = stands == "answered"
        if return_id is None:
            by = after["clerk_id"]
            return await returns.kept(tx, line.source, number, at, how="called_back", reached=answered, by=by)
        if answered and row.outcome != "answered":
            await returns.reached(tx, return_id)
        return return_id
    if stands == "missed" and return_id is None and is_wanted(after["ended_at"], tx.now):
        # row: C-036 what was missed is returned
        return await returns.promise(tx, after, after["ended_at"], line.zone)
    if stands == "answered":
        if return_id is not None and row.outcome != "answered":
            await returns.withdraw(tx, return_id)
            return_id = None
        if row.outcome != "answered":
            at = after["answered_at"]
            await returns.kept(
                tx, line.source, number, at, how="got_through", reached=True, by=after["clerk_id"]
            )
    return return_id


def _tell(tx: Tx, row: Row[Any], after: Mapping[str, Any], version: int) -> None:
    """The events of a call that came in; none of one that we made ourselves."""
    if after["direction"] == "outgoing":
        return

    def changed(*names: str) -> bool:
        return any(getattr(row, name) != after[name] for name in names)

    who = {"clerk_id": after["clerk_id"], "person_id": after["person_id"]}
    times = {"offered_at": after["offered_at"], "rings": after["rings"]}
    if after["offered_at"] is not None and (
        row.offered_at is None or (after["outcome"] == "ringing" and changed("clerk_id"))
    ):
        _emit(tx, after, "call.offered.v1", version, {**who, "offered_at": after["offered_at"]})
    if after["outcome"] == "answered" and changed("outcome", "answered_at", "in_time", "clerk_id"):
        data = {**who, **times, "answered_at": after["answered_at"], "in_time": after["in_time"]}
        _emit(tx, after, "call.answered.v1", version, data)
    elif after["outcome"] in _UNANSWERED and changed("outcome"):
        data = {**who, **times, "ended_at": after["ended_at"], "outcome": after["outcome"]}
        _emit(tx, after, "call.missed.v1", version, data)


def _emit(tx: Tx, after: Mapping[str, Any], type: str, version: int, data: Mapping[str, Any]) -> None:
    tx.emit(type, subject=after["id"], seq=version, data=data, community_id=after["community_id"])
