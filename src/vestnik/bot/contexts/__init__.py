"""What a handler is given: one typed context for everything that can happen to a bot."""

from vestnik.bot.contexts.apps import WebxdcNotification, WebxdcUpdate
from vestnik.bot.contexts.base import ChatContext, Context, SenderContext
from vestnik.bot.contexts.calls import Call, CallStage
from vestnik.bot.contexts.changes import Deletion, Edit, Failure, Reaction
from vestnik.bot.contexts.life import Problem, RawEvent, Shutdown, Startup
from vestnik.bot.contexts.message import Message
from vestnik.bot.contexts.people import Join, MemberChange, Membership
from vestnik.bot.contexts.places import LocationUpdate
from vestnik.bot.objects.scope import Services

__all__ = [
    "Call",
    "CallStage",
    "ChatContext",
    "Context",
    "Deletion",
    "Edit",
    "Failure",
    "Join",
    "LocationUpdate",
    "MemberChange",
    "Membership",
    "Message",
    "Problem",
    "RawEvent",
    "Reaction",
    "SenderContext",
    "Services",
    "Shutdown",
    "Startup",
    "WebxdcNotification",
    "WebxdcUpdate",
]
