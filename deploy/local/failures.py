"""What can go wrong with a local stack, each with a sentence a person can act on and an exit code a script
can read."""

from __future__ import annotations


class Failure(Exception):
    """A refusal in two languages; the command prints it and ends with `exit_code`. Nothing was damaged."""

    exit_code = 1

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


class PortTaken(Failure):
    """Somebody else listens on a port we were told to use."""

    exit_code = 3


class FolderUnusable(Failure):
    """The data folder cannot be written: full disk, wrong rights, or a parent the database's user may not
    enter."""

    exit_code = 4


class FolderNotOurs(Failure):
    """The folder holds something that is not a Steward data folder, so nothing is written there."""

    exit_code = 5


class AlreadyRunning(Failure):
    """A stack runs on this data folder already."""

    exit_code = 6


class FolderBroken(Failure):
    """The data folder is ours but cannot be used as it is (another major version, files missing)."""

    exit_code = 7


class DevelopmentSecrets(Failure):
    """Production mode was asked for with secrets generated for development."""

    exit_code = 8


class NotRunning(Failure):
    """The command needs a running stack and there is none on this data folder."""

    exit_code = 9


class NotReady(Failure):
    """Something was started and did not become ready in time."""

    exit_code = 10


class ServerUnreachable(Failure):
    """A server named by a URL in the environment does not answer."""

    exit_code = 11


class Unsuitable(Failure):
    """The command does not apply here, e.g. moving the clock of a stack that runs on the real one."""

    exit_code = 12
