"""The far side of the fanout benchmark: a mail server and a provider of text messages that take everything.

``python -m deploy.bench._fanout_sinks`` says its ports in one line and answers each line it reads with what it has
taken so far. One process for both, so that floor and product talk to the same.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
from typing import Any

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session

TAKEN = {"email": 0, "sms": 0}
_ANSWER = json.dumps({"Code": "OK", "Message": "OK", "BizId": "bench", "RequestId": "bench"}).encode()


class _Mail:
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        TAKEN["email"] += 1
        return "250 taken"


async def _texts(scope: Any, receive: Any, send: Any) -> None:
    TAKEN["sms"] += 1
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(_ANSWER)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": _ANSWER})


async def main() -> None:
    """Serve until the line to our parent ends."""
    loop = asyncio.get_running_loop()
    mail = await loop.create_server(lambda: SMTP(_Mail(), loop=loop, hostname="bench"), "127.0.0.1", 0)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(_texts, log_config=None, access_log=False, lifespan="off", ws="none", loop="uvloop")
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined]  # our parent ends us
    task = asyncio.create_task(server.serve(sockets=[listener]))
    print(json.dumps({"smtp": mail.sockets[0].getsockname()[1], "http": listener.getsockname()[1]}), flush=True)
    threading.Thread(target=_answer, daemon=True).start()
    await task


def _answer() -> None:
    for _ in sys.stdin:
        print(json.dumps(TAKEN), flush=True)


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())
