"""Guessing requests to one operation and judging the answers."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import requests
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.village import AWKWARD, Village

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PROBLEM = {"type", "title", "status", "detail", "code", "instance", "request_id", "errors"}
#: What may stand in an example's place of anything, mostly to be refused.
STRANGE: list[Any] = [
    *(None, "", "x", "0", "x" * 6000, -1, 0, 10**18, 10**40, 0.1, 1e308, True, [], {}, [None], {"x": None}),
    *("2025-02-30", "0001-01-01", "9999-12-31", "0000-06", "2025-Q5", "2025-00", "2025-03-07T01:30:00"),
    *("9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00", "-0.00", "1e5", "NaN", "99999999999999.99"),
    "00000000-0000-0000-0000-000000000000",
    *AWKWARD,
]

Send = Callable[[httpx.Request], httpx.Response]
Judge = Callable[[Any, st.DataObject], None]


def attempt_all(operation: Any, village: Village, send: Send, examples: int) -> None:
    """Send `examples` well-formed, as many malformed, and as many nearly right requests.

    Raises with the first answer that is wrong.
    """

    def judge(case: Any, data: st.DataObject) -> None:
        if isinstance(case.query, dict) and "wait" in case.query:
            case.query["wait"] = 0
        staff, owner, *others = village.callers
        caller = data.draw(st.sampled_from([*[staff] * 6, *[owner] * 3, *others, {}]), label="caller")
        _judge(case, send(_request(case, caller)))

    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        try:
            _attempt(operation.as_strategy(generation_mode=mode), village, judge, examples)
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE  # nothing about this operation can be malformed
    _attempt_near_examples(operation, village, judge, examples)


def _hypothesis(examples: int) -> settings:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )


def _attempt(strategy: Any, village: Village, judge: Judge, examples: int) -> None:
    @_hypothesis(examples)
    @given(case=strategy, data=st.data())
    def attempt(case: Any, data: st.DataObject) -> None:
        for values in (case.path_parameters, case.query, case.body):
            if isinstance(values, dict):
                _place_ids(values, data, village, own=values is case.body)
        judge(case, data)

    attempt()


def _attempt_near_examples(operation: Any, village: Village, judge: Judge, examples: int) -> None:
    """The body of the documentation with ids that exist, and up to three places of it changed."""
    bodies = list(_examples(operation))
    names = [parameter.name for parameter in operation.path_parameters]
    if not bodies:
        return

    @_hypothesis(examples)
    @given(data=st.data())
    def attempt(data: st.DataObject) -> None:
        body = copy.deepcopy(data.draw(st.sampled_from(bodies), label="example"))
        _place_ids({"": body}, data, village, own=False)  # a body may be a list
        for _ in range(data.draw(st.integers(0, 3), label="changes")):
            if not (places := list(_places(body))):
                break
            owner, key = data.draw(st.sampled_from(places), label="place")
            owner[key] = copy.deepcopy(data.draw(st.sampled_from(STRANGE), label="change"))
        of_path = {name: data.draw(st.sampled_from(village.of(name) or ["x"]), label=name) for name in names}
        judge(operation.Case(path_parameters=of_path, body=body, media_type="application/json"), data)

    attempt()


def _examples(operation: Any) -> Iterator[dict[str, Any]]:
    for content in operation.definition.raw.get("requestBody", {}).get("content", {}).values():
        if "example" in content:
            yield content["example"]
        schema = content.get("schema", {})
        if "$ref" in schema:
            schema = operation.schema.raw_schema["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        yield from schema.get("examples", [])


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a body that can be given another value: its owner, and the key there."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        yield value, key
        yield from _places(below)


def _request(case: Any, caller: dict[str, str]) -> httpx.Request:
    values = case.as_transport_kwargs(base_url="http://steward")
    prepared = requests.Request(**values).prepare()
    headers = {name: value for name, value in prepared.headers.items() if name.lower() != "authorization"}
    body = prepared.body.encode() if isinstance(prepared.body, str) else prepared.body
    return httpx.Request(prepared.method or "GET", prepared.url or "", headers={**headers, **caller}, content=body)


def _judge(case: Any, answer: httpx.Response) -> None:
    case.validate_response(answer, checks=CHECKS)
    if answer.status_code >= 400:
        said = answer.json()
        assert answer.headers["Content-Type"] == "application/problem+json", answer.headers
        assert said.keys() == PROBLEM, said
        assert (said["status"], bool(said["code"]), bool(said["detail"])) == (answer.status_code, True, True), said
        if answer.status_code == 422:
            assert all(error["message"] for error in said["errors"]), said


def _place_ids(values: dict[str, Any], data: st.DataObject, village: Village, own: bool) -> None:
    """Put ids that exist where ids are wanted, mostly; and, in bodies, awkward texts where texts are, now and then."""
    for name, value in list(values.items()):
        if isinstance(value, dict):
            _place_ids(value, data, village, own)
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, dict):
                    _place_ids(item, data, village, own)
        elif isinstance(value, str) and (known := village.of(name)) and data.draw(st.integers(0, 4)):
            values[name] = data.draw(st.sampled_from(known), label=name)
        elif own and isinstance(value, str) and not data.draw(st.integers(0, 9)):
            values[name] = value + data.draw(st.sampled_from(AWKWARD), label=f"awkward {name}")
