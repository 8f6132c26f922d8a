"""Writes what `docs/api/` keeps: each service's OpenAPI document and the list of events.

`python -m deploy.openapi` (`make openapi`) writes them, `--check` only says whether they are as the code has it. The
documents come from the code alone, without a database, and are the same on every machine.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI

from deploy.event_list import as_json, as_markdown
from shared.settings import SERVICES

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "api"


def application(service: str) -> FastAPI:
    """The app of one service, to be read and never started: it knows no database."""
    main = import_module(f"services.{service}.main")
    settings = import_module(f"services.{service}.settings").Settings(
        service=service, database_url="postgresql://nowhere/none", redis_url="redis://nowhere"
    )
    app: FastAPI = main.create_app(settings)
    return app


def document(service: str) -> dict[str, Any]:
    """The OpenAPI document of one service."""
    return application(service).openapi()


def files() -> Mapping[str, str]:
    """File name below `docs/api/` -> its text."""
    texts = {f"{service}.json": dumps(document(service)) for service in SERVICES}
    return {**texts, "events.json": dumps(as_json()), "events.md": as_markdown()}


def dumps(value: Any) -> str:
    """JSON as it is kept: readable in a diff."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def stale(folder: Path = FOLDER) -> list[str]:
    """Names of the files that are not as the code has them."""
    return [
        name
        for name, text in files().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` exit with 1 when one is stale."""
    parser = argparse.ArgumentParser(prog="python -m deploy.openapi", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, say what is stale")
    options = parser.parse_args(arguments)
    if options.check:
        found = stale()
        for name in found:
            print(f"docs/api/{name} is not as the code has it; refresh it with: make openapi", file=sys.stderr)
        return 1 if found else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in files().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        print(f"docs/api/{name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
