"""Starting child processes that never outlive us, and Postgres under a user that is not root.

Postgres refuses to run as root, for good reasons. When the stack is started by root, the database's files
belong to a user id of their own and its processes run under it. That user must be able to walk down to the
data and to the binaries; below a private home directory it could not, so there it is given the one capability
to walk through folders (and no more).
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import struct
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from deploy.local.failures import FolderUnusable

_PR_SET_PDEATHSIG = 1
_PR_SET_SECUREBITS = 28
_NO_SETUID_FIXUP = 1 << 2
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_OVERRIDE = 1
_CAP_DAC_READ_SEARCH = 2
_LINUX_CAPABILITY_VERSION_3 = 0x20080522

# Loaded before any fork: the child between fork and exec should do as little as possible.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(sig: int = signal.SIGKILL) -> None:
    """Ask the kernel to send `sig` to this process when its parent dies; call in the child, after any change
    of user."""
    _libc.prctl(_PR_SET_PDEATHSIG, sig, 0, 0, 0)


def unprivileged_uid(folder: Path) -> int | None:
    """The user id Postgres runs under: None (ourselves) for an ordinary user, else one that may own files in
    `folder`."""
    if os.geteuid() != 0:
        return None
    owner = folder.stat().st_uid
    if owner:  # set on an earlier start; keep it, whatever we would choose today
        return owner
    # initdb wants a user the system knows by name; `nobody` is the one every system has.
    try:
        uid = pwd.getpwnam("nobody").pw_uid
        os.chown(folder, uid, uid)
    except (KeyError, OSError) as error:
        raise FolderUnusable(
            f"无法把 {folder} 交给非特权用户 nobody；请用普通用户运行。",
            f"{folder} cannot be given to the unprivileged user nobody (Postgres refuses to run as root); "
            "run Steward as an ordinary user.",
        ) from error
    return uid


def _become(uid: int, capability: int | None) -> None:
    """In the child: drop to `uid`, keeping at most the capability to walk through folders."""
    if capability is not None:
        # Without the fix-up, access(2) would forget the capability (initdb asks it for its neighbours).
        if _libc.prctl(_PR_SET_SECUREBITS, _NO_SETUID_FIXUP, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "secure bits")
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)
    if capability is not None:
        header = struct.pack("Ii", _LINUX_CAPABILITY_VERSION_3, 0)
        bit = 1 << capability
        data = struct.pack("IIIIII", bit, bit, bit, 0, 0, 0)
        if _libc.capset(header, data) != 0:
            raise OSError(ctypes.get_errno(), "capset")
        if _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "ambient capability")


def _can_walk(uid: int, capability: int | None, paths: Sequence[Path]) -> bool:
    """Whether `uid` (with that capability) reaches every path; tried in a child, so that only the truth
    counts."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            _become(uid, capability)
            for path in paths:
                os.stat(path / "." if path.is_dir() else path)
            code = 0 if all(os.access(path, os.R_OK | os.X_OK) for path in paths) else 1
        except OSError:
            code = 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


class User:
    """Who a child runs as. `User.owning(folder, needs)` finds an id (and, if needed, a capability) that
    works."""

    def __init__(self, uid: int | None, capability: int | None = None) -> None:
        self.uid = uid
        self.capability = capability

    @classmethod
    def owning(cls, folder: Path, needs: Sequence[Path]) -> User:
        """The user who owns `folder` and reaches `needs`; FolderUnusable with a sentence where none can."""
        uid = unprivileged_uid(folder)
        if uid is None:
            return cls(None)
        for capability in (None, _CAP_DAC_READ_SEARCH, _CAP_DAC_OVERRIDE):
            if _can_walk(uid, capability, [folder, *needs]):
                return cls(uid, capability)
        raise FolderUnusable(
            f"以 root 运行时数据库使用用户号 {uid}，但它无法进入 {folder} 或 {needs[0]} 的上级目录；"
            "请把项目放到可进入的目录，或用普通用户运行。",
            f"Started by root, the database runs under user id {uid}, which may not enter a parent folder "
            f"of {folder} or "
            f"of {needs[0]}. Put the project and its data where others may enter (chmod o+x), or run as an "
            f"ordinary user.",
        )

    def enter(self) -> None:
        """Become that user; in a child only."""
        if self.uid is not None:
            _become(self.uid, self.capability)


def spawn(
    argv: Sequence[str | Path],
    *,
    log: Path | None = None,
    user: User | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    death_signal: int = signal.SIGTERM,
    nice: int = 0,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that gets `death_signal` when we die; output is appended to
    `log`."""

    def prepare() -> None:
        if user is not None:
            user.enter()
        if nice:
            os.nice(nice)
        # After the change of user, which clears it.
        die_with_parent(death_signal)

    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640) if log else None
    try:
        return subprocess.Popen(
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=out if out is not None else subprocess.DEVNULL,
            stderr=subprocess.STDOUT if out is not None else subprocess.DEVNULL,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=prepare,
        )
    finally:
        if out is not None:
            os.close(out)


def wait_until(check: Callable[[], bool], seconds: float, pause: float = 0.02) -> bool:
    """Poll `check` until it is true or `seconds` have passed."""
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() >= end:
            return False
        time.sleep(pause)
    return True


def tail(log: Path, lines: int = 5) -> str:
    """The last lines of a log, for a sentence about what went wrong."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
