"""Calls of our own, where the core's are awkward: what they take, give and are good for.

From this table the calls are checked, described to programs and documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from vestnik.bridge.calls.conforming import Schema
from vestnik.bridge.calls.signatures import Parameter

__all__ = ["CONVENIENT", "Convenient"]

_ID: Schema = {"type": "integer", "format": "uint32", "minimum": 0}
_NO_ID: Schema = {"type": ["integer", "null"], "format": "uint32", "minimum": 0}
_TEXT: Schema = {"type": "string"}
_NO_TEXT: Schema = {"type": ["string", "null"]}
_NULL: Schema = {"type": "null"}


class Convenient(msgspec.Struct, frozen=True, kw_only=True):
    """One call of our own.

    Attributes:
        is_send: Whether it sends, so that a key may name it.
        chat: The parameter that names its chat.
        message: The parameter that names its message.
        file: The parameter that is an upload's id.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...] = ()
    result: Schema = msgspec.field(default_factory=lambda: _NULL)
    is_send: bool = False
    chat: str | None = None
    message: str | None = None
    file: str | None = None


def _object(title: str, **members: Schema) -> Schema:
    return {
        "title": title,
        "type": "object",
        "required": list(members),
        "properties": members,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_CONTENT = (
    Parameter("text", _NO_TEXT, "What it says."),
    Parameter("file", _NO_TEXT, "The id of an upload."),
    Parameter("filename", _NO_TEXT, "What the file is called; else as it was uploaded."),
    Parameter("html", _NO_TEXT, "What is shown to those who ask for the whole message."),
    Parameter(
        "viewtype",
        {"anyOf": [{"$ref": "#/components/schemas/Viewtype"}, _NULL]},
        "What it is; else what the core makes of the file.",
    ),
)
_SENT = _object("Sent", messageId=_ID, chatId=_ID)
_COMMAND = _object("BotCommand", command=_TEXT, description=_TEXT)

_ALL = (
    Convenient(
        name="getMe",
        description="Tells who the bot is, and the link that opens a chat with it.",
        result=_object(
            "Me",
            bot=_TEXT,
            accountId=_ID,
            address=_TEXT,
            name=_TEXT,
            status=_TEXT,
            invite=_TEXT,
            events=_list(_TEXT),
            commands=_list(_COMMAND),
        ),
    ),
    Convenient(
        name="sendMessage",
        description=(
            "Sends a message to a chat, and returns once the core has it. With a key, the same "
            "call sends once, however often it is made."
        ),
        parameters=(
            Parameter("chatId", _ID, "The chat."),
            *_CONTENT,
            Parameter("quotedMessageId", _NO_ID, "The message that it quotes."),
            Parameter("senderName", _NO_TEXT, "A name to be shown instead of the bot's own."),
        ),
        result=_SENT,
        is_send=True,
        chat="chatId",
        file="file",
    ),
    Convenient(
        name="answer",
        description=(
            "Sends an answer to the chat of a message, once: a second answer to the same message "
            "needs a key of its own."
        ),
        parameters=(
            Parameter("messageId", _ID, "The message that is answered."),
            *_CONTENT,
            Parameter(
                "quote", {"type": ["boolean", "null"]}, "Whether the answer quotes the message."
            ),
        ),
        result=_SENT,
        is_send=True,
        message="messageId",
        file="file",
    ),
    Convenient(
        name="getFile",
        description="Gives a link by which anybody can download the file of a message for a while.",
        parameters=(Parameter("messageId", _ID, "The message."),),
        result=_object("File", url=_TEXT, name=_TEXT, mime=_TEXT, bytes={"type": "integer"}),
        message="messageId",
    ),
    Convenient(
        name="setProfile",
        description="Changes what people see of the bot; what is left out stays as it is.",
        parameters=(
            Parameter("name", _NO_TEXT, "Its name."),
            Parameter("status", _NO_TEXT, "What it says of itself."),
            Parameter("avatar", _NO_TEXT, "The id of an upload; an empty text takes it away."),
        ),
        file="avatar",
    ),
    Convenient(
        name="setCommands",
        description=(
            "Says which commands the bot understands: the server answers `/help` with them, so "
            "that the bot, which is told of the message all the same, need not. An empty list "
            "leaves `/help` to the bot."
        ),
        parameters=(Parameter("commands", _list(_COMMAND), "Each with a description, in order."),),
    ),
)

CONVENIENT: Mapping[str, Convenient] = MappingProxyType({one.name: one for one in _ALL})
"""The calls of our own, by name."""
