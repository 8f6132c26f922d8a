"""Events between services: each followed type is said, each said type is under contract, and none names people."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path

import jsonschema_rs
import pytest

from shared.contracts.events import EventType, event_types
from shared.contracts.fields import BOOL, CODE, DATE, DECIMAL, FEN, ID, PERIOD, TIME, maybe, record, some
from shared.settings import SERVICES
from shared.telemetry.masking import is_personal

ROOT = Path(__file__).resolve().parents[2]
TYPE = re.compile(r"[a-z_]+(\.[a-z_]+){1,2}\.v\d+")
#: `name` of these is the name of a thing; the name of a person is nobody's business.
NAMES_OF_THINGS = {"org.created.v1", "org_unit.upserted.v1", "community.upserted.v1", "building.upserted.v1"}
#: Beside what logs mask: words of people and places where they live.
PRIVATE = {"summary", "detail", "address", "note", "comment", "reason", "signer_name", "fields", "result", "gender"}


def _followed() -> Mapping[str, dict[str, list[str]]]:
    """Source -> type -> the services that follow it."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for service in SERVICES:
        for source, handlers in import_module(f"services.{service}.consumers").SUBSCRIPTIONS.items():
            for name in handlers:
                found[source][name].append(service)
    return found


def _said(service: str) -> set[str]:
    """Types that a service's own code writes down, f-strings with their gaps as patterns included."""
    found: set[str] = set()
    followed = {name for handlers in _followed().values() for name in handlers}
    for path in sorted((ROOT / "services" / service).rglob("*.py")):
        if path.name == "consumers.py" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE.fullmatch(node.value):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                found |= _filled(service, node)
    own = {name for name, event in event_types().items() if event.source == service}
    return {name for name in found if name in own or name not in followed}


def _filled(service: str, node: ast.JoinedStr) -> set[str]:
    """The contract's types that an f-string such as `clock.{what}.v1` can make."""
    parts = [re.escape(p.value) if isinstance(p, ast.Constant) else "[a-z_]+" for p in node.values]  # type: ignore[arg-type]
    pattern = "".join(parts)
    if not pattern.endswith(r"\.v1"):
        return set()
    return {
        name for name, event in event_types().items() if event.source == service and re.fullmatch(pattern, name)
    }


def test_each_followed_type_is_said_by_the_service_it_is_followed_from() -> None:
    for source, handlers in _followed().items():
        said = _said(source)
        for name, services in handlers.items():
            event = event_types().get(name)
            assert event is not None, f"{', '.join(services)} follow {name}, which is not in shared/contracts"
            assert event.source == source, f"{', '.join(services)} follow {name} of {source}; {event.source} says it"
            assert event.announced or name in said, f"{', '.join(services)} follow {name}; {source} never says it"


@pytest.mark.parametrize("service", SERVICES)
def test_each_type_that_a_service_says_is_under_contract(service: str) -> None:
    declared = {name for name, event in event_types().items() if event.source == service}
    said = _said(service)
    assert said - declared == set(), "add them to shared/contracts and run `make openapi`"
    promised = {name for name in declared if not event_types()[name].announced}
    assert promised - said == set(), "nobody says these any more"
    assert {name for name in declared & said if event_types()[name].announced} == set(), "no longer only announced"


@pytest.mark.parametrize("event", event_types().values(), ids=lambda event: event.name)
def test_no_event_carries_personal_fields(event: EventType) -> None:
    personal = {name for name in event.field_names() if is_personal(name) or name in PRIVATE}
    if event.name in NAMES_OF_THINGS:
        personal -= {"name"}
    assert personal == set(), "events name people by id; who needs more asks ticketing"


@pytest.mark.parametrize("event", event_types().values(), ids=lambda event: event.name)
def test_each_contract_reads_well(event: EventType) -> None:
    assert TYPE.fullmatch(event.name)
    assert event.subject
    assert re.search(r"[\u4e00-\u9fff]", event.zh)
    assert event.en.isascii()
    jsonschema_rs.Draft202012Validator(dict(event.data.schema))  # raises when it is no schema


def test_a_contract_names_what_is_missing_wrong_and_strange() -> None:
    contract = record(id=ID, at=TIME, on=maybe(DATE), area=DECIMAL, paid=BOOL, fen=FEN, rows=some(record(code=CODE), 2))
    good = {
        "id": "0195712a-5e3c-7cc1-a8a5-1d5c0c1f3b77",
        "at": "2025-03-07T01:30:00Z",
        "on": None,
        "area": "93.50",
        "paid": True,
        "fen": 12,
        "rows": [{"code": "a.b"}],
    }
    assert list(contract.faults(good, "")) == []
    bad = {**good, "fen": True, "at": "2025-03-07 01:30", "rows": [{}, {"code": 1}, {"code": "x"}], "phone": "1"}
    del bad["area"]
    faults = "\n".join(contract.faults(bad, ""))
    for part in ("area is missing", "phone is not in the contract", "fen is True", "at is", "rows has 3", "s.0.code"):
        assert part in faults
    assert list(contract.faults([], "")) == ["data is [], not an object"]
    validator = jsonschema_rs.Draft202012Validator(dict(contract.schema))
    assert validator.is_valid(good)
    assert not validator.is_valid({**good, "rows": [{}]})


@pytest.mark.parametrize("period", ["2025", "2025-H1", "2025-Q4", "2025-03"])
def test_periods_are_those_of_the_api(period: str) -> None:
    assert list(PERIOD.faults(period, "period")) == []
    assert list(PERIOD.faults(f"{period}-x", "period"))
