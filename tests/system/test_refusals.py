"""What can go wrong at a start: each a sentence, an exit code of its own, and nothing damaged."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from pathlib import Path

import pytest

from deploy.local import folder as folder_module
from deploy.local.background import start
from deploy.local.failures import Failure, FolderUnusable
from deploy.local.folder import DataFolder, write_private
from deploy.local.options import Options
from deploy.local.ports import free_port
from tests.system.conftest import steward


def listing(path: Path) -> list[str]:
    return sorted(str(entry.relative_to(path)) for entry in path.rglob("*"))


def test_a_taken_port_is_named_with_its_holder(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = steward("up", "--detach", "--data", folder / "d", "--port", port)
    assert done.returncode == 3
    assert str(port) in done.stderr and f"pid {os.getpid()}" in done.stderr and "--port" in done.stderr
    assert not (folder / "d" / "postgres").exists()


def test_a_folder_that_is_not_ours_is_left_as_it_is(folder: Path) -> None:
    (folder / "thesis.txt").write_text("two years of work")
    before = listing(folder)
    done = steward("up", "--detach", "--data", folder, "--port", free_port())
    assert done.returncode == 5
    assert "thesis.txt" in done.stderr
    assert listing(folder) == before


def test_a_second_start_on_the_same_folder_is_refused(folder: Path) -> None:
    (folder / "steward.json").write_text("{}")
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = steward("up", "--detach", "--data", folder, "--port", free_port())
    assert done.returncode == 6
    assert "steward down" in done.stderr


def test_an_unwritable_folder_is_one_sentence(folder: Path) -> None:
    (folder / "file").write_text("")
    done = steward("up", "--detach", "--data", folder / "file" / "below", "--port", free_port())
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1 and "cannot be written" in done.stderr


def test_a_full_disk_is_noticed_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(folder_module.shutil, "disk_usage", lambda _path: usage._replace(free=5 << 20))
    data = DataFolder(folder / "d")
    with pytest.raises(FolderUnusable, match="disk is full"):
        data.open()
    assert not data.marker.exists()
    monkeypatch.undo()
    data.open()
    data.close()


def test_a_disk_that_fills_while_writing_keeps_the_old_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = folder / "secrets.json"
    write_private(file, "old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_private(file, "new")
    assert file.read_text() == "old"


def test_production_refuses_secrets_made_for_development(folder: Path) -> None:
    done = steward("up", "--detach", "--data", folder / "d", "--port", free_port(), STEWARD_MODE="production")
    assert done.returncode == 8
    assert "STEWARD_MASTER_KEY" in done.stderr
    assert not (folder / "d").exists()


def test_an_unreachable_server_is_named_without_its_password(folder: Path) -> None:
    url = f"postgresql://steward_admin:tell-nobody@127.0.0.1:{free_port()}/steward"
    done = steward("up", "--detach", "--data", folder / "d", "--port", free_port(), STEWARD_DATABASE_URL=url)
    assert done.returncode == 11
    assert "STEWARD_DATABASE_URL" in done.stderr and "tell-nobody" not in done.stderr


def test_a_folder_whose_secrets_are_gone_is_not_given_new_ones_over_its_data(folder: Path) -> None:
    data = folder / "d"
    (data / "postgres" / "cluster").mkdir(parents=True)
    (data / "steward.json").write_text("{}")
    done = steward("up", "--detach", "--data", data, "--port", free_port())
    assert done.returncode == 7
    assert "secrets.json" in done.stderr
    assert not (data / "secrets.json").exists()


@pytest.mark.parametrize("arguments", [("down",), ("clock", "now"), ("clock", "advance", "2h")])
def test_commands_that_need_a_running_stack_say_so(folder: Path, arguments: tuple[str, ...]) -> None:
    done = steward(*arguments, "--data", folder / "d")
    assert done.returncode == 9
    assert "No Steward runs" in done.stderr


def test_sentences_are_chinese_for_a_chinese_user(folder: Path) -> None:
    assert "没有运行中" in steward("down", "--data", folder / "d", LANG="zh_CN.UTF-8").stderr


def test_a_background_start_raises_what_the_supervisor_raised(folder: Path) -> None:
    (folder / "other").write_text("")
    with pytest.raises(Failure) as caught:
        start(folder, Options(port=free_port()))
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(("text", "code"), [("2 hours", 12), ("h2", 12), ("-1h", 12)])
def test_a_duration_nobody_understands_is_refused(folder: Path, text: str, code: int) -> None:
    done = steward("token", "--role", "clerk", "--ttl", text, "--data", folder / "d")
    assert done.returncode == code
