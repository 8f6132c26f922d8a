"""The data folder: whose it is, what lies where, and that only one stack uses it at a time."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import time
from pathlib import Path
from typing import IO, Any

from deploy.local.failures import AlreadyRunning, FolderNotOurs, FolderUnusable, NotRunning

DEFAULT = Path(".steward")
LAYOUT = 1
# What a first start needs on disk: a cluster, its write-ahead log, and room to work.
_ROOM = 300 << 20
# What a later start needs: the database writes before it can be asked anything.
_LATER_ROOM = 24 << 20
# Folders of other commands that may lie in the default folder before its first start.
_NEIGHBOURS = {"demo", "bench", "test"}


class DataFolder:
    """One stack's folder. Read-only use needs no lock; `open()` takes it, refuses what is not ours, and marks
    it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or DEFAULT).absolute()
        self._lock: IO[str] | None = None

    # --- places

    @property
    def marker(self) -> Path:
        """The file that says the folder is Steward's."""
        return self.path / "steward.json"

    @property
    def secrets(self) -> Path:
        """Passwords and keys of this folder, readable by its owner alone."""
        return self.path / "secrets.json"

    @property
    def files(self) -> Path:
        """What people uploaded, under ids."""
        return self.path / "files"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.path / "logs"

    @property
    def state_file(self) -> Path:
        """What runs, where: ports, pids, URLs."""
        return self.path / "run" / "stack.json"

    @property
    def hold_file(self) -> Path:
        """Names of processes to keep stopped, by line or space: `billing-worker`, or `billing` for both of them."""
        return self.path / "run" / "hold"

    @property
    def clock(self) -> Path:
        """The file the processes of a simulated stack read the instant from."""
        return self.path / "run" / "clock"

    # --- life

    def open(self, *, patience: float = 0.0) -> None:
        """Take the folder for a running stack, making it if need be; `patience` seconds for another to let
        go.

        Raises FolderNotOurs, FolderUnusable, AlreadyRunning.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            known = self.marker.exists()
            if not known:
                self._demand_empty()
            self._take_lock(patience)
            self._demand_room(_LATER_ROOM if known else _ROOM)
            # The database's user passes through on its way to its own folder; nothing here can be listed by
            # others.
            self.path.chmod(0o711)
            for folder in (self.logs, self.state_file.parent):
                folder.mkdir(exist_ok=True)
                folder.chmod(0o700)
            if not known:
                write_private(self.marker, json.dumps({"steward": LAYOUT}) + "\n")
        except OSError as error:
            self.close()
            raise unusable(self.path, error) from error
        except FolderUnusable:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the folder."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def in_use(self) -> bool:
        """Whether some process holds the folder now."""
        try:
            with (self.path / "lock").open() as probe:
                fcntl.flock(probe, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def demand_fresh(self) -> None:
        """Refuse (FolderNotOurs) a folder that holds anything at all."""
        if self.path.exists() and any(self.path.iterdir()):
            raise FolderNotOurs(
                f"{self.path} 已有内容；演示需要一个新目录，请另选 --data 或删除它。",
                f"{self.path} is in use; the demonstration wants a new folder: choose another --data or remove it.",
            )

    # --- state

    def held(self) -> frozenset[str]:
        """The names in the hold file; none without one."""
        try:
            return frozenset(self.hold_file.read_text().split())
        except OSError:
            return frozenset()

    def hold(self, *names: str) -> None:
        """Have the supervisor keep these processes stopped (`kpi-api`, or `kpi` for API and worker), within a second
        or two; without names, have all run again. A new start of the stack forgets it."""
        if names:
            write_private(self.hold_file, "\n".join(names) + "\n")
        else:
            self.hold_file.unlink(missing_ok=True)

    def state(self) -> dict[str, Any]:
        """The last state written; empty when there never was one."""
        try:
            found = json.loads(self.state_file.read_text())
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state in one step, so that readers see the old or the new."""
        write_private(self.state_file, json.dumps(state, indent=1, default=str) + "\n")

    def running(self) -> dict[str, Any]:
        """The state of the stack that runs here and is ready. Raises NotRunning."""
        state = self.state()
        if not self.in_use() or state.get("state") != "ready":
            raise NotRunning(
                f"{self.path} 上没有运行中的 Steward；请先运行 steward up。",
                f"No Steward runs on {self.path}; start one with `steward up`.",
            )
        return state

    # --- inside

    def _take_lock(self, patience: float) -> None:
        self._lock = (self.path / "lock").open("a+")
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError as error:
                if time.monotonic() < end:
                    time.sleep(0.05)
                    continue
                state = self.state()
                self.close()
                where = state.get("gateway") or f"pid {state.get('pid', '?')}"
                raise AlreadyRunning(
                    f"Steward 已在 {self.path} 上运行（{where}）；用 steward down 停止。",
                    f"A Steward runs on {self.path} already ({where}); stop it with `steward down`.",
                ) from error

    def _demand_empty(self) -> None:
        strangers = sorted(entry.name for entry in self.path.iterdir() if entry.name not in _NEIGHBOURS | {"lock"})
        if strangers and not all(name.startswith(".steward-new-") for name in strangers):
            raise FolderNotOurs(
                f"{self.path} 不是 Steward 的数据目录（含 {strangers[0]} 等）；未作改动，请用 --data 另选。",
                f"{self.path} is not a Steward data folder (it holds {strangers[0]}, …); it was left as it "
                f"is. "
                "Choose another with --data.",
            )

    def _demand_room(self, needed: int) -> None:
        free, room = shutil.disk_usage(self.path).free >> 20, needed >> 20
        if free < room:
            raise FolderUnusable(
                f"磁盘已满：{self.path} 只剩 {free} MB，启动需要 {room} MB。请腾出空间后重试。",
                f"The disk is full: {free} MB are left for {self.path}, {room} MB are needed to start. "
                "Make room and try again.",
            )


def write_private(file: Path, text: str) -> None:
    """Write a file only its owner may read, in one step: to a new name, to disk, then renamed."""
    new = file.with_name(f".steward-new-{file.name}")
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    new.replace(file)


def unusable(path: Path, error: OSError) -> FolderUnusable:
    """The sentence for a folder that could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FolderUnusable(
            f"磁盘已满，无法写入 {path}；请腾出空间后重试。",
            f"The disk is full: {path} cannot be written. Make room and try again.",
        )
    return FolderUnusable(
        f"数据目录 {path} 无法写入：{error.strerror}。",
        f"The data folder {path} cannot be written: {error.strerror}.",
    )
