"""The channel on a fake core: how chats begin, are told, and end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bridge.channel.stage import ANNA, Stage, up
from vestnik.bridge.channel import ChannelOptions
from vestnik.bridge.channel.model import ChatState
from vestnik.chatmail import AccountCode
from vestnik.errors import BadRequest, NotFound
from vestnik.gateway import Scope
from vestnik.ids import OwnerId


async def test_who_scans_the_code_is_greeted_and_told_what_happens_from_then_on(
    stage: Stage,
) -> None:
    await stage.publish(up(1, stage.clock))
    async with stage.running():
        chat = await stage.joined()
        await stage.publish(up(2, stage.clock))
        said = await stage.until_said(chat.id, 2)
    assert "Anna" in said[0]
    assert said[1] == "An up for Weather · by 77 · 2 in all"


async def test_a_code_works_once(stage: Stage) -> None:
    async with stage.running() as channel:
        invitation = await channel.invite(ANNA)
        chat = stage.chat(invitation)
        stage.person().scan_invite(chat)
        await stage.until_said(chat.id, 1)
        assert stage.withdrawn == [invitation.link]
        second = stage.person("eve@fake.example")
        second.scan_invite(chat)
        await stage.fake.until_called("remove_contact_from_chat")
        assert second.id not in chat.members
        assert stage.person().id in chat.members


async def test_those_whom_a_member_adds_stay_and_may_use_commands(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        friend = stage.person("friend@fake.example")
        chat.add_member(friend, by=stage.person())
        chat.receive("/status", sender=friend)
        assert "Told here" in (await stage.until_said(chat.id, 2))[-1]
        assert friend.id in chat.members


async def test_who_came_while_nobody_listened_is_found_at_the_start(
    stage: Stage, tmp_path: Path
) -> None:
    memory = tmp_path / "channel.sqlite"
    async with stage.running(memory) as channel:
        invitation = await channel.invite(ANNA)
    chat = stage.chat(invitation)
    chat.members.append(stage.person().id)
    async with stage.running(memory):
        await stage.until_said(chat.id, 1)
        assert stage.withdrawn == [invitation.link]


async def test_what_waits_is_joined_into_one_message(stage: Stage, tmp_path: Path) -> None:
    memory = tmp_path / "channel.sqlite"
    async with stage.running(memory):
        chat = await stage.joined()
    await stage.publish(*(up(number, stage.clock) for number in range(30)))
    async with stage.running(memory):
        said = await stage.until_said(chat.id, 2)
        await stage.publish(up(99, stage.clock))
        await stage.until_said(chat.id, 3)
    assert said[1].count("An up for Weather") == 18
    assert said[1].endswith("… and 12 more.")


async def test_events_of_the_core_are_told_only_when_asked_for(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        await stage.publish(up(1, stage.clock, type=2005), up(2, stage.clock))
        assert (await stage.until_said(chat.id, 2))[-1].startswith("An up")
        await stage.says(chat, "/types +incoming_msg -up_added")
        await stage.publish(up(3, stage.clock), up(4, stage.clock, type=2005))
        assert (await stage.until_said(chat.id, 4))[-1].startswith("incoming_msg · Weather")


async def test_a_muted_chat_is_told_nothing_but_how_much_it_was(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        assert "2026-01-01 02:00 UTC" in await stage.says(chat, "/mute 2h")
        await stage.publish(up(1, stage.clock), up(2, stage.clock))
        assert "Not told while muted: 2" in await stage.says(chat, "/status")
        await stage.pass_by(2 * 3600)
        assert (await stage.until_said(chat.id, 4))[-1].endswith("muted: 2.")
        await stage.publish(up(3, stage.clock))
        assert "3 in all" in (await stage.until_said(chat.id, 5))[-1]


async def test_unmute_ends_the_silence_at_once(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        assert "/unmute" in await stage.says(chat, "/mute forever")
        assert (await stage.says(chat, "/unmute")).endswith("muted: 0.")
        assert await stage.says(chat, "/unmute") == "It is not muted."
        assert "/mute 2h" in await stage.says(chat, "/mute soon")


async def test_a_test_comes_to_the_chat_that_asked_for_it_only(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        other = await stage.joined()
        assert (await stage.says(chat, "/test")).startswith("Test of Weather")
        assert len(stage.texts(other.id)) == 1
        assert (await stage.gateway.log.position(ANNA)).offset == 0


async def test_stop_says_goodbye_leaves_and_forgets(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        assert "nothing more" in await stage.says(chat, "/stop")
        await stage.fake.until_called("leave_group")
        await stage.until_no_chats()
        await stage.publish(up(1, stage.clock))
        other = await stage.joined()
        await stage.publish(up(2, stage.clock))
        await stage.until_said(other.id, 2)
    assert len(stage.texts(chat.id)) == 2


async def test_the_chats_of_a_deleted_owner_end_with_a_sentence(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        await stage.gateway.administration.owners.delete(ANNA)
        assert "deleted" in (await stage.until_said(chat.id, 2))[-1]
        await stage.fake.until_called("leave_group")


async def test_an_owner_deleted_while_nobody_listened_is_noticed_at_the_start(
    stage: Stage, tmp_path: Path
) -> None:
    memory = tmp_path / "channel.sqlite"
    async with stage.running(memory):
        chat = await stage.joined()
    await stage.gateway.administration.owners.delete(ANNA)
    async with stage.running(memory):
        assert "deleted" in (await stage.until_said(chat.id, 2))[-1]


async def test_an_invitation_that_nobody_uses_expires(stage: Stage) -> None:
    async with stage.running() as channel:
        invitation = await channel.invite(ANNA)
        assert [chat.state for chat in await channel.chats(ANNA)] == [ChatState.WAITING]
        await stage.pass_by(24 * 3600)
        await stage.fake.until_called("delete_chat")
        assert stage.withdrawn == [invitation.link]
        await stage.until_no_chats()


async def test_a_chat_that_is_removed_at_the_gateway_ends(stage: Stage) -> None:
    async with stage.running() as channel:
        chat = await stage.joined()
        with pytest.raises(NotFound):
            await channel.remove(OwnerId("boris"), chat.id)
        await channel.remove(ANNA, chat.id)
        assert "removed at the gateway" in (await stage.until_said(chat.id, 2))[-1]
        with pytest.raises(NotFound):
            await channel.remove(ANNA, chat.id)


async def test_an_owner_has_a_bounded_number_of_chats(stage: Stage) -> None:
    async with stage.running(options=ChannelOptions(per_minute=None, most_chats=2)) as channel:
        for _ in range(2):
            await channel.invite(ANNA)
        with pytest.raises(BadRequest, match="at most 2"):
            await channel.invite(ANNA)
        await channel.invite(OwnerId("boris"))
        with pytest.raises(NotFound):
            await channel.invite(OwnerId("nobody"))


async def test_strangers_are_told_once_a_day_how_one_gets_an_invitation(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        stranger = stage.person("stranger@fake.example").chat
        stranger.receive("hello")
        assert "invitation" in (await stage.until_said(stranger.id, 1))[0]
        stranger.receive("/status")
        await stage.says(chat, "/status")
        await stage.pass_by(24 * 3600)
        stranger.receive("again")
        assert len(await stage.until_said(stranger.id, 2)) == 2


async def test_a_chat_speaks_the_language_that_it_has_chosen(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        await stage.says(chat, "/settings language ru")
        await stage.publish(up(5, stage.clock))
        assert (await stage.until_said(chat.id, 3))[-1] == "Голос за Weather · от 77 · всего 5"
        assert "Показывает" in await stage.says(chat, "/help")


async def test_a_chat_in_which_nobody_is_left_is_forgotten(stage: Stage) -> None:
    async with stage.running():
        chat = await stage.joined()
        chat.remove_member(stage.person(), by=stage.person())
        await stage.until_no_chats()


async def test_a_resource_whose_notifications_are_off_tells_nothing(stage: Stage) -> None:
    rules = stage.gateway.administration
    issued = await rules.tokens.create(None, {Scope.PUBLISH})
    async with stage.running():
        chat = await stage.joined()
        await rules.resources.change(up(1, stage.clock).resource, notify=False)
        await stage.gateway.publishing.publish([up(1, stage.clock)], issued.token)
        assert "Weather" in await stage.says(chat, "/status")
        assert len(stage.texts(chat.id)) == 2


async def test_a_service_bot_that_is_made_while_the_channel_runs_serves_at_once(
    stage: Stage,
) -> None:
    del stage.account.config["ui.vestnik.service"]
    async with stage.running() as channel:
        with pytest.raises(NotFound, match="service-bot init"):
            await channel.invite(ANNA)
        made = await channel.set_up(AccountCode("dcaccount:fake.example"), "Post")
        assert made.name == "Post"
        assert (await channel.show()).account == made.account
        stage.account = next(one for one in stage.fake.accounts if one.id == made.account)
        await stage.joined()
        await channel.tear_down()
        with pytest.raises(NotFound):
            await channel.show()
