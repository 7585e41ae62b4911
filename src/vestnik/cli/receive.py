"""``vestnik receive``: see what happens, by webhook."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from vestnik.app.receiving import Door, Facts, examine, handing_on, serve
from vestnik.app.serve.addresses import Address
from vestnik.app.serve.tls import Certificate
from vestnik.cli._notification_options import ExecLine, ForwardUrl, TokenFile, sinks, token_of
from vestnik.cli._options import AsJson
from vestnik.errors import BadInput
from vestnik.sdk import BOTICORD_NETWORK, WebhookReceiver
from vestnik.terminal import log_to_stderr, run

__all__ = ["receive"]


def receive(
    token: Annotated[
        str | None,
        typer.Option(envvar="VESTNIK_TOKEN", help="What the sender puts into X-Boticord-Token."),
    ] = None,
    host: Annotated[str, typer.Option(help="Where to listen; :: is everywhere.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="0 takes any that is free; BotiCord needs 443.")
    ] = 8081,
    tls_certificate: Annotated[
        Path | None, typer.Option(help="Speak HTTPS with this PEM file.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Its key.")] = None,
    secret: Annotated[
        list[str] | None,
        typer.Option(envvar="VESTNIK_SIGNING_SECRET", help="Take only what is signed with it."),
    ] = None,
    boticord: Annotated[
        bool, typer.Option("--boticord", help=f"Take only what comes from {BOTICORD_NETWORK}.")
    ] = False,
    as_json: AsJson = False,
    command: ExecLine = None,
    forward: ForwardUrl = None,
    token_file: TokenFile = None,
) -> None:
    """Take webhooks on a port, check whether they can arrive, and print them as they come."""
    known = token_of(token, token_file)
    receiver = WebhookReceiver(
        known, signing_secrets=secret or (), networks=[BOTICORD_NETWORK] if boticord else None
    )
    tls = _tls(tls_certificate, tls_key)
    log_to_stderr(level=logging.INFO)
    can_knock = not secret and not boticord
    opened = _Opening(receiver, Address(host, port), known, tls, can_knock)
    run(opened.serve(as_json=as_json, command=command, forward=forward))


class _Opening:
    def __init__(
        self,
        receiver: WebhookReceiver,
        where: Address,
        token: str,
        tls: ssl.SSLContext | None,
        can_knock: bool,
    ) -> None:
        self._receiver = receiver
        self._where = where
        self._token = token
        self._tls = tls
        self._can_knock = can_knock

    async def serve(self, *, as_json: bool, command: str | None, forward: str | None) -> None:
        async with sinks(self._token, as_json=as_json, command=command, forward=forward) as chosen:
            handing_on(self._receiver, chosen)
            async with serve(self._receiver, self._where, self._token, self._tls) as door:
                _say(_settings(door))
                await self._examine(door)
                _say(["Waiting for notifications; Ctrl-C ends."])
                await asyncio.Event().wait()

    async def _examine(self, door: Door) -> None:
        facts = Facts(door.address.host, door.address.port, has_tls=door.scheme == "https")
        findings = await asyncio.to_thread(examine, facts)
        if self._can_knock:
            findings.append(await door.knock())
        _say(f"{'✓' if finding.is_good else '✗'} {finding.sentence}" for finding in findings)


def _settings(door: Door) -> list[str]:
    port = "" if door.address.port in (80, 443) else f":{door.address.port}"
    return [
        "Enter this where the notifications are switched on:",
        f"  address:  {door.scheme}://YOUR-NAME{port}/   (here: {door.url})",
        "  headers:  none are needed; the sender adds these, and they are checked:",
        "            Content-Type: application/json",
        "            X-Boticord-Token: the token that you have given here",
    ]


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)


def _tls(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    if bool(certificate) != bool(key):
        raise BadInput("--tls-certificate and --tls-key belong together: give both or none.")
    return Certificate(certificate, key).context if certificate and key else None
