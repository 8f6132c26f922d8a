"""The walls of the house, read from the source itself: what each part may import, and who may ask for the time."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = ("services", "shared", "deploy")
# The half of shared that imports only the standard library, so that a domain may use it.
PURE_SHARED = {"calendar", "calendar_days", "money", "ids", "registry", "errors", "periods", "clock", "masking"}
# What a domain may use of it: everything but the clock, for `now` is an argument.
DOMAIN_MAY = {f"shared.{name}" for name in PURE_SHARED - {"clock"}}


def sources(*folders: str) -> Iterator[Path]:
    """Every Python file below the given folders of the repository."""
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of each import; `from a.b import c` is `a.b.c`, relative ones are resolved."""
    tree = ast.parse(path.read_text())
    package = list(path.relative_to(ROOT).with_suffix("").parts[:-1])
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *(node.module.split(".") if node.module else [])])
            for name in node.names:
                yield node.lineno, f"{module}.{name.name}"


def stdlib(name: str) -> bool:
    return name.split(".")[0] in sys.stdlib_module_names or name == "__future__"


def place(path: Path, line: int, what: str) -> str:
    return f"{path.relative_to(ROOT)}:{line} {what}"


def test_a_domain_is_pure() -> None:
    """services/*/domain imports the standard library, the pure half of shared and its own package, nothing else."""
    bad = []
    for path in sources("services"):
        parts = path.relative_to(ROOT).parts
        if len(parts) < 4 or parts[2] != "domain":
            continue
        own = ".".join(parts[:3])
        for line, name in imports(path):
            allowed = (
                stdlib(name)
                or name == own
                or name.startswith(own + ".")
                or any(name == may or name.startswith(may + ".") for may in DOMAIN_MAY)
            )
            if not allowed:
                bad.append(place(path, line, name))
    assert bad == []


def test_the_pure_half_of_shared_imports_only_the_standard_library() -> None:
    bad = []
    for path in sources("shared"):
        parts = path.relative_to(ROOT / "shared").with_suffix("").parts
        if parts[0] not in PURE_SHARED:
            continue
        for line, name in imports(path):
            if not stdlib(name) and not any(name.split(".")[:2] == ["shared", pure] for pure in PURE_SHARED):
                bad.append(place(path, line, name))
    assert bad == []


CLOCK_CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
}


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    bad = []
    for path in sources(*CODE):
        if path == ROOT / "shared" / "clock.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute):
                owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
                if (owner, node.attr) in CLOCK_CALLS:
                    bad.append(place(path, node.lineno, f"{owner}.{node.attr}"))
            elif isinstance(node, ast.ImportFrom) and node.module == "time":
                bad += [place(path, node.lineno, n.name) for n in node.names if n.name in ("time", "time_ns")]
    assert bad == []


STATEMENTS = {f"sqlalchemy.{verb}" for verb in ("select", "insert", "update", "delete", "text")}
FORBIDDEN_BELOW = {"repository.py": {"router", "service"}, "service.py": {"router"}}


def test_a_router_has_no_sql_and_nothing_looks_up() -> None:
    """Inside a slice router -> service -> repository: a router makes no statement (a filter it may
    say), a repository knows neither service nor router, a service no router."""
    bad = []
    for path in sources("services"):
        for line, name in imports(path):
            if path.name == "router.py" and name in STATEMENTS:
                bad.append(place(path, line, name))
            inner = set(name.split(".")[3:])
            if name.startswith("services.") and inner & FORBIDDEN_BELOW.get(path.name, set()):
                bad.append(place(path, line, name))
    assert bad == []


def test_no_orm_relationships() -> None:
    """Composite keys share org_id, which relationships cannot say; joins are written where they are used."""
    bad = [
        place(path, line, name)
        for path in sources(*CODE)
        for line, name in imports(path)
        if name.startswith("sqlalchemy.orm")
    ]
    assert bad == []


def test_no_file_names_a_package_host_or_a_path_of_one_machine() -> None:
    # A host would stand behind a scheme or an index option; none of these files has a reason for either.
    wanted = ("://", "--index-url", "--find-links", "/simple/", "/root/", "/home/")
    bad = []
    names = ["Makefile", "pyproject.toml", "requirements.in", "requirements.lock", ".ci/run", "deploy/Dockerfile"]
    for path in [ROOT / name for name in names]:
        for number, line in enumerate(path.read_text().splitlines(), 1):
            bad += [place(path, number, word) for word in wanted if word in line]
    assert bad == []


MOST_LINES = {"tests": 500}


@pytest.mark.parametrize("folder", [*CODE, "tests"])
def test_a_file_is_one_thing(folder: str) -> None:
    """At most 300 lines (500 for a table of tests): a file that grows beyond has become two things."""
    most = MOST_LINES.get(folder, 300)
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources(folder)
        if "versions" not in path.parts and (lines := len(path.read_text().splitlines())) > most
    }
    assert long == {}
