"""How the demonstration looks, line by line."""

from __future__ import annotations

import pytest

from tests.app.demo.notes import note
from vestnik.app.demo import Reply
from vestnik.chatmail import Event
from vestnik.chatmail.events import ImapConnected, IncomingMsg, Info
from vestnik.cli._demo_views import PlainView
from vestnik.ids import AccountId, ChatId, MessageId

INCOMING = Event(
    account_id=AccountId(1), payload=IncomingMsg(chat_id=ChatId(10), msg_id=MessageId(15))
)


@pytest.fixture
def view() -> PlainView:
    return PlainView()


def test_what_came_where_stands_in_columns_with_the_time_since_the_send(
    view: PlainView, capsys: pytest.CaptureFixture[str]
) -> None:
    said = {"kind": "IncomingMsg", "bot": "echo", "message": {"text": "Hello, bot!"}}
    view.said("Hello, bot!")
    view.happened("bot", INCOMING, 0.046)
    view.told("websocket", note("incoming_msg", said), 0.052)
    view.told("webhook", note("incoming_msg", said), 0.061)
    view.heard(Reply("Hello, bot!", 0.146, encrypted=True))
    view.published("POST /api/v1/notifications up_added")
    view.told("websocket", note("up_added", {"upCount": 1}), 0.003)
    assert capsys.readouterr().out.splitlines() == [
        "user → Hello, bot!",
        "     bot core   IncomingMsg chatId=10 msgId=15                         46 ms",
        "     ws         2005 incoming_msg “Hello, bot!”                        52 ms",
        "     webhook    2005 incoming_msg “Hello, bot!”                        61 ms",
        "bot  ← Hello, bot!   🔒 146 ms",
        "http → POST /api/v1/notifications up_added",
        '     ws         1 up_added {"upCount":1}                                3 ms',
    ]


def test_before_the_first_message_there_is_no_time(
    view: PlainView, capsys: pytest.CaptureFixture[str]
) -> None:
    view.told("webhook", note("securejoin_inviter_progress", {"kind": "…", "bot": "echo"}), None)
    assert capsys.readouterr().out == "     webhook    2060 securejoin_inviter_progress\n"


def test_a_long_message_keeps_to_its_line(
    view: PlainView, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "word " * 100
    view.told("websocket", note("incoming_msg", {"message": {"text": text}}), 0.05)
    line = capsys.readouterr().out
    assert line.count("\n") == 1
    assert len(line) < 90


def test_noise_is_left_out(view: PlainView, capsys: pytest.CaptureFixture[str]) -> None:
    view.happened("bot", Event(account_id=AccountId(1), payload=Info(msg="…")), 0.1)
    assert capsys.readouterr().out == ""
    view.happened("bot", Event(account_id=AccountId(1), payload=ImapConnected(msg="hi")), 0.1)
    assert "ImapConnected" in capsys.readouterr().out
