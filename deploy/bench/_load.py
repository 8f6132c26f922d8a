"""The load client: wrk, which is compiled, so that the client is not what is measured."""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local.failures import Unsuitable

_POST = """
local choices = { %CHOICES% }
local function any() return choices[math.random(#choices)] end
function request()
  count = count + 1
  local headers = { %HEADERS% }
  headers["Idempotency-Key"] = run .. "-" .. number .. "-" .. count
  return wrk.format("POST", "%PATH%", headers, %BODY%)
end
"""
_GET = """
local headers = { %HEADERS% }
local paths = { %PATHS% }
function request() return wrk.format("GET", paths[math.random(#paths)], headers) end
"""
_SCRIPT = """
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args) math.randomseed(os.time() * 100 + number); count = 0; run = math.random(1, 1000000000) end
%REQUEST%
function done(summary, latency, requests)
  io.write("RESULT " .. string.format(
    '{"requests": %d, "duration_us": %d, "p50_us": %d, "p99_us": %d, "status": %d, "socket": %d}',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout) .. "\\n")
end
"""


#: Seconds the client waits for an answer. Its own two would count what a slow moment of the disk delays as refused.
PATIENCE = 30


@dataclass(frozen=True)
class Load:
    """What a run of the client saw; ``refused`` counts answers other than 2xx and broken connections, the latter also
    by themselves."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def client() -> str:
    """The path of wrk. Raises Unsuitable, naming the package, when it is not installed."""
    found = shutil.which("wrk")
    if found is None:
        raise Unsuitable(
            "需要压测工具 wrk：apt-get install wrk。", "The load client wrk is missing: apt-get install wrk."
        )
    return found


def post(
    url: str,
    headers: Mapping[str, str],
    body: object,
    *,
    seconds: int,
    connections: int,
    threads: int = 1,
    choices: Sequence[str] = (),
) -> Load:
    """POST ``body`` again and again, each request with an Idempotency-Key of its own; ``%ANY%`` in it is one of the
    ``choices``, by lot."""
    host, path = url.split("/", 3)[2], "/" + url.split("/", 3)[3]
    text = " .. any() .. ".join(json.dumps(part) for part in json.dumps(body).split("%ANY%"))
    request = _POST.replace("%PATH%", path).replace("%BODY%", text)
    request = request.replace("%CHOICES%", ", ".join(map(json.dumps, choices)))
    return _run(host, request, headers, seconds, connections, threads)


def get(base: str, paths: Sequence[str], headers: Mapping[str, str], *, seconds: int, connections: int) -> Load:
    """GET any of these paths below ``base``, again and again."""
    request = _GET.replace("%PATHS%", ", ".join(json.dumps(path) for path in paths))
    return _run(base.split("/", 3)[2], request, headers, seconds, connections, 1)


def _run(host: str, request: str, headers: Mapping[str, str], seconds: int, connections: int, threads: int) -> Load:
    lua = ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in headers.items())
    script = _SCRIPT.replace("%REQUEST%", request).replace("%HEADERS%", lua)
    with tempfile.TemporaryDirectory(prefix="steward-bench-") as folder:
        file = Path(folder) / "load.lua"
        file.write_text(script)
        command = [client(), f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={PATIENCE}s"]
        command += ["-s", str(file), f"http://{host}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60, check=True)
    line = next(text for text in done.stdout.splitlines() if text.startswith("RESULT "))
    found = json.loads(line.removeprefix("RESULT "))
    return Load(
        requests=found["requests"],
        seconds=found["duration_us"] / 1e6,
        p50_ms=round(found["p50_us"] / 1000, 2),
        p99_ms=round(found["p99_us"] / 1000, 2),
        refused=found["status"] + found["socket"],
        broken=found["socket"],
    )
