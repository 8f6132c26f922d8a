"""Fixtures of notify's tests."""

from collections.abc import AsyncIterator

import pytest
from pydantic import SecretStr

from services.notify.channels import email
from services.notify.sending.sessions import sessions_of


@pytest.fixture(autouse=True)
async def nothing_is_kept_open(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """Each test has providers of its own: what was kept open to the last one's is closed."""
    yield
    if "world" in request.fixturenames:
        await sessions_of(request.getfixturevalue("world").runtime("notify")).close()


@pytest.fixture
def mail_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The e-mail channel is set up, though nobody sends in this test."""
    given = email.EmailSettings(url=SecretStr("smtp://127.0.0.1:1"))
    monkeypatch.setattr(email, "settings", lambda: given)
