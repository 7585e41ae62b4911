"""Notifications as a program gets them."""

from __future__ import annotations

import json

from vestnik.sdk import Notification
from vestnik.sdk.notification import read_notification
from vestnik.wire import decode_body


def note(type_: str, payload: object) -> Notification:
    """Make one."""
    told = {"type": type_, "payload": payload, "affected": "echo", "user": "", "happened": 1}
    return read_notification(decode_body(json.dumps(told).encode()))
