"""The floor of the fanout benchmark: the same client libraries in a bare loop, with nothing kept and nothing decided.
Its mails are the product's, byte for byte but for whom they are to: what a far side does with one is the same.

``python -m deploy.bench._fanout_floor CHANNEL PORT MESSAGES CONNECTIONS`` prints its seconds. Each connection sends its
share, one message after the other, as the product's do.
"""

from __future__ import annotations

import asyncio
import sys
import time

import aiosmtplib
import httpx
import uvloop

from deploy.bench._fanout_rows import BODY, TITLE
from services.notify.channels.email import EmailSettings, compose
from services.notify.domain.channels import Outgoing
from shared.ids import uuid7

TO, KEY = "reader@example.com", str(uuid7())


def mail() -> bytes:
    """The mail that everybody gets."""
    return compose(Outgoing(KEY, TO, TITLE, BODY, "zh"), EmailSettings().sender)


async def mails(port: int, numbers: range) -> None:
    """One connection's mails."""
    smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=port)
    await smtp.connect()
    everybodys, sender = mail(), "noreply@steward.invalid"
    for n in numbers:
        to = f"o{n}@example.com"
        await smtp.mail(sender)
        await smtp.rcpt(to)
        await smtp.data(everybodys.replace(TO.encode(), to.encode(), 1))
    await smtp.quit()


async def texts(port: int, numbers: range) -> None:
    """One connection's text messages."""
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        for n in numbers:
            query = f"PhoneNumbers=1380000{n % 10000:04d}&SignName=x&TemplateCode=SMS_1&TemplateParam=%7B%7D&OutId={n}"
            answer = await client.post(f"/?{query}", headers={"Authorization": "x" * 200, "x-acs-date": "x"})
            assert answer.json()["Code"] == "OK"


async def main(channel: str, port: int, messages: int, connections: int) -> float:
    """Seconds for so many messages over so many connections."""
    send = {"email": mails, "sms": texts}[channel]
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for place in range(connections):
            group.create_task(send(port, range(place, messages, connections)))
    return time.monotonic() - began


if __name__ == "__main__":
    print(uvloop.run(main(sys.argv[1], *map(int, sys.argv[2:5]))))
