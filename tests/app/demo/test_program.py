"""The bot's program, against a gateway that follows a script."""

from __future__ import annotations

import pytest

from tests.sdk.conftest import Peer, client, gateway
from vestnik.app.demo.program import echo
from vestnik.errors import AnswerLost


def message(id: int, text: str, *, is_bot: bool = False, is_info: bool = False) -> object:
    written = {"id": id, "text": text, "isBot": is_bot, "isInfo": is_info}
    return {"kind": "IncomingMsg", "message": written}


@pytest.mark.parametrize(("answer_bots", "answered"), [(False, [5]), (True, [4, 5])])
async def test_it_answers_what_is_written_and_nothing_else(
    answer_bots: bool, answered: list[int]
) -> None:
    asked: list[object] = []

    async def tells(peer: Peer) -> None:
        await peer.greets()
        for type_, payload in (
            (1, {"upCount": 1}),
            (2000, {"kind": "MsgsChanged", "message": message(2, "edited")}),
            (2005, message(3, "joined", is_info=True)),
            (2005, message(4, "from a bot", is_bot=True)),
            (2005, message(5, "hello")),
        ):
            data = {"type": type_, "payload": payload, "affected": "", "user": "", "happened": 1}
            await peer.says(event="notify", data=data)
        for _ in answered:
            request = (await peer.hears())["data"]
            assert isinstance(request, dict)
            assert request["method"] == "answer"
            asked.append(request["params"])
            if len(asked) < len(answered):
                await peer.says(event="rpc", data={"id": request["id"], "result": None})
        # The last one is not answered, so that the program ends by itself.
        peer.drops()

    async def lets_nobody_in(peer: Peer) -> None:
        await peer.is_left()

    async with gateway(tells, lets_nobody_in) as served, client(served.url) as stream:
        with pytest.raises(AnswerLost):
            await echo(stream, answer_bots=answer_bots)
    texts = {4: "from a bot", 5: "hello"}
    assert asked == [{"messageId": id, "text": texts[id]} for id in answered]
