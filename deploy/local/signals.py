"""Signals of the supervisor: wishes to stop, and deaths of children, as something one can wait for."""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
from types import FrameType

_PR_SET_CHILD_SUBREAPER = 36


class Signals:
    """`stop` is set by SIGTERM, SIGINT and SIGHUP; `sleep` ends early when any signal comes."""

    def __init__(self) -> None:
        self.stop = False
        self._reader = -1

    def install(self) -> None:
        """Take over the signals of this process, and the orphans of its children."""

        def asked(_number: int, _frame: FrameType | None) -> None:
            self.stop = True

        # Backends of a killed Postgres are handed to us, not to a pid 1 that may not reap them.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._reader, writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, asked)

    def sleep(self, seconds: float) -> None:
        """Rest until a signal comes (a child died, somebody wants us to stop) or the time is over."""
        if select.select([self._reader], [], [], seconds)[0]:
            with contextlib.suppress(BlockingIOError):
                os.read(self._reader, 4096)
