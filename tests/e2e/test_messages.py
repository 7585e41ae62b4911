"""Real cores talk over our relay, with everything that Delta Chat can do to a message."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.witness import witnessing
from vestnik.chatmail import Core
from vestnik.chatmail.events import IncomingReaction, MsgDeleted, MsgsChanged
from vestnik.chatmail.types import DownloadState, MessageData, Viewtype
from vestnik.relay import Relay, RelayConfig
from vestnik.testing.live import add_live_account, introduce
from vestnik.testing.plugin import CoreFactory, Introduce, NewAccount

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
async def other_core(core_factory: CoreFactory) -> Core:
    return await core_factory()


async def test_300_messages_each_way_arrive_once_encrypted_and_without_a_warning(
    new_account: NewAccount, other_core: Core
) -> None:
    bot = await new_account(bot=True, name="Bot")
    user = await new_account(name="User", core=other_core)
    bots_chat, users_chat = await introduce(bot, user)
    async with witnessing(bot, user) as (bot_sees, user_sees):
        for n in range(300):
            await user_sees.send(users_chat, f"question {n}")
            await bot_sees.send(bots_chat, f"answer {n}")
        await bot_sees.until(lambda: len(bot_sees.messages) >= 300)
        await user_sees.until(lambda: len(user_sees.messages) >= 300)
        # Another round trip, so that a second copy of an earlier message would have come.
        await user_sees.send(users_chat, "the end")
        await bot_sees.until_text("the end")
        await bot_sees.send(bots_chat, "the end")
        await user_sees.until_text("the end")
    questions = [f"question {n}" for n in range(300)]
    answers = [f"answer {n}" for n in range(300)]
    assert Counter(bot_sees.texts) == Counter([*questions, "the end"])
    assert Counter(user_sees.texts) == Counter([*answers, "the end"])
    assert all(m.show_padlock for m in (*bot_sees.messages, *user_sees.messages))
    assert bot_sees.warnings == user_sees.warnings == []


async def test_a_group_of_five_hears_everybody(new_account: NewAccount) -> None:
    people = [await new_account(name=f"Member {n}") for n in range(5)]
    first, *others = people
    group = await first.core.create_group_chat(first.id, "Five", False)
    for other in others:
        chat, _ = await introduce(first, other)
        (contact,) = await first.core.get_chat_contacts(first.id, chat)
        await first.core.add_contact_to_chat(first.id, group, contact)
    async with witnessing(*people) as witnesses:
        await witnesses[0].send(group, "from 0")
        for n, witness in enumerate(witnesses[1:], start=1):
            await witness.until_text("from 0")
            await witness.send(witness.messages[-1].chat_id, f"from {n}")
        for n, witness in enumerate(witnesses):
            for m in set(range(5)) - {n}:
                await witness.until_text(f"from {m}")
    for n, witness in enumerate(witnesses):
        assert Counter(witness.texts) == Counter(f"from {m}" for m in range(5) if m != n)
        assert witness.warnings == []


async def test_an_attachment_of_20_megabytes_arrives_whole(
    new_account: NewAccount, other_core: Core, tmp_path: Path
) -> None:
    bot = await new_account(bot=True)
    user = await new_account(core=other_core)
    _, users_chat = await introduce(bot, user)
    content = bytes(range(256)) * 80_000
    (tmp_path / "large.bin").write_bytes(content)
    async with witnessing(bot) as (bot_sees,):
        data = MessageData(file=str(tmp_path / "large.bin"), text="large", viewtype=Viewtype.FILE)
        await user.core.send_msg(user.id, users_chat, data)
        await bot_sees.until(lambda: bot_sees.messages)
    (message,) = bot_sees.messages
    assert (message.text, message.download_state) == ("large", DownloadState.DONE)
    assert message.file is not None
    assert Path(message.file).read_bytes() == content
    assert bot_sees.warnings == []


async def test_a_reaction_an_edit_and_a_deletion_for_all_reach_the_other_side(
    new_account: NewAccount, introduce: Introduce
) -> None:
    bot, user = await new_account(bot=True), await new_account()
    _, users_chat = await introduce(bot, user)
    async with witnessing(bot, user) as (bot_sees, user_sees):
        sent = await user_sees.send(users_chat, "first version")
        await bot_sees.until(lambda: bot_sees.messages)
        received = bot_sees.messages[0].id

        await bot.core.send_reaction(bot.id, received, ["👍"])
        await user_sees.until_event(IncomingReaction)
        reactions = await user.core.get_message_reactions(user.id, sent)
        assert reactions is not None
        assert [reaction.emoji for reaction in reactions.reactions] == ["👍"]

        await user.core.send_edit_request(user.id, sent, "second version")
        await bot_sees.until_event(MsgsChanged)
        async with asyncio.timeout(30):
            while (await bot.core.get_message(bot.id, received)).text != "second version":
                bot_sees.events.clear()
                await bot_sees.until_event(MsgsChanged)

        await user.core.delete_messages_for_all(user.id, [sent])
        await bot_sees.until_event(MsgDeleted)
        assert received not in await bot.core.get_existing_msg_ids(bot.id, [received])
    assert bot_sees.warnings == user_sees.warnings == []


async def test_a_restart_of_the_relay_in_the_middle_loses_and_doubles_nothing(
    core: Core, other_core: Core, tmp_path: Path
) -> None:
    config = RelayConfig(directory=tmp_path / "mail")
    async with AsyncExitStack() as first_life:
        relay = await first_life.enter_async_context(Relay(config))
        bot = await add_live_account(core, relay, bot=True)
        user = await add_live_account(other_core, relay)
        bots_chat, users_chat = await introduce(bot, user)
        async with witnessing(bot, user) as (bot_sees, user_sees):
            for n in range(50):
                await user_sees.send(users_chat, f"before {n}")
            await bot_sees.until(lambda: len(bot_sees.messages) > 10)
            same_ports = RelayConfig(
                directory=config.directory, smtp_port=relay.smtp_port, imap_port=relay.imap_port
            )
            await first_life.aclose()
            for n in range(50):
                await user_sees.send(users_chat, f"meanwhile {n}")
            async with Relay(same_ports):
                # The cores come back by themselves; this only spares the test their backoff.
                for account in (bot, user):
                    await account.core.maybe_network()
                await user_sees.send(users_chat, "after")
                await bot_sees.until(lambda: len(bot_sees.messages) >= 101)
                await bot_sees.send(bots_chat, "thanks")
                await user_sees.until_text("thanks")
    expected = [f"{when} {n}" for when in ("before", "meanwhile") for n in range(50)]
    assert Counter(bot_sees.texts) == Counter([*expected, "after"])


async def test_over_tls_that_the_relay_signed_itself_everything_works_as_well(
    core: Core, other_core: Core, tmp_path: Path
) -> None:
    async with Relay(RelayConfig(tls=True, directory=tmp_path / "mail")) as relay:
        bot = await add_live_account(core, relay, bot=True)
        user = await add_live_account(other_core, relay)
        bots_chat, users_chat = await introduce(bot, user)
        async with witnessing(bot, user) as (bot_sees, user_sees):
            await user_sees.send(users_chat, "question")
            await bot_sees.until_text("question")
            await bot_sees.send(bots_chat, "answer")
            await user_sees.until_text("answer")
    assert bot_sees.warnings == user_sees.warnings == []
