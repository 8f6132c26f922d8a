"""The whole stack as a user starts it: ready in time, kept running, stopped without a trace."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from deploy.local.folder import DataFolder
from deploy.local.ports import free_port
from deploy.local.process import wait_until
from deploy.local.readiness import fetch, not_ready
from shared.settings import SERVICES
from tests.system.conftest import steward

pytestmark = pytest.mark.full

MOST_BYTES = 1_200_000_000


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """A data folder that was initialised and stopped once."""
    path = Path(tempfile.mkdtemp(prefix="steward-stack-"))
    path.chmod(0o711)
    done = up(path / "data")
    assert done == 0
    assert steward("down", "--data", path / "data").returncode == 0
    yield path / "data"
    steward("down", "--data", path / "data")
    shutil.rmtree(path, ignore_errors=True)


def up(data: Path, *more: str) -> int:
    done = steward("up", "--detach", "--data", data, "--port", free_port(), *more)
    assert done.returncode or done.stdout.startswith("http://127.0.0.1:"), done
    print(done.stderr)
    return done.returncode


@pytest.fixture
def state(data: Path) -> Iterator[dict[str, Any]]:
    """A running stack on a simulated clock; a test may break it."""
    if not DataFolder(data).in_use():
        assert up(data, "--simulated-clock", "2025-01-01") == 0
    yield DataFolder(data).running()


def ready(data: Path) -> bool:
    found = DataFolder(data).state()
    urls = {service: found["urls"][service] for service in SERVICES}
    return not not_ready(urls) and fetch(found["gateway"], "/healthz")[0] == 200


def call(url: str, path: str, token: str = "", **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url + path, headers=headers)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def test_an_initialised_folder_is_ready_within_fifteen_seconds(data: Path) -> None:
    begin = time.monotonic()
    assert up(data, "--simulated-clock", "2025-01-01") == 0
    assert time.monotonic() - begin < 15
    assert ready(data)


def test_it_holds_less_memory_than_promised(state: dict[str, Any]) -> None:
    assert sum(process.memory_full_info().pss for process in family(state["pid"])) < MOST_BYTES


def test_secrets_are_readable_by_their_owner_alone(data: Path, state: dict[str, Any]) -> None:
    for file in (data / "secrets.json", data / "run" / "stack.json", data / "redis" / "redis.conf"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secrets = json.loads((data / "secrets.json").read_text())
    shown = " ".join(" ".join(process.cmdline()) for process in family(state["pid"]))
    for name in ("postgres_password", "redis_password", "database_seed", "master_key"):
        assert secrets[name] not in shown


def test_a_second_start_names_the_first(data: Path, state: dict[str, Any]) -> None:
    done = steward("up", "--detach", "--data", data, "--port", free_port())
    assert done.returncode == 6
    assert state["gateway"] in done.stderr
    assert ready(data)


def test_the_gateway_serves_keys_docs_and_a_request_id(data: Path, state: dict[str, Any]) -> None:
    url = state["gateway"]
    assert b'"kid": "dev-' in call(url, "/.well-known/jwks.json")[2].replace(b'":"', b'": "')
    assert b"swagger-ui" in call(url, "/docs")[2]
    assert call(url, "/docs/ui/swagger-ui-bundle.js")[0] == 200
    for service in SERVICES:
        assert call(url, f"/{service}/openapi.json")[0] == 200
        assert call(url, f"/{service}/metrics")[0] == 401
    status, headers, body = call(url, "/ticketing/v1/communities", **{"X-Request-Id": "walk-through-7"})
    assert status == 401 and headers["X-Request-Id"] == "walk-through-7"
    assert headers["Content-Type"] == "application/problem+json"
    assert call(url, "/nothing/here")[0] == 404
    token = steward("token", "--role", "clerk", "--data", data).stdout.strip()
    assert call(url, "/ticketing/v1/communities", token)[0] == 200


def test_a_token_is_printed_quickly(data: Path, state: dict[str, Any]) -> None:
    begin = time.monotonic()
    assert steward("token", "--role", "clerk", "--data", data).returncode == 0
    assert time.monotonic() - begin < 3
    assert steward("token", "--role", "emperor", "--data", data).returncode == 12


def test_the_clock_goes_forward_only(data: Path, state: dict[str, Any]) -> None:
    before = steward("clock", "now", "--data", data).stdout.strip()
    done = steward("clock", "advance", "2h", "--data", data)
    assert done.returncode == 0 and done.stdout.strip() > before
    assert steward("clock", "to", "2025-01-10T08:00", "--data", data).stdout.strip() == "2025-01-10T00:00:00Z"
    assert steward("clock", "to", "2025-01-09", "--data", data).returncode == 12


@pytest.mark.parametrize(
    "name", ["redis", "caddy", "postgres", *(f"{service}-{kind}" for service in SERVICES for kind in ("api", "worker"))]
)
def test_whatever_dies_is_started_again(data: Path, state: dict[str, Any], name: str) -> None:
    pid = state["pids"][name]
    os.kill(pid, signal.SIGKILL)
    assert wait_until(lambda: DataFolder(data).state()["pids"][name] not in (0, pid), 15)
    assert wait_until(lambda: ready(data), 30)
    assert DataFolder(data).state()["restarts"][name] >= 1


def test_a_request_during_a_restart_waits_for_it(data: Path, state: dict[str, Any]) -> None:
    """Nobody has seen a request whose connection was refused, so the gateway offers it again."""
    url = state["gateway"]
    for _ in range(3):
        os.kill(DataFolder(data).state()["pids"]["notify-api"], signal.SIGKILL)
        assert wait_until(lambda: call(url, "/notify/v1/inbox")[0] in (401, 502, 503), 5)
        assert wait_until(lambda: call(url, "/notify/v1/inbox")[0] == 401, 10)
    assert wait_until(lambda: ready(data), 30)


def test_a_body_beyond_the_limit_is_refused(data: Path, state: dict[str, Any]) -> None:
    token = steward("token", "--role", "clerk", "--data", data).stdout.strip()
    request = urllib.request.Request(
        state["gateway"] + "/ticketing/v1/tickets",
        data=b'{"summary": "' + b"x" * (17 << 20) + b'"}',
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
    )
    with pytest.raises((urllib.error.HTTPError, OSError)) as caught:
        urllib.request.urlopen(request, timeout=20)
    if isinstance(caught.value, urllib.error.HTTPError):
        assert caught.value.code in (413, 503)


def test_each_process_logs_lines_of_json_to_a_file_of_its_own(data: Path, state: dict[str, Any]) -> None:
    call(state["gateway"], "/billing/v1/bills", **{"X-Request-Id": "follow-me-42"})
    file = data / "logs" / "billing-api.log"
    assert wait_until(lambda: "follow-me-42" in file.read_text(), 5)
    line = json.loads(next(line for line in file.read_text().splitlines() if "follow-me-42" in line))
    assert (line["request_id"], line["status"], line["service"]) == ("follow-me-42", 401, "billing")
    for service in SERVICES:
        assert (data / "logs" / f"{service}-worker.log").exists()


def test_doctor_finds_nothing_wrong(data: Path, state: dict[str, Any]) -> None:
    done = steward("doctor", "--data", data)
    assert done.returncode == 0, done.stdout


def test_down_leaves_no_process_behind(data: Path, state: dict[str, Any]) -> None:
    processes = family(state["pid"])
    assert steward("down", "--data", data).returncode == 0
    assert psutil.wait_procs(processes, timeout=5)[1] == []
    assert DataFolder(data).state()["state"] == "stopped"
    log = (data / "logs" / "postgres.log").read_text()
    assert log.rstrip().endswith("database system is shut down")


def test_nothing_outlives_a_killed_supervisor(data: Path, state: dict[str, Any]) -> None:
    processes = family(state["pid"])
    os.kill(state["pid"], signal.SIGKILL)
    assert psutil.wait_procs(processes, timeout=15)[1] == []
    assert up(data) == 0
    assert ready(data)
