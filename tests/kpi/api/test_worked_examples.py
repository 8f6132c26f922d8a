"""Every worked example of the catalogue through the doors a manager would use, to the hundredth (F-048 to F-093)."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
import yaml

from tests.kpi.api.test_what_if import post
from tests.support.world import World

HERE = Path(__file__).parent
EXAMPLES: list[dict[str, Any]] = yaml.safe_load((HERE / "worked_examples.yaml").read_text(encoding="utf-8"))
POLICIES = ("linear", "floor", "ceil")
ASKED: set[str] = set()
Ask = dict[str, Any]
Client = httpx.AsyncClient
GIVEN = ("door", "ask", "expected", "refused")


def _runs(*rows: str) -> list[Any]:
    found = []
    for place, example in enumerate(EXAMPLES):
        if example["row"] not in rows:
            continue
        ASKED.add(example["row"])
        for policy, expected in example.get("policies", {None: example.get("expect")}).items():
            ask = {**example["ask"], **({"partial_policy": policy} if policy else {})}
            name = f"{example['row']}-{place}-{policy or 'any'}"
            found.append(pytest.param(example.get("door", "scoring"), ask, expected, example.get("refused"), id=name))
    return found


def _at(answer: dict[str, Any], path: str) -> Any:
    head, _, rest = path.partition(".")
    if head == "sections":
        return next(section["points"] for section in answer["sections"] if section["section"] == rest)
    if head == "items":
        indicator, _, field = rest.rpartition(".")
        return next(item[field] for item in answer["items"] if item["indicator"] == indicator)
    if head == "consequences":
        return [consequence["kind"] for consequence in answer["consequences"]]
    return answer[path]


async def _comes_out(
    api: httpx.AsyncClient,
    world: World,
    org: UUID,
    door: str,
    ask: dict[str, Any],
    expected: dict[str, Any] | None,
    refused: str | None,
) -> None:
    answer = await post(api, world, org, ask, "/deadlines" if door == "deadlines" else "")
    if refused is not None:
        assert (answer.status_code, answer.json()["code"]) == (422, refused)
        return
    assert answer.status_code == 200, answer.text
    assert expected
    assert {path: _at(answer.json(), path) for path in expected} == expected


@pytest.mark.parametrize(GIVEN, _runs("F-048", "F-049", "F-050", "F-051", "F-052", "F-053", "F-055"))
async def test_the_supervisors_quarter(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-056"))
async def test_the_mean_of_eight_dimensions(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-058", "F-059", "F-060"))
async def test_the_general_managers_year(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-062", "F-064", "F-065", "F-068", "F-069"))
async def test_the_gas_companys_sheet(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-070", "F-071", "F-072"))
async def test_the_safety_letters_reward_and_grade(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-074", "F-076"))
async def test_the_supervisors_sheet_and_its_columns(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-077", "F-078"))
async def test_the_department_managers_letter(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-079", "F-082", "F-088", "F-093"))
async def test_a_target_is_compared_exactly(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-081", "F-083", "F-084", "F-086", "F-087"))
async def test_a_promise_runs_to_its_last_second(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


@pytest.mark.parametrize(GIVEN, _runs("F-090"))
async def test_only_valid_complaints_count(
    api: Client, world: World, org: UUID, door: str, ask: Ask, expected: Ask | None, refused: str | None
) -> None:
    await _comes_out(api, world, org, door, ask, expected, refused)


def test_every_worked_example_of_the_catalogue_is_asked() -> None:
    """F-061 is an approval, not a score: it is proven where expenditures are approved."""
    with (HERE.parents[2] / "docs/coverage/catalogue/F.tsv").open(encoding="utf-8") as file:
        worked = {line["row"] for line in csv.DictReader(file, delimiter="\t") if line["section"] == "F.2"}
    assert {example["row"] for example in EXAMPLES} == ASKED == worked - {"F-061"}
    for example in EXAMPLES:
        assert set(example.get("policies", POLICIES)) == set(POLICIES), example["row"]
