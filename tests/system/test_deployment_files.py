"""The files a production installation starts from say the same as the code."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from deploy.local import caddy
from shared.settings import SERVICES
from tests.system.conftest import ROOT, steward

DEPLOY = ROOT / "deploy"


def test_compose_runs_every_process_and_names_no_secret() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    for service in SERVICES:
        for kind in ("api", "worker"):
            assert services[f"{service}-{kind}"]["command"][-2:] == [kind, service]
    assert not re.search(r"PASSWORD:\s*\S", text)


def test_the_gateway_configuration_is_valid_and_formatted(tmp_path: Path) -> None:
    env = {f"STEWARD_{service.upper()}_UPSTREAM": "127.0.0.1:1" for service in SERVICES}
    env |= {"STEWARD_DOCS": "/srv", "STEWARD_SWAGGER_UI": "/srv", "HOME": str(tmp_path)}
    for more in ({}, {"STEWARD_AUTO_HTTPS": "ignore_loaded_certs", "STEWARD_LISTEN": "steward.example.com"}):
        done = subprocess.run(
            [caddy.binary(), "validate", "--config", caddy.CONFIGURATION, "--adapter", "caddyfile"],
            env={**env, **more},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert "not formatted" not in done.stderr


def test_a_process_asks_for_its_kind_and_service() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.process", "api", "laundry"], cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 2
    assert b"ticketing" in done.stderr


def test_new_keys_are_all_that_production_asks_for(tmp_path: Path) -> None:
    """`steward keys` with two server URLs is an environment production accepts."""
    lines = steward("keys").stdout.splitlines()
    env = dict(line.split("=", 1) for line in lines)
    assert "dev-" not in env["STEWARD_TICKETING_ISSUER_KEY"]
    env |= {
        "STEWARD_MODE": "production",
        "STEWARD_DATABASE_URL": "postgresql://steward_admin@127.0.0.1:1/steward",
        "STEWARD_REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = steward("up", "--detach", "--data", tmp_path / "d", "--port", 1024, **env)
    assert done.returncode in (3, 11), done.stderr  # past the secrets: nobody listens on the servers' port


def test_the_docs_page_asks_no_other_host() -> None:
    for file in (DEPLOY / "gateway" / "docs").iterdir():
        assert not re.search(r"https?://", file.read_text()), file.name
