"""The chain of a delivery's attempts and receipts."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.proof import attempt_entry, canonical, link, receipt_entry, walk

AT = datetime(2025, 3, 7, 1, 10, tzinfo=UTC)
ID = uuid4()


def entry(number: int, **more: Any) -> dict[str, Any]:
    fields = {"provider": "aliyun_sms", "code": "OK", "reference": "r", "address_digest": None, "digest": "d"}
    return attempt_entry({**fields, "number": number, "started_at": AT, "ended_at": AT, "outcome": "sent", **more})


def chained(id: UUID, *entries: dict[str, Any]) -> list[tuple[str | None, dict[str, Any]]]:
    found: list[tuple[str | None, dict[str, Any]]] = []
    before: str | None = None
    for one in entries:
        before = link(id, before, one)
        found.append((before, one))
    return found


def receipt() -> dict[str, Any]:
    return receipt_entry(
        {"provider": "p", "reference": "r", "arrived": True, "code": "DELIVRD", "at": None, "recorded_at": AT}
    )


def test_a_chain_is_followed_whatever_order_its_entries_are_read_in() -> None:
    known = chained(ID, entry(1), entry(2), receipt())
    found = walk(ID, known[-1][0], reversed(known))
    assert found.intact and [one for _, one in found.entries] == [one for _, one in known]


@pytest.mark.parametrize("damage", ["altered", "left out", "put in", "cut off", "another's"])
def test_what_was_altered_left_out_or_put_in_shows(damage: str) -> None:
    known = chained(ID, entry(1), entry(2), receipt())
    head, id = known[-1][0], ID
    if damage == "altered":
        known[1] = (known[1][0], entry(2, outcome="refused"))
    elif damage == "left out":
        del known[1]
    elif damage == "put in":
        known.append((link(ID, None, entry(9)), entry(9)))
    elif damage == "cut off":
        del known[-1]
    else:
        id = uuid4()
    assert not walk(id, head, known).intact


def test_a_delivery_from_before_there_were_links_is_no_forgery() -> None:
    assert walk(ID, None, [(None, entry(1))]).intact
    assert walk(ID, None, []).intact


VALUES = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])) | st.uuids()


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES))
def test_an_entry_is_the_json_that_everybody_makes_of_it(value: dict[str, Any]) -> None:
    plain = {name: str(one) if isinstance(one, UUID) else one for name, one in value.items()}
    made = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(value) == made.encode()


def test_the_same_instant_is_the_same_text_in_every_zone() -> None:
    there = AT.astimezone(timezone(timedelta(hours=8)))
    assert canonical({"at": AT}) == canonical({"at": there}) == b'{"at":"2025-03-07T01:10:00.000000+00:00"}'
