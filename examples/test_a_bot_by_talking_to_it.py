"""A bot's test as a conversation; `pytest --real-core` has it on the real core."""

from bots.echo import bot


async def test_the_bot_echoes(bot_tester):
    tester = await bot_tester(bot)
    alice = tester.contact("alice@example.org")
    (reply,) = await alice.says("Hello!")
    assert reply.text == "Hello!"
    assert reply.quoted_text == "Hello!"
