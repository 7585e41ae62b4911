"""A bot's test on the real core: an encrypted message, an encrypted answer, no network."""

import asyncio

from vestnik.app.echo import run_echo_bot
from vestnik.chatmail.events import IncomingMsg
from vestnik.chatmail.types import MessageData


async def test_the_bot_echoes(new_account, introduce):
    bot = await new_account(bot=True, name="Echo")
    user = await new_account(name="Alice")
    _, chat = await introduce(bot, user)
    running = asyncio.create_task(run_echo_bot(bot.core, bot.id))
    async with user.core.events(user.id) as events:
        await user.core.send_msg(user.id, chat, MessageData(text="Hello!"))
        async for event in events:
            if isinstance(event.payload, IncomingMsg):
                message = await user.core.get_message(user.id, event.payload.msg_id)
                break
    running.cancel()
    assert message.text == "Hello!"
    assert message.show_padlock
