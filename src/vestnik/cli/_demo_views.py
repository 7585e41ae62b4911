"""How the demonstration looks: on a terminal, in a log, and not at all."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from types import TracebackType

import msgspec
import typer
from rich.console import Console

from vestnik.app.demo import Channel, Reply, Report
from vestnik.chatmail import Event, Progress
from vestnik.sdk import Notification

__all__ = ["PlainView", "RichView", "SilentView"]

NOISE = frozenset(
    {
        "Info",
        "ConfigSynced",
        "ChatlistChanged",
        "ChatlistItemChanged",
        "ConnectivityChanged",
        "AccountsChanged",
        "AccountsItemChanged",
        "IncomingMsgBunch",
        "ConfigureProgress",
        "ImapInboxIdle",
        "NewBlobFile",
        "DeletedBlobFile",
        "ImapMessageDeleted",
        "MsgsChanged",
        "MsgsNoticed",
        "MsgReadCountChanged",
        "ContactsChanged",
        "SmtpMessageSent",
    }
)
"""Events that tell a newcomer nothing; `vestnik events --follow` shows them all."""

CHANNELS: Mapping[Channel, tuple[str, str]] = {
    "websocket": ("ws", "blue"),
    "webhook": ("webhook", "yellow"),
}
"""What a channel is called, and its colour."""

MOST_WORDS = 30
NEXT = "next: your own bots, in any language: `vestnik serve`, docs/tutorial/any-language.md"


class SilentView:
    """Shows nothing, for programs that read the report."""

    def __enter__(self) -> SilentView:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        pass

    def step(self, text: str) -> None:
        """See what has been prepared."""

    def progress(self, role: str, progress: Progress) -> None:
        """See how far a login has come."""

    def said(self, text: str) -> None:
        """See what the user sends."""

    def heard(self, reply: Reply | None) -> None:
        """See what the bot answered."""

    def happened(self, role: str, event: Event, seconds: float | None) -> None:
        """See an event of a core."""

    def told(self, channel: Channel, notification: Notification, seconds: float | None) -> None:
        """See a notification arrive."""

    def published(self, text: str) -> None:
        """See what is put in from outside."""

    def invite(self) -> None:
        """See that messages can be typed now."""

    def end(self, report: Report) -> None:
        """See the report."""


class PlainView(SilentView):
    """One plain line for everything, for logs and pipes."""

    def _print(self, text: str, style: str = "") -> None:
        typer.echo(text)

    def step(self, text: str) -> None:
        self._print(f"✓ {text}", "green")

    def said(self, text: str) -> None:
        self._print(f"user → {text}", "bold cyan")

    def heard(self, reply: Reply | None) -> None:
        if reply is None:
            self._print("bot  ✗ no answer", "bold red")
        else:
            padlock = "🔒" if reply.encrypted else "⚠ not encrypted"
            milliseconds = f"{1000 * reply.seconds:.0f} ms"
            self._print(f"bot  ← {reply.text}   {padlock} {milliseconds}", "bold magenta")

    def happened(self, role: str, event: Event, seconds: float | None) -> None:
        if event.payload.kind not in NOISE:
            fields = msgspec.to_builtins(event.payload)
            values = " ".join(f"{k}={v}" for k, v in fields.items() if k != "kind")
            self._arrived(f"{role} core", f"{event.payload.kind} {values}", seconds, "dim")

    def told(self, channel: Channel, notification: Notification, seconds: float | None) -> None:
        name, colour = CHANNELS[channel]
        what = f"{notification.type} {notification.name}{_words_of(notification)}"
        self._arrived(name, what, seconds, colour)

    def published(self, text: str) -> None:
        self._print(f"http → {text}", "bold cyan")

    def _arrived(self, where: str, what: str, seconds: float | None, style: str) -> None:
        after = "" if seconds is None else f"{1000 * seconds:4.0f} ms"
        self._print(f"     {where:10} {what:52} {after}".rstrip(), style)

    def invite(self) -> None:
        self._print("\nNow you: type a message to the bot; Ctrl-D ends.\n", "bold")

    def end(self, report: Report) -> None:
        rtt = report.rtt_ms
        self._print(
            f"{report.sent} sent, {report.received} answered, {report.lost} lost, "
            f"{report.duplicates} doubled; round trip p50 {rtt.p50:.0f} ms, max {rtt.max:.0f} ms",
            "bold green" if report.is_good else "bold red",
        )
        told = report.notifications
        self._print(f"{told.websocket} notifications by WebSocket, {told.webhook} by webhook")
        self._print(NEXT, "dim")


class RichView(PlainView):
    """The same in colour, with the steps under a spinner until the conversation begins."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._status = self._console.status("starting a relay, a gateway and two chatmail cores …")

    def __enter__(self) -> RichView:
        self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._status.stop()

    def _print(self, text: str, style: str = "") -> None:
        self._console.print(text, style=style, markup=False, soft_wrap=True)

    def progress(self, role: str, progress: Progress) -> None:
        self._status.update(f"the {role} logs in … {progress.permille / 10:.0f} %")

    def said(self, text: str) -> None:
        self._status.stop()
        super().said(text)


def _words_of(notification: Notification) -> str:
    """Return what was written, if that is what happened, else what else it tells."""
    match notification.payload:
        case {"message": {"text": str(text)}}:
            return f" “{textwrap.shorten(text, MOST_WORDS, placeholder=' …')}”"
        case {"bot": _} | None:
            return ""
        case payload:
            return f" {msgspec.json.encode(payload).decode()[:MOST_WORDS]}"
