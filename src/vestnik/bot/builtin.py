"""What every bot can do by itself."""

from __future__ import annotations

from vestnik.bot.contexts import Message
from vestnik.bot.routing import Router
from vestnik.bot.settings import answer_settings

__all__ = ["settings_router"]


def settings_router() -> Router:
    """Make the router of `/settings`, for bots that declare any."""
    router = Router("settings")

    @router.command("settings", description="settings.about")
    async def settings(message: Message, wish: str = "") -> None:
        services = message.services
        assert services.settings is not None
        assert services.languages is not None
        answer = await answer_settings(
            wish,
            services.settings,
            services.languages.of_chats,
            message.account_id,
            message.chat_id,
            is_admin=await message.is_from_admin(),
        )
        services.languages.forget(message.account_id, message.chat_id)
        await message.reply(answer)

    return router
