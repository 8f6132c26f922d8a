"""The pages of docs/coverage are true, and the tool that writes them sees and switches off what it should."""

from __future__ import annotations

import ast
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

from tests.support.coverage import catalogue, disable, extract, messages, pages
from tests.support.coverage.declarations import Misplaced, in_python, in_yaml
from tests.support.coverage.pages import Coverage, faults
from tests.support.coverage.proofs import in_module, in_name


def test_the_pages_are_as_the_code_is() -> None:
    stale = [
        str(path)
        for path, text in pages.pages(pages.gather()).items()
        if not (catalogue.ROOT / path).exists() or (catalogue.ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make coverage`"


def test_every_declared_row_exists_and_has_a_test_and_no_excuse_is_idle() -> None:
    assert faults(pages.gather()) == []


def test_the_catalogue_is_whole_and_says_something_of_every_row() -> None:
    rows = catalogue.load()
    families = {row.rsplit("-", 1)[0] for row in rows}
    assert families == {"A", "B", "C", "D", "E", "F", "G", "AMB"} and len(rows) == 1144
    assert [row for row in rows.values() if len(row.says) < 8 or len(row.says) > 160] == []
    assert {row.section for row in rows.values()} == set(catalogue.sections())


def declared(source: str) -> list[tuple[tuple[str, ...], str]]:
    text = dedent(source)
    return [(f.declaration.rows, f.declaration.symbol) for f in in_python("x.py", text, ast.parse(text))]


def disabled(source: str, number: int = 0) -> list[str]:
    """The first way of switching one declaration off, as lines."""
    text = dedent(source)
    tree = ast.parse(text)
    found = in_python("x.py", text, tree)[number]
    assert found.place is not None
    disable.ways(tree, found.place, found.declaration.sort)[0]()
    return ast.unparse(ast.fix_missing_locations(tree)).splitlines()


@pytest.mark.parametrize(
    ("source", "without"),
    [
        ("if x:  # row: C-001 a\n    raise E()\n", ["pass"]),
        ("if x:  # row: C-001 a\n    f()\nelse:\n    g()\n", ["g()"]),
        ("def f():\n    # row: C-001 a\n    tx.audit(1)\n    return 2\n", ["def f():", "    pass", "    return 2"]),
        ("A = (\n    # row: C-001 a\n    1,\n    2,\n)\n", ["A = (2,)"]),
        ("A = {\n    'x': 1,\n    'y': 2,  # row: C-001 a\n}\n", ["A = {'x': 1}"]),
        ("f(\n    a=1,  # row: C-001 a\n    b=2,\n)\n", ["f(b=2)"]),
        ("ok = (\n    x\n    and z\n    # row: C-001 a\n    and y\n)\n", ["ok = x and z"]),
        ("ok = (\n    x\n    or y  # row: C-001 a\n)\n", ["ok = x or False"]),
        ("LIMIT = timedelta(hours=1)  # row: C-001 a\n", ["LIMIT = None"]),
        ("S = frozenset({'a'})  # row: C-001 a\n", ["S = frozenset()"]),
        ("class K:\n    x: int = 1  # row: C-001 a\n    y = 2\n", ["class K:", "    pass", "    y = 2"]),
        ("# row: C-001 a\n@d\ndef f() -> bool:\n    '''S.'''\n    return True\n",
         ["@d", "def f() -> bool:", '    """S."""', "    return False"]),
        ("# row: C-001 a\nasync def f() -> tuple[X | None, list[Y]]:\n    return g()\n",
         ["async def f() -> tuple[X | None, list[Y]]:", "    return (None, [])"]),
        ("X = Spec('a', 'C-001', due=lambda f: f.x, met=g)\n", ["X = Spec('a', 'C-001', due=lambda _: None, met=g)"]),
        ("X = K(gates=(Gate('a', 'C-001', met=g),))\n", ["X = K(gates=())"]),
        ("def j() -> Sequence[int]:\n    return [1]\nX = Ind(row='C-001', judge=j)\n",
         ["def j() -> Sequence[int]:", "    return [1]", "X = Ind(row='C-001', judge=lambda *_, **__: ())"]),
    ],
)  # fmt: skip
def test_what_a_declaration_stands_on_is_switched_off(source: str, without: list[str]) -> None:
    assert disabled(source) == without
    assert [rows for rows, _ in declared(source)] == [("C-001",)]


def test_a_declaration_knows_its_rows_and_whose_it_is() -> None:
    source = """
        class Desk:
            def close(self):
                # row: C-026, D-085 only with the signature of C-999
                self.check()
        RULES = [
            one,  # row: C-001 a
        ]
    """
    assert declared(source) == [(("C-026", "D-085"), "Desk.close"), (("C-001",), "RULES")]
    data = "- {indicator: a.b, row: A-219}\n- {row: x}\n"
    assert [f.declaration.rows for f in in_yaml("x.yaml", data)] == [("A-219",)]


DATA = """
# row: C-001 the whole of it
top:
  a: {x: 1}  # row: C-002, C-003 of these
  b:
    - {indicator: c.d, row: A-219}  # row: C-004 one of a list
    - indicator: e
      # row: C-005 above, a blank line between

      with: "# row: C-006 is text"
"""


def test_data_declares_by_comments_as_well() -> None:
    found = {f.declaration.rows: (f.declaration.symbol, f.way) for f in in_yaml("x.yaml", DATA)}
    assert found == {
        ("A-219",): ("c.d", ("top", "b", 0)),
        ("C-001",): ("top", ("top",)),
        ("C-002", "C-003"): ("top.a", ("top", "a")),
        ("C-004",): ("b.c.d", ("top", "b", 0)),
        ("C-005",): ("e.with", ("top", "b", 1, "with")),
    }
    for text in ("a: 1\n# row: C-001 nothing under it\n", "a: 1  # row: none\n"):
        with pytest.raises(Misplaced):
            in_yaml("x.yaml", text)


def test_an_entry_of_data_is_taken_out(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(DATA, encoding="utf-8")
    out = {
        f.declaration.rows[0]: next(disable.without(tmp_path, f.declaration)) for f in in_yaml("x.yaml", DATA)
    }
    assert yaml.safe_load(out["C-002"])["top"].keys() == {"b"}
    assert yaml.safe_load(out["C-005"])["top"]["b"][1] == {"indicator": "e"}
    assert yaml.safe_load(out["C-004"]) == yaml.safe_load(out["A-219"])


@pytest.mark.parametrize(
    "source",
    [
        "x = 1  # row: the rule\n",
        "# row: C-001 at the end\n",
        "# row: C-001 a\nclass K:\n    pass\n",
        "import a  # row: C-001\n",
    ],
)
def test_a_declaration_that_says_nothing_is_refused(source: str) -> None:
    with pytest.raises(Misplaced):
        declared(source)


def test_tests_name_rows_inside_themselves_only() -> None:
    source = dedent('''
        CASES = [1]  # C-005
        # C-001 above it
        @pytest.mark.parametrize("x", CASES)
        def test_b007_to_b009_and_amb106_are_kept(x):
            """C-002"""
            assert x  # C-003
        @pytest.mark.full
        def test_slow():  # C-004
            ...
        def helper():  # C-006
            ...
    ''')
    found = {proof.name: (sorted(proof.rows), proof.slow) for proof in in_module("tests/test_x.py", source)}
    kept = ["AMB-106", "B-007", "B-008", "B-009", "C-002", "C-003", "C-005"]
    assert found == {"test_b007_to_b009_and_amb106_are_kept": (kept, False), "test_slow": (["C-004"], True)}
    assert in_name("test_a_sub001x_and_f083") == {"F-083"}


def test_excuses_are_counted_and_must_be_needed() -> None:
    rows = {f"C-0{n}": catalogue.Row(f"C-0{n}", "C.5", "billing", "x") for n in range(55, 63)}
    kept = in_python("x.py", "f()  # row: C-055 a\n", ast.parse("f()\n"))[0].declaration
    excused = {"billing": dict.fromkeys(rows, "nobody can do this, ever")}
    said = faults(Coverage(rows, {"C-055": [kept]}, {}, excused))
    assert any("no test" in s for s in said) and any("although it is declared" in s for s in said)
    assert any("at most 5" in s for s in said)
    assert any("no row of it" in s for s in faults(Coverage(rows, {}, {}, {"kpi": {"C-055": "nobody can, ever, x"}})))


def test_a_row_that_asks_for_a_message_has_one_or_says_what_keeps_it() -> None:
    rows = dict.fromkeys(("C-001", "C-002", "C-003", "C-004", "C-005"))
    kept = {"C-001": True, "C-002": True, "C-004": False}
    told = messages.Messages(
        ("C-001", "C-002", "C-003", "C-004", "C-005", "C-099"),
        {"C-002": "told by hand", "C-004": "told by hand", "C-005": "told by hand", "C-006": "told by hand"},
        {"C-001": ["clock.warned"], "C-004": ["no.such"]},
    )
    said = messages.faults(told, kept, rows)
    assert [fault.split()[0] for fault in said] == ["C-002", "C-003", "C-005", "C-099", "C-006", "C-004"]


def test_the_catalogue_is_taken_from_its_pages(tmp_path: Path) -> None:
    (tmp_path / "w.md").write_text(
        "# C. Workflows\n\n## C.5 Dunning (催缴)\n\n| # | Step / state | Actor | Rule | Seed |\n|---|---|---|---|---|\n"
        "| C-056 | SMS at month start (短信) | clerk | every debtor | 003.72「月初」 |\n",
        encoding="utf-8",
    )
    assert extract.take(tmp_path) == (
        [catalogue.Row("C-056", "C.5", "billing", "SMS at month start: every debtor")],
        {"C.5": "Dunning"},
    )
