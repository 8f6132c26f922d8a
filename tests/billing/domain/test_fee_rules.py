"""Every fee rule proves its own examples; bills are sums of lines rounded once."""

from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from services.billing.domain.charging import Basis, Example, FeeRule, rules, total_fen
from services.billing.domain.fee_rules import area


def _cases() -> list[Any]:
    found = []
    for code in rules():
        module = import_module(f"services.billing.domain.fee_rules.{code}")
        found += [pytest.param(module.RULE, example, id=f"{code}: {example.says}") for example in module.EXAMPLES]
    return found


@pytest.mark.parametrize(("rule", "example"), _cases())
def test_a_rule_proves_its_own_examples(rule: FeeRule, example: Example) -> None:
    # rows of: services/billing/domain/fee_rules
    params = TypeAdapter(rule.params).validate_python(dict(example.params))
    lines = rule.lines(params, example.basis)
    assert tuple(line.amount_fen for line in lines) == example.amounts_fen
    assert total_fen(lines) == sum(example.amounts_fen)


@pytest.mark.parametrize("rule", rules().values(), ids=lambda rule: rule.code)
def test_a_rule_speaks_chinese_and_english(rule: FeeRule) -> None:
    assert rule.title["zh"] and rule.title["en"] and rule.version >= 1


@pytest.mark.parametrize("rate", ["0", "-1", "NaN", "Infinity", "0.00001"])
def test_a_rate_no_contract_could_name_is_refused(rate: str) -> None:
    with pytest.raises(ValueError, match="rate"):
        area.Params(rate=Decimal(rate))


areas = st.decimals(min_value="0.01", max_value="9999", places=2)
rates = st.decimals(min_value="0.0001", max_value="99", places=4)


@given(area_m2=areas, rate=rates, share=st.fractions(min_value=0, max_value=1, max_denominator=31))
def test_a_line_is_off_by_at_most_half_a_fen(area_m2: Decimal, rate: Decimal, share: Fraction) -> None:
    (line,) = area.lines(area.Params(rate), Basis(area_m2, "dwelling", share=share))
    exact = Fraction(area_m2) * Fraction(rate) * share * 100
    assert Fraction(-1, 2) < line.amount_fen - exact <= Fraction(1, 2)


@given(area_m2=areas, rate=rates, share=st.fractions(min_value=0, max_value=1, max_denominator=31))
def test_a_line_holds_all_that_recomputes_it(area_m2: Decimal, rate: Decimal, share: Fraction) -> None:
    (line,) = area.lines(area.Params(rate), Basis(area_m2, "dwelling", share=share))
    (again,) = area.lines(area.Params(line.rate), Basis(line.quantity, "dwelling", line.months, line.share))
    assert again == line
