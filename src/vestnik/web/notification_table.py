"""The operations of the REST API by which notifications go in, and are read again."""

from __future__ import annotations

from vestnik.gateway import Scope
from vestnik.web import notifications
from vestnik.web.asked import Nothing
from vestnik.web.notification_shapes import (
    Accepted,
    NewNotification,
    NewNotifications,
    NotificationList,
    NotificationQuery,
    NotifyTypeList,
    UpdateList,
    UpdatesQuery,
)
from vestnik.web.operations import Operation, operation

__all__ = ["NOTIFICATIONS"]

NOTIFICATIONS: tuple[Operation, ...] = (
    operation(
        "POST",
        "/notifications",
        notifications.publish_notifications,
        "Put one notification or several in; they are stored when the answer comes.",
        asks=tuple[NewNotification, ...],
        bodies=(NewNotification, NewNotifications),
        decode=notifications.decode_notifications,
        gives=Accepted,
        takes_key=True,
        scopes=(Scope.PUBLISH,),
        status=202,
        errors=(404,),
    ),
    operation(
        "GET",
        "/notifications",
        notifications.list_notifications,
        "Read an owner's notifications again, from a position on.",
        asks=NotificationQuery,
        gives=NotificationList,
        scopes=(Scope.NOTIFY,),
        errors=(404, 422),
    ),
    operation(
        "GET",
        "/updates",
        notifications.list_updates,
        "Wait for an owner's notifications: the answer comes as soon as there is one.",
        asks=UpdatesQuery,
        gives=UpdateList,
        scopes=(Scope.NOTIFY,),
        errors=(404, 422),
        is_patient=True,
    ),
    operation(
        "GET",
        "/notify-types",
        notifications.list_notify_types,
        "List the notify types that have a name; other numbers are welcome.",
        asks=Nothing,
        gives=NotifyTypeList,
        is_public=True,
    ),
)
