"""Take webhooks: VESTNIK_TOKEN=... uvicorn receive:receiver --port 8081."""

import os

from vestnik.sdk import Notification, WebhookReceiver

receiver = WebhookReceiver(os.environ["VESTNIK_TOKEN"])


@receiver.on("up_added")
async def thank(n: Notification) -> None:
    print("thank you,", n.user, flush=True)


@receiver.on()
async def everything(n: Notification) -> None:
    print(n.name, n.payload, flush=True)
