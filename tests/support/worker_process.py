"""A service's worker as it is in production, in a process of its own that a test may kill.

``python -m tests.support.worker_process SERVICE``; ``WORKER_SETTINGS`` holds the service's settings as JSON.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from shared.telemetry import logs
from shared.worker.runner import run_worker

if __name__ == "__main__":
    service = sys.argv[1]
    settings = import_module(f"services.{service}.settings").Settings.model_validate_json(os.environ["WORKER_SETTINGS"])
    logs.configure(service, "worker", level="WARNING")
    run_worker(import_module(f"services.{service}.worker").SERVICE, settings)
