"""The migration lint: what may not stand in a migration, so that one schema serves one node and many.

Times, ids and numbers come from the application; keys begin with the organisation; nothing cascades; one statement at a
time. Each rule is first shown to catch a planted violation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.db.tables import GLOBAL_TABLES

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = sorted(ROOT.glob("services/*/migrations/versions/*.py"))

# Keyword arguments that would let the database make values up or change rows behind the application's back.
KEYWORDS = {"server_default", "server_onupdate", "onupdate", "ondelete"}
CALLS = {
    "Identity": "numbers come from a counter row per organisation",
    "Sequence": "numbers come from a counter row per organisation",
    "Enum": "codes are strings; adding one must not need a migration",
    "ENUM": "codes are strings; adding one must not need a migration",
}
SQL = {
    r"\bnow\s*\(|\bcurrent_(timestamp|date|time)\b|clock_timestamp\s*\(": "times come from the application",
    r"\bgen_random_uuid\s*\(|\buuid_generate|\brandom\s*\(": "ids and random values come from the application",
    r"\bCASCADE\b|\bSET\s+NULL\b": "nothing cascades",
    r"\b(big|small)?serial\b|\bAS\s+IDENTITY\b": "numbers come from a counter row per organisation",
    r"\bCREATE\s+EXTENSION\b": "the embedded database has none",
    r"\bAS\s+ENUM\b": "codes are strings",
    r"\bxmin\b|\btxid_current|\bpg_current_xact": "no order from transaction ids",
}
LISTS = {"PrimaryKeyConstraint", "UniqueConstraint", "ForeignKeyConstraint"}


def name_of(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def text(node: ast.AST) -> str | None:
    """A string constant, the parts of an f-string without what is put in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value for part in node.values if isinstance(part, ast.Constant))
    return None


def key_columns(call: ast.Call) -> list[str]:
    """The columns a constraint begins with: plain arguments, or the first list of a foreign key."""
    if call.args and isinstance(call.args[0], ast.List):
        return [value for item in call.args[0].elts if (value := text(item))]
    return [value for item in call.args if (value := text(item))]


def findings(source: str) -> Iterator[str]:
    """Every violation in a migration's source, as `line: what`."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _call(node)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and name_of(node) == "execute" and node.args:
            yield from _sql(node.lineno, text(node.args[0]) or "")


def _call(node: ast.Call) -> Iterator[str]:
    for keyword in node.keywords:
        if keyword.arg in KEYWORDS:
            yield f"{node.lineno}: {keyword.arg}"
    name = name_of(node)
    if name in CALLS:
        yield f"{node.lineno}: {name}: {CALLS[name]}"
    if name == "create_table" and text(node.args[0]) not in GLOBAL_TABLES:
        for item in node.args[1:]:
            if isinstance(item, ast.Call) and name_of(item) in LISTS:
                columns = key_columns(item)
                if columns[:1] != ["org_id"]:
                    yield f"{item.lineno}: {name_of(item)}{columns} of {text(node.args[0])} does not begin with org_id"
    if name == "create_index":
        unique = any(k.arg == "unique" and getattr(k.value, "value", False) for k in node.keywords)
        columns = [text(item) for item in getattr(node.args[2], "elts", [])] if len(node.args) > 2 else []
        if unique and columns[:1] != ["org_id"] and text(node.args[1]) not in GLOBAL_TABLES:
            yield f"{node.lineno}: unique index {columns} does not begin with org_id"


def _sql(line: int, statement: str) -> Iterator[str]:
    for pattern, why in SQL.items():
        if re.search(pattern, statement, re.IGNORECASE):
            yield f"{line}: {why}: {statement[:80]}"
    bare = re.sub(r"\$(\w*)\$.*?\$\1\$", "", statement, flags=re.DOTALL).strip().rstrip(";")
    if ";" in bare:
        yield f"{line}: one statement at a time: {statement[:80]}"


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_migration_keeps_the_rules(path: Path) -> None:
    assert list(findings(path.read_text())) == []


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: f"{path.parts[-4]}-{path.stem}")
def test_a_migration_is_named_by_its_revision_and_follows_its_neighbour(path: Path) -> None:
    module = {
        target.id: ast.literal_eval(node.value)
        for node in ast.parse(path.read_text()).body
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id in ("revision", "down_revision")
    }
    number = int(module["revision"])
    assert path.name.startswith(f"{module['revision']}_")
    assert module["down_revision"] == (None if number == 1 else f"{number - 1:04d}")


def test_there_are_migrations_to_lint() -> None:
    assert {path.parts[-4] for path in MIGRATIONS} >= {"ticketing", "billing", "notify"}


@pytest.mark.parametrize(
    ("planted", "word"),
    [
        ("op.add_column('t', sa.Column('at', sa.DateTime(), server_default=sa.func.now()))", "server_default"),
        ("op.execute('UPDATE t SET at = now()')", "times come"),
        ("op.execute('ALTER TABLE t ADD COLUMN n bigserial')", "counter row"),
        ("op.execute('DROP TABLE t CASCADE')", "cascades"),
        ("op.execute('DROP TABLE t; DROP TABLE u')", "one statement"),
        ("op.execute('CREATE EXTENSION pg_trgm')", "has none"),
        ("op.add_column('t', sa.Column('k', sa.Enum('a', 'b')))", "codes are strings"),
        ("op.create_foreign_key('f', 't', 'u', ['org_id'], ['org_id'], ondelete='CASCADE')", "ondelete"),
        ("op.create_table('t', sa.Column('id'), sa.PrimaryKeyConstraint('id', 'org_id'))", "begin with org_id"),
        ("op.create_table('t', sa.UniqueConstraint('number'))", "begin with org_id"),
        ("op.create_table('t', sa.ForeignKeyConstraint(['u_id'], ['u.id']))", "begin with org_id"),
        ("op.create_index('ix', 't', ['number'], unique=True)", "begin with org_id"),
    ],
)
def test_the_lint_catches_what_it_is_for(planted: str, word: str) -> None:
    assert any(word in finding for finding in findings(planted))


def test_a_function_body_may_hold_several_statements() -> None:
    source = "op.execute('CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN a; b; END $$')"
    assert list(findings(source)) == []


# --- the same habits in the statements of the application itself

SOURCES = [path for folder in ("services", "shared") for path in sorted((ROOT / folder).rglob("*.py"))]
STATEMENT = re.compile(r"^\s*(WITH|SELECT|INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


def statements(path: Path) -> Iterator[tuple[int, str]]:
    """String constants that read like SQL, docstrings aside."""
    for node in ast.walk(ast.parse(path.read_text())):
        found = text(node)
        if found and STATEMENT.match(found) and " " in found.strip():
            yield getattr(node, "lineno", 0), found


def test_no_statement_asks_the_database_for_the_time_or_an_id() -> None:
    asked = re.compile(r"\bnow\s*\(\s*\)|\bcurrent_timestamp\b|clock_timestamp|gen_random_uuid", re.IGNORECASE)
    bad = [
        f"{path.relative_to(ROOT)}:{line} {statement[:80]}"
        for path in SOURCES
        for line, statement in statements(path)
        if asked.search(statement)
    ]
    assert bad == []


def test_no_one_asks_sqlalchemy_for_the_databases_time() -> None:
    bad = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\bfunc\.(now|current_timestamp|clock_timestamp|gen_random_uuid)\b", line)
    ]
    assert bad == []
