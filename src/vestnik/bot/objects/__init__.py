"""What a bot deals with: accounts, chats, contacts, files, apps; thin over the core's methods."""

from vestnik.bot.objects.account import Account
from vestnik.bot.objects.attachment import Attachment
from vestnik.bot.objects.chat import Chat
from vestnik.bot.objects.contact import ME, Contact, ContactRef
from vestnik.bot.objects.files import FileContent
from vestnik.bot.objects.message_ref import MessageActions, MessageRef
from vestnik.bot.objects.outgoing import SendOptions
from vestnik.bot.objects.qr import QrCode
from vestnik.bot.objects.quote import Quote
from vestnik.bot.objects.scope import Keys, Scope, Services
from vestnik.bot.objects.webxdc import StatusUpdate, Webxdc

__all__ = [
    "ME",
    "Account",
    "Attachment",
    "Chat",
    "Contact",
    "ContactRef",
    "FileContent",
    "Keys",
    "MessageActions",
    "MessageRef",
    "QrCode",
    "Quote",
    "Scope",
    "SendOptions",
    "Services",
    "StatusUpdate",
    "Webxdc",
]
