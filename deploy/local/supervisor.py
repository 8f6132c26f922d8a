"""One process that starts the stack, keeps all of it running and stops it cleanly.

Order of the start: Postgres and Redis; roles, schemas, migrations (while this process imports the services);
the first organisation; then eight forked children and the gateway. Whatever dies afterwards is started again:
at once the first time, then with a growing pause.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from deploy.local import children, database, ports
from deploy.local.caddy import Gateway
from deploy.local.environment import process_environment
from deploy.local.failures import NotReady, Unsuitable
from deploy.local.folder import DataFolder, unusable
from deploy.local.options import Options
from deploy.local.postgres import EmbeddedPostgres
from deploy.local.process import tail, wait_until
from deploy.local.readiness import not_ready
from deploy.local.redis import EmbeddedRedis
from deploy.local.secrets import Secrets, demand_real, load_or_generate
from deploy.local.signals import Signals
from deploy.local.watched import Watched, reap
from shared.settings import SERVICES

_READY_WITHIN = 90.0
_WORKER_NICE = 5


class Supervisor:
    """The stack of one data folder. `run()` blocks until SIGTERM or SIGINT."""

    def __init__(self, folder: DataFolder, options: Options) -> None:
        self.folder = folder
        self.options = options
        self.watched: dict[str, Watched] = {}
        self.postgres: EmbeddedPostgres | None = None
        self.redis: EmbeddedRedis | None = None
        self.gateway: Gateway | None = None
        self.ports: dict[str, int] = {}
        self.urls: dict[str, str] = {}
        self.subscriptions: dict[str, list[str]] = {}
        self.state = "starting"
        self._signals = Signals()

    # --- the whole life

    def run(self, on_ready: Callable[[str], None]) -> None:
        """Start everything, call `on_ready(gateway URL)`, watch until asked to stop, stop. Raises Failure."""
        if self.options.mode == "production":
            demand_real()
            if self.options.simulated_clock is not None:
                raise Unsuitable("生产模式没有模拟时钟。", "Production mode has no simulated clock.")
        self.folder.open(patience=2.0)
        try:
            if self.options.background:
                children.redirect(self.folder.logs / "supervisor.log")
            ports.demand(self.options.port, self.options.bind)
            self._signals.install()
            try:
                self._start()
                if not self._signals.stop:
                    self._write_state("ready")
                    on_ready(self.urls["gateway"])
                    self._watch()
            except OSError as error:
                raise unusable(self.folder.path, error) from error
        finally:
            self.stop()
            self.folder.close()

    # --- start

    def _start(self) -> None:
        self.folder.hold()
        secrets = load_or_generate(self.folder)
        self._start_stores(secrets)
        self._set_environment(secrets)
        preparation = database.Preparation(self.folder, secrets, self.urls["database"])
        self._write_state("starting")
        self.subscriptions = children.import_everything()
        preparation.wait()
        database.ensure_organisation(self.folder)
        for service in SERVICES:
            port = self.ports[service]
            self._fork(f"{service}-api", partial(children.run_api, service, port))
            self._fork(f"{service}-worker", partial(children.run_worker, service), nice=_WORKER_NICE)
        assert self.gateway is not None
        self._watch_server("caddy", self.gateway)
        self._write_state("starting")
        self._await_ready()

    def _start_stores(self, secrets: Secrets) -> None:
        self.urls["database"] = os.environ.get("STEWARD_DATABASE_URL", "")
        self.urls["redis"] = os.environ.get("STEWARD_REDIS_URL", "")
        if not self.urls["redis"]:
            self.redis = EmbeddedRedis(
                self.folder.path / "redis",
                password=secrets.redis_password,
                log=self.folder.logs / "redis.log",
            )
            self.urls["redis"] = self.redis.start()
            self._adopt("redis", self.redis)
        if not self.urls["database"]:
            self.postgres = EmbeddedPostgres(
                self.folder.path / "postgres",
                password=secrets.postgres_password,
                log=self.folder.logs / "postgres.log",
            )
            self.urls["database"] = self.postgres.start()
            self._adopt("postgres", self.postgres)
        database.demand_reachable(self.urls["database"], self.urls["redis"])

    def _set_environment(self, secrets: Secrets) -> None:
        taken = {self.options.port}
        for service in SERVICES:
            file = self.folder.state_file.parent / f"{service}.port"
            self.ports[service] = ports.kept_port(file, taken)
            taken.add(self.ports[service])
        self.gateway = Gateway(
            self.folder.path / "caddy",
            port=self.options.port,
            bind=self.options.bind,
            upstreams={service: f"127.0.0.1:{port}" for service, port in self.ports.items()},
            log=self.folder.logs / "caddy.log",
        )
        self.urls["gateway"] = self.gateway.url
        self.urls |= {service: f"http://127.0.0.1:{port}" for service, port in self.ports.items()}
        clock = None
        if self.options.simulated_clock is not None:
            from shared.clock import SimulatedClock

            # A folder that has a clock goes on where it stood: its data is of that time.
            clock = self.folder.clock
            SimulatedClock.create(clock, self.options.simulated_clock)
        os.environ |= process_environment(
            secrets=secrets,
            mode=self.options.mode,
            admin_url=self.urls["database"],
            redis_url=self.urls["redis"],
            ports=self.ports,
            gateway=self.gateway.url,
            clock=clock,
            files=self.folder.files,
        )

    def _await_ready(self) -> None:
        """Every service ready (its worker's heartbeat included) and the gateway listening, or NotReady."""
        end = time.monotonic() + _READY_WITHIN
        assert self.gateway is not None
        while not self._signals.stop:
            self._tend()
            waiting = not_ready({service: self.urls[service] for service in SERVICES})
            if not waiting and self.gateway.ready():
                return
            if time.monotonic() > end:
                name, reason = next(iter(waiting.items()), ("caddy", "not listening"))
                logs = [self.folder.logs / f"{name}{part}.log" for part in ("-api", "-worker", "")]
                log = next((log for log in logs if log.exists() and tail(log)), logs[0])
                raise NotReady(
                    f"{name} 在 {_READY_WITHIN:.0f} 秒内未就绪（{reason}），日志 {log}：\n{tail(log)}",
                    f"{name} was not ready within {_READY_WITHIN:.0f} s ({reason}); {log} ends with:\n{tail(log)}",
                )
            self._signals.sleep(0.05)

    # --- watch

    def _fork(self, name: str, job: Callable[[], None], nice: int = 0) -> None:
        launch = partial(children.fork, job, log=self.folder.logs / f"{name}.log", nice=nice)
        self.watched[name] = Watched(name, launch)
        self.watched[name].start()

    def _adopt(self, name: str, server: EmbeddedPostgres | EmbeddedRedis | Gateway) -> None:
        """Watch a server that runs already."""

        def launch() -> int:
            server.launch()
            assert server.process is not None
            return server.process.pid

        assert server.process is not None
        self.watched[name] = Watched(name, launch, pid=server.process.pid, started=time.monotonic())

    def _watch_server(self, name: str, server: Gateway) -> None:
        server.launch()
        self._adopt(name, server)

    def _watch(self) -> None:
        while not self._signals.stop:
            self._tend()
            resting = [watched for watched in self.watched.values() if not watched.held]
            rests = [watched.restart_at for watched in resting if watched.restart_at is not None]
            self._signals.sleep(min(1.0, max(0.0, min(rests) - time.monotonic())) if rests else 1.0)

    def _tend(self) -> None:
        """Reap what died, start again what has rested long enough, keep stopped what is held."""
        held = self.folder.held()
        changed = False
        for name, watched in self.watched.items():
            # Only the services' own processes: a database is not stopped by a file.
            service, _, part = name.rpartition("-")
            if part in ("api", "worker") and watched.hold(name in held or service in held):
                self._note(f"{name} is {'kept stopped' if watched.held else 'started again'}: {self.folder.hold_file}")
                changed = True
        for pid, status in reap():
            for watched in self.watched.values():
                if watched.pid == pid:
                    pause = watched.died()
                    then = "it is held" if watched.held else f"starting it again in {pause:.2f} s"
                    said = f"ended with {os.waitstatus_to_exitcode(status)}; {then}"
                    self._note(f"{watched.name} (pid {pid}) {said}")
                    changed = True
        for watched in self.watched.values():
            if watched.restart_due() and not self._signals.stop:
                try:
                    watched.start()
                except (OSError, NotReady) as error:
                    self._note(f"{watched.name} could not be started: {error}")
                    watched.died()
                else:
                    watched.restarts += 1
                    changed = True
        if changed:
            self._write_state(self.state)

    # --- stop

    def stop(self) -> None:
        """Drain the APIs, then the workers, then gateway, Redis and Postgres. Safe to call at any stage."""
        if self.state == "stopped":
            return
        self._signals.stop = True
        if self.watched:
            self._write_state("stopping")
        for part, seconds in (("-api", 8.0), ("-worker", 10.0)):
            self._end([watched for name, watched in self.watched.items() if name.endswith(part)], seconds)
        for server in (self.gateway, self.redis, self.postgres):
            if server is not None:
                server.stop()
        started = bool(self.watched)
        self.watched.clear()
        if started:
            self._write_state("stopped")
        self.state = "stopped"

    def _end(self, group: list[Watched], seconds: float) -> None:
        pids = {watched.pid for watched in group if watched.pid}
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)

        def gone() -> bool:
            pids.difference_update(pid for pid, _ in reap())
            return not pids

        if not wait_until(gone, seconds):
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            wait_until(gone, 2)

    # --- small things

    def _note(self, sentence: str) -> None:
        from shared.clock import wall

        with contextlib.suppress(OSError), (self.folder.logs / "supervisor.log").open("a") as log:
            log.write(f"{wall().isoformat(timespec='milliseconds')} {sentence}\n")

    def _write_state(self, state: str) -> None:
        self.state = state
        found: dict[str, Any] = {
            "state": state,
            "pid": os.getpid(),
            "mode": self.options.mode,
            "gateway": self.urls.get("gateway"),
            "urls": self.urls,
            "ports": {**self.ports, "gateway": self.options.port},
            "pids": {name: watched.pid for name, watched in self.watched.items()},
            "restarts": {name: watched.restarts for name, watched in self.watched.items()},
            "held": sorted(name for name, watched in self.watched.items() if watched.held),
            "subscriptions": self.subscriptions,
            "simulated_clock": str(self.folder.clock) if self.options.simulated_clock is not None else None,
            "embedded": {"postgres": self.postgres is not None, "redis": self.redis is not None},
        }
        with contextlib.suppress(OSError):
            self.folder.write_state(found)
