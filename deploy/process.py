"""One process of Steward in production: `python -m deploy.process api|worker SERVICE`.

Settings come from the environment alone (`shared.settings`); a process manager starts, restarts and stops it by
SIGTERM. The local stack's supervisor does not use this: it forks.
"""

from __future__ import annotations

import sys

from deploy.local.children import run_api, run_worker
from shared.settings import SERVICES

_PORT = 8000


def main(arguments: list[str]) -> int:
    """Run one API (on all interfaces of its container, or STEWARD_LISTEN_HOST:STEWARD_LISTEN_PORT) or one
    worker."""
    import os

    if len(arguments) != 2 or arguments[0] not in ("api", "worker") or arguments[1] not in SERVICES:
        print(f"usage: python -m deploy.process api|worker {'|'.join(SERVICES)}", file=sys.stderr)
        return 2
    kind, service = arguments
    if kind == "worker":
        run_worker(service)
        return 0
    host = os.environ.get("STEWARD_LISTEN_HOST", "0.0.0.0")
    run_api(service, int(os.environ.get("STEWARD_LISTEN_PORT", _PORT)), host)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
