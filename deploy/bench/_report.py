"""How a benchmark reports: one JSON object of fixed fields, or a line for people."""

from __future__ import annotations

import json
from typing import Any


def say(name: str, *, as_json: bool, **values: Any) -> None:
    """Print ``{"name", "ratio", "floor", "measured", "p50_ms", "p99_ms", "peak_mb", …}``; absent ones are null."""
    report = {"name": name, "ratio": None, "floor": None, "measured": None, "p50_ms": None, "p99_ms": None}
    report |= {"peak_mb": None, **values}
    if as_json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print("  ".join(f"{key}={value}" for key, value in report.items() if value is not None))


def pss_mb(pids: list[int]) -> float:
    """Proportional set size of these processes together, in MB: shared pages count once."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as handle:
                total += next(int(line.split()[1]) for line in handle if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return round(total / 1024, 1)
