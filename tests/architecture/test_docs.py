"""The guides are true: links lead somewhere, files they name exist, samples run as the code they stand for."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SAMPLE = re.compile(r"<!-- sample: (\S+) -->\n```(?:python|yaml)\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
NAMED = re.compile(r"`((?:services|shared|deploy|tests|docs)/[\w./-]+(?:\.\w+|/))`")


def samples() -> dict[str, str]:
    """The complete samples of the how-tos: the file each would be, and its text."""
    found: dict[str, str] = {}
    for page in PAGES:
        for path, text in SAMPLE.findall(page.read_text(encoding="utf-8")):
            assert path not in found, path
            found[path] = text
    return found


@pytest.fixture
def sample() -> Iterator[Any]:
    """Makes a module of a sample, under a name of its own, as discovery would import it."""
    made: list[str] = []

    def load(path: str) -> ModuleType:
        name = "sample_" + path.removesuffix(".py").replace("/", "_")
        module = ModuleType(name)
        sys.modules[name] = module  # dataclasses look their module up
        made.append(name)
        exec(compile(samples()[path], path, "exec"), module.__dict__)
        return module

    yield load
    for name in made:
        del sys.modules[name]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere_and_named_files_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    written = set(samples())
    missing = [
        link for link, _ in LINK.findall(text) if "://" not in link and not (page.parent / link).resolve().exists()
    ]
    prose = SAMPLE.sub("", text)
    missing += [
        name for name in NAMED.findall(prose)
        if "<" not in name and name not in written and not (ROOT / name).exists() and "0002_" not in name
    ]
    assert missing == []


def test_every_decision_is_listed_once() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text(encoding="utf-8")
    pages = sorted(p.name for p in (ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [p[:4] for p in pages] == [f"{n:04d}" for n in range(1, len(pages) + 1)]
    assert re.findall(r"\((\d{4}-[\w-]+\.md)\)", index) == pages


def test_the_sample_kind_ends_as_its_examples_say(sample: Any) -> None:
    from pydantic import TypeAdapter

    from services.ticketing.domain.commands import ACTIONS
    from services.ticketing.domain.kind import kinds
    from tests.ticketing.domain.play import play

    kind = sample("services/ticketing/domain/kinds/lost_property.py").KIND
    assert set(kind.moves) <= set(ACTIONS) and kind.prefix not in {k.prefix for k in kinds().values()}
    for example in kind.examples:
        case = play(kind, example)
        assert (case.states(), case.facts.state) == (dict(example.clocks), example.state), example.name
        TypeAdapter(kind.fields).validate_python(dict(example.fields))


def test_the_sample_fee_rule_charges_its_examples(sample: Any) -> None:
    module = sample("services/billing/domain/fee_rules/flat.py")
    for example in module.EXAMPLES:
        params = module.RULE.params(**{name: Decimal(value) for name, value in example.params.items()})
        lines = module.RULE.lines(params, example.basis)
        assert tuple(line.amount_fen for line in lines) == example.amounts_fen, example.says
    with pytest.raises(ValueError, match="whole fen"):
        module.Params(Decimal("0.005"))


def test_the_sample_indicator_judges_its_examples(sample: Any) -> None:
    from services.kpi.domain.facts import Case, Judging
    from services.kpi.domain.times import SHANGHAI

    module = sample("services/kpi/domain/indicators/complaint_urgent_count.py")
    for example in module.EXAMPLES:
        facts = [
            fact
            for number, doc in enumerate(example.cases)
            for fact in module.INDICATOR.judge(Case("complaint", str(number), dict(doc), SHANGHAI), Judging({}))
        ]
        assert sum(f.numerator for f in facts if f.counted) == example.numerator, example.name
        assert [f.verdict for f in facts] == list(example.verdicts), example.name


def test_the_sample_letter_can_be_read_and_names_what_exists() -> None:
    from services.kpi.catalogue import infos
    from services.kpi.domain.catalogue import consequences, rules
    from services.kpi.domain.letter_files import letter_from

    letter = letter_from(yaml.safe_load(samples()["services/kpi/letters/T900.yaml"]))
    assert letter.template == "T900" and letter.maximum == 100
    assert {item.indicator for item in letter.items} <= set(infos())
    assert {item.rule for item in letter.items} <= set(rules())
    assert {c.rule for c in letter.consequences} <= set(consequences())


def test_the_sample_channel_judges_its_examples(sample: Any) -> None:
    module = sample("services/notify/channels/voice.py")
    assert module.CHANNEL.code == "voice" and not module.CHANNEL.enabled()
    for example in module.EXAMPLES:
        assert module.CHANNEL.classify(**example.happened).outcome is example.outcome, example.what
