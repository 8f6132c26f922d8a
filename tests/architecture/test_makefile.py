"""The fixed names of the set-up: make targets, and what guards the main branch."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_fixed_targets_exist_and_explain_themselves() -> None:
    text = (ROOT / "Makefile").read_text()
    described = set(re.findall(r"^([a-z-]+):.*## ", text, re.MULTILINE))
    assert {"install", "check", "test", "test-full", "demo", "bench", "lock"} <= described


def test_ci_calls_check_test_test_full_and_the_demo() -> None:
    text = (ROOT / ".ci" / "run").read_text()
    for call in ("make check", "make test\n", "make test-full", "make demo", "--once"):
        assert call in text
    assert subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=False).returncode == 0


def test_every_pinned_package_has_a_hash() -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    pinned = [block for block in blocks if re.match(r"[A-Za-z0-9._-]+==", block)]
    assert len(pinned) > 50
    assert [block.splitlines()[0] for block in pinned if "--hash=sha256:" not in block] == []
