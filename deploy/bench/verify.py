"""``steward bench verify``: the demonstration's scorecard (40 complaints, 6,000 bills, 1,248 answers) verified twice.

By its id, from the facts it pinned; and from an exported bundle alone, folding the events of the change feeds anew.
Then one fact of the bundle is forged, which must be found. There is no floor: what is asked is a limit in seconds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from deploy.bench._place import fresh_folder
from deploy.bench._report import say
from deploy.commands import verify
from deploy.local import background
from deploy.local.failures import NotReady
from deploy.local.options import Options
from deploy.local.ports import free_port

LIMIT_S = 20.0


def run(arguments: Sequence[str]) -> int:
    """See the module. Exit code 1 when a digit differs, the forgery is not found, or it took too long."""
    parser = argparse.ArgumentParser(prog="steward bench verify")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(list(arguments))
    with fresh_folder() as folder:
        card = _play(folder)
        background.start(folder, Options(port=free_port()))
        try:
            return _measure(folder, card, options)
        finally:
            background.stop(folder)


def _measure(folder: Path, card: UUID, options: argparse.Namespace) -> int:
    began = time.monotonic()
    same, _ = verify.verify(folder, card, None)
    by_id = time.monotonic() - began
    file = folder.with_name("card.zip")
    began = time.monotonic()
    file.write_bytes(verify.bundle(folder, card, None))
    exported = time.monotonic() - began
    began = time.monotonic()
    proven, lines = verify.prove(file)
    by_bundle = time.monotonic() - began
    named = _forged(file)
    say(
        "verify",
        as_json=options.json,
        measured=round(by_bundle, 2),
        by_id_s=round(by_id, 2),
        export_s=round(exported, 2),
        same=same,
        proven=proven,
        forgery_named=named,
        bundle_mb=round(file.stat().st_size / 1e6, 2),
        said=lines[0],
        limit_s=LIMIT_S,
    )
    return 0 if same and proven and named and max(by_id, by_bundle) <= LIMIT_S else 1


def _forged(file: Path) -> bool:
    """Whether one changed fact is found and its indicator named."""
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    lines = parts["facts.ndjson"].splitlines()
    row = json.loads(lines[0])
    row["numerator"] = "7"
    parts["facts.ndjson"] = b"\n".join([json.dumps(row).encode(), *lines[1:]]) + b"\n"
    forged = file.with_name("forged.zip")
    with zipfile.ZipFile(forged, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    same, said = verify.prove(forged)
    return not same and any(row["item"] in line for line in said)


def _play(folder: Path) -> UUID:
    """Play the demonstration on this folder; the id of its scorecard."""
    report = folder.with_name("report.json")
    command = [
        *(sys.executable, "-m", "deploy.cli", "demo", "--once"),
        *("--data", str(folder), "--port", str(free_port()), "--report", str(report)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr)[-2000:]
        raise NotReady(f"演示失败：\n{said}", f"The demonstration failed:\n{said}")
    told = json.loads(report.read_text(encoding="utf-8"))["scorecards"][0]
    return UUID(told["evidence_url"].split("/")[-2])
