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


def _runs() -> list[Any]:
    found = []
    for place, example in enumerate(EXAMPLES):
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


@pytest.mark.parametrize(("door", "ask", "expected", "refused"), _runs())
async def test_a_worked_example_comes_out_to_the_hundredth(
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


def test_every_worked_example_of_the_catalogue_is_asked() -> None:
    """F-061 is an approval, not a score: it is proven where expenditures are approved."""
    with (HERE.parents[2] / "docs/coverage/catalogue/F.tsv").open(encoding="utf-8") as file:
        worked = {line["row"] for line in csv.DictReader(file, delimiter="\t") if line["section"] == "F.2"}
    assert {example["row"] for example in EXAMPLES} == worked - {"F-061"}
    for example in EXAMPLES:
        assert set(example.get("policies", POLICIES)) == set(POLICIES), example["row"]
