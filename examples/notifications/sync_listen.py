"""The same without asyncio, with handlers by type: python sync_listen.py TOKEN [URL]."""

import sys

from vestnik.sdk import Notification, SyncNotifications, connect_sync


def listener(token: str, url: str = "ws://127.0.0.1:8080") -> SyncNotifications:
    notifications = connect_sync(token, url)

    @notifications.on("up_added")
    def thank(n: Notification) -> None:
        print("thank you,", n.user, flush=True)

    @notifications.on()
    def everything(n: Notification) -> None:
        print(n.name, n.payload, flush=True)

    return notifications


if __name__ == "__main__":
    listener(*sys.argv[1:]).run()
