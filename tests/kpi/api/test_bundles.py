"""A scorecard proven from its exported bundle alone; whatever was tampered with is found and named."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from deploy.commands import verify as command
from deploy.local.failures import Unsuitable
from services.kpi.catalogue import infos
from services.kpi.domain import proving
from services.kpi.scorecards import bundling
from shared.ids import uuid7
from tests.kpi.api.support import evidence, freeze, letter
from tests.kpi.support import Feed, local
from tests.support.world import World

HANDLING = "complaint.handling.timeliness.rate"
RATE = "fee.collection.quarter.rate"
Parts = dict[str, bytes]


def envelope(event: Any) -> dict[str, Any]:
    """An event as the change feed gives it."""
    return {
        "id": str(event.id),
        "type": event.type,
        "source": event.source,
        "org_id": str(event.org_id),
        "community_id": str(event.community_id),
        "subject": str(event.subject),
        "seq": event.seq,
        "position": event.position,
        "occurred_at": event.occurred_at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "data": event.data,
    }


@pytest.fixture
async def parts(api: httpx.AsyncClient, world: World, org: UUID) -> Parts:
    """The files of a bundle: complaints, bills and checked files of a quarter."""
    feed = Feed(world, org)
    feed.register()
    for n in range(6):
        feed.complaint(local(3, 3 + n), responds_after=timedelta(minutes=30 if n < 2 else 5), mark=90)
    for n in range(9):
        feed.bill(10_000, "2025-01-31", [(10_000, "2025-02-20")] if n < 8 else [])
    files = [uuid7() for _ in range(20)]
    feed.files(files, local(1, 1))
    feed.check(local(3, 20), [(file, n < 19, n < 18) for n, file in enumerate(files)])
    homes = [uuid7() for _ in range(10)]
    feed.survey(homes, [(homes[n], [84] * 8) for n in range(8)], "2025-Q1")
    told = sorted((e for e in feed.told if e.type != "community.upserted.v1"), key=lambda e: (e.source, e.position))
    events = [envelope(event) for event in told]
    await feed.apply()
    card = (await freeze(api, world, feed, (await letter(api, world, feed))["id"])).json()
    async with world.runtime("kpi").db.read(org) as tx:
        made = await bundling.pack(tx, UUID(card["id"]), events)
        assert made == await bundling.pack(tx, UUID(card["id"]), events)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def proven(parts: Parts, *, sealed: bool = False) -> proving.Proof:
    """What the proof says; `sealed`: the tamperer has written the manifest anew as well."""
    manifest = json.loads(parts["manifest.json"])
    if sealed:
        manifest["files"] = proving.hashes(parts)
    return proving.prove(manifest, parts, infos())


def change(parts: Parts, name: str, how: Callable[[Any], Any]) -> Parts:
    """The same bundle with one file changed."""
    if name.endswith(".json"):
        value = json.loads(parts[name])
        return {**parts, name: json.dumps(how(value) or value).encode()}
    rows = [json.loads(line) for line in parts[name].splitlines()]
    rows = how(rows) or rows
    return {**parts, name: b"".join(json.dumps(row).encode() + b"\n" for row in rows)}


def test_an_untouched_bundle_is_proven_to_the_digit(parts: Parts) -> None:
    found = proven(parts)
    assert found.differences == []
    assert found.ok and found.recomputed == found.total and found.facts > 30 and found.events > 50


def first(rows: list[dict[str, Any]], **having: Any) -> dict[str, Any]:
    return next(row for row in rows if all(row[name] == value for name, value in having.items()))


def forged_fact(rows: list[dict[str, Any]]) -> None:
    first(rows, item=HANDLING, numerator="0")["numerator"] = "1"


def forged_event(rows: list[dict[str, Any]]) -> None:
    first(rows, type="bill.issued.v1")["data"]["amount_fen"] = 9_999


def lost_event(rows: list[dict[str, Any]]) -> None:
    rows.remove(first(rows, type="payment.allocated.v1"))


def swapped(rows: list[dict[str, Any]]) -> None:
    places = [n for n, row in enumerate(rows) if row["item"] == RATE]
    rows[places[0]], rows[places[-1]] = rows[places[-1]], rows[places[0]]


def swapped_events(rows: list[dict[str, Any]]) -> None:
    rows[0], rows[1] = rows[1], rows[0]


def softer_rule(rules: dict[str, Any]) -> None:
    rules[HANDLING]["with"]["points"] = 1


def other_letter(letter: dict[str, Any]) -> None:
    letter["title"]["zh"] = "另一份责任书"


def better_card(card: dict[str, Any]) -> None:
    card["result"]["total"] = "100.00"


TAMPERED = [
    (proving.FACTS, forged_fact, "facts", "fact"),
    (proving.EVENTS, forged_event, "events", "fact"),
    (proving.EVENTS, lost_event, "events", "fact"),
    (proving.FACTS, swapped, "facts", "order"),
    (proving.EVENTS, swapped_events, "events", "order"),
    (proving.RULES, softer_rule, "rules", "rule"),
    (proving.LETTER, other_letter, "letter", "hash"),
    (proving.CARD, better_card, "card", "total"),
]


@pytest.mark.parametrize(("name", "how", "file", "part"), TAMPERED, ids=[how.__name__ for _, how, _, _ in TAMPERED])
def test_what_was_tampered_with_is_named_even_when_the_manifest_was_written_anew(
    parts: Parts, name: str, how: Callable[[Any], Any], file: str, part: str
) -> None:
    forged = change(parts, name, how)
    assert f"{file}: the file is not the one that was exported" in proven(forged).differences
    again = proven(forged, sealed=True)
    assert not again.ok
    assert part in {text.partition(":")[0] for text in again.differences}, again.differences


def test_the_command_proves_a_file_without_any_stack(parts: Parts, tmp_path: Path) -> None:
    file = tmp_path / "card.zip"
    file.write_bytes(bundling.zipped(parts))
    same, lines = command.run(tmp_path, str(file), None, None)
    assert same and lines[-1].startswith("一致")
    file.write_bytes(bundling.zipped(change(parts, proving.FACTS, forged_fact)))
    same, lines = command.run(tmp_path, str(file), None, None)
    assert not same and any(HANDLING in line for line in lines)
    file.write_bytes(b"none")
    with pytest.raises(Unsuitable):
        command.run(tmp_path, str(file), None, None)


@pytest.mark.parametrize(
    ("code", "state", "parameters"),
    [
        (HANDLING, "late", {}),
        ("complaint.resolution.satisfaction.rate", "unsatisfied", {"satisfied_from": "85"}),
        ("archive.update.rate", "outdated", {}),
    ],
)
async def test_a_card_restated_by_an_objection_is_proven_and_a_case_taken_out_by_nobody_is_found(
    api: httpx.AsyncClient, world: World, org: UUID, code: str, state: str, parameters: dict[str, str]
) -> None:
    feed = Feed(world, org)
    feed.register()
    for n in range(4):
        feed.complaint(local(3, 3 + n), responds_after=timedelta(minutes=30 if n < 2 else 5), mark=80 + n)
    files = [uuid7() for _ in range(6)]
    feed.files(files, local(1, 1))
    feed.check(local(2, 20), [(file, True, True) for file in files])
    feed.check(local(3, 20), [(file, True, n > 1) for n, file in enumerate(files)])
    told = sorted((e for e in feed.told if e.type != "community.upserted.v1"), key=lambda e: (e.source, e.position))
    events = [envelope(event) for event in told]
    await feed.apply()
    signed = await letter(api, world, feed, parameters={"unmeasured": "full", **parameters})
    card = (await freeze(api, world, feed, signed["id"])).json()
    (first, *_) = await evidence(api, world, feed, card, indicator=code, state=state)
    doubt = {"fact_id": first["fact_id"], "reason": "另约时间", "file_ids": [str(uuid7())]}
    raised = await api.post("/kpi/v1/objections", json=doubt, headers=world.token("supervisor", org))
    decided = await api.post(
        f"/kpi/v1/objections/{raised.json()['id']}/decision",
        json={"decision": "uphold", "reason": "证据充分"},
        headers=world.token("qa", org),
    )
    assert decided.status_code == 200, decided.text
    (restated,) = decided.json()["restated"]
    async with world.runtime("kpi").db.read(org) as tx:
        made = await bundling.pack(tx, UUID(restated), events)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert proven(parts).differences == []

    def hidden(rows: list[dict[str, Any]]) -> None:
        other = next(row for row in rows if row["item"] == code and row["verdict"] == state)
        other |= {"verdict": "objection_upheld", "counted": False, "use": "objection_upheld", "used": False}

    again = proven(change(parts, proving.FACTS, hidden), sealed=True)
    assert {"fact", "sum"} <= {text.partition(":")[0] for text in again.differences}
