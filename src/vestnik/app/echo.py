"""The smallest bot: answers every message with its own text, on the bare core."""

from __future__ import annotations

from vestnik.chatmail import Core
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import MessageData
from vestnik.ids import AccountId

__all__ = ["run_echo_bot"]


async def run_echo_bot(core: Core, account_id: AccountId, *, answer_bots: bool = False) -> None:
    """Echo what arrives for the account, until cancelled.

    Args:
        core: Where the account is.
        account_id: The account that answers.
        answer_bots: Echo to other bots, too; two echo bots would then never stop.
    """
    async with core.events(account_id) as events:
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                await _echo(core, account_id, event.payload, answer_bots=answer_bots)


async def _echo(
    core: Core, account_id: AccountId, incoming: IncomingMsg, *, answer_bots: bool
) -> None:
    message = await core.get_message(account_id, incoming.msg_id)
    if message.is_info or (message.is_bot and not answer_bots):
        return
    answer = MessageData(text=message.text, quoted_message_id=message.id)
    await core.send_msg(account_id, message.chat_id, answer)
    await core.markseen_msgs(account_id, [message.id])
