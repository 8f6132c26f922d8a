"""A stack of its own for tests of the stack: started by the command, as a user would."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A place that any user may walk to, unlike pytest's own for root."""
    path = Path(tempfile.mkdtemp(prefix="steward-system-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def steward(*arguments: object, seconds: float = 90, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the command; its output is text, its exit code is looked at by the test."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}
    return subprocess.run(
        [sys.executable, "-m", "deploy.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**given, "LANG": "C.UTF-8", **env},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
