"""Named points at which a test may kill this process, to prove that nothing is lost there.

``STEWARD_FAULT_DIR`` names a folder; a file ``<point>`` in it is a loaded trigger: the first process that reaches the
point removes the file and dies by SIGKILL, as a power cut would have it. Without the variable a point costs one
attribute look-up.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

POINTS = ("before_commit", "after_commit", "between_stamp_and_bell", "between_pull_and_commit")
#: Of notify alone: messages are with their provider, and nobody has written it down.
SENDING = "between_send_and_record"

_folder = os.environ.get("STEWARD_FAULT_DIR")


def point(name: str) -> None:
    """Die here if the point is armed."""
    if _folder is None:
        return
    try:
        (Path(_folder) / name).unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
