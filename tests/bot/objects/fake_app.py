"""A webxdc app on a fake core, which plays no apps by itself."""

from __future__ import annotations

import base64
import json

from vestnik.chatmail.events import WebxdcStatusUpdate
from vestnik.chatmail.types import Viewtype
from vestnik.testing import FakeChat, FakeCore, FakeMessage, Refusal


class FakeApp:
    """Keeps the status updates of one app and numbers them, as the core does."""

    def __init__(self, fake: FakeCore, chat: FakeChat) -> None:
        self.updates: list[dict[str, object]] = []
        self.message: FakeMessage = chat.receive("", view_type=Viewtype.WEBXDC)
        self.requests: list[int] = []
        self.loses_answers = False
        fake.on("send_webxdc_status_update", self._take)
        fake.on("get_webxdc_status_updates", self._give)
        fake.on("get_webxdc_blob", self._read)

    def use(self, payload: object, **more: object) -> None:
        """Let somebody else use the app."""
        self._add({"payload": payload, **more})

    def _take(self, account: int, message: int, content: str, description: str | None) -> None:
        try:
            self._add(json.loads(content))
        except json.JSONDecodeError:
            raise Refusal("Failed to parse webxdc update item") from None
        if self.loses_answers:
            raise ConnectionError

    def _add(self, update: dict[str, object]) -> None:
        self.updates.append(update)
        serial = len(self.updates)
        told = WebxdcStatusUpdate(msg_id=self.message.id, status_update_serial=serial)
        self.message.chat.account.emit(told)

    def _read(self, account: int, message: int, path: str) -> str:
        return base64.b64encode(f"content of {path}".encode()).decode().rstrip("=")

    def _give(self, account: int, message: int, last: int) -> str:
        self.requests.append(last)
        known = enumerate(self.updates, start=1)
        numbered = [{**update, "serial": n, "max_serial": len(self.updates)} for n, update in known]
        return json.dumps(numbered[last:])
