"""What the service bot says, in English and Russian."""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["TEXTS"]

_ENGLISH = {
    "channel.told.0": "Test of {bot}",
    "channel.told.1": "An up for {bot}",
    "channel.told.2": "A new review of {bot}",
    "channel.told.3": "A review of {bot} was changed",
    "channel.told.4": "A review of {bot} was removed",
    "channel.told.90": "A webhook of {bot} has failed for days and is switched off",
    "channel.by": "by {user}",
    "channel.ups": "{number} in all",
    "channel.more": "… and {number} more.",
    "channel.trimmed": "⚠ {number} older notifications are no longer kept and cannot be told.",
    "channel.restarted": (
        "⚠ The log of notifications has begun anew: what was in the old one and not told yet is "
        "left out. From now on you are told again."
    ),
    "channel.greeting": (
        "Here you are told what happens to the bots of {owner}: reviews, ups, and what the "
        "gateway itself has to say. The code that led here works no more; whoever is to read "
        "along, add to this group. Everybody in it may use the commands.\n\n"
        "/status shows how it stands, /types chooses what you are told, /mute 2h gives quiet, "
        "/test sends a test, /stop ends it, /help shows all commands, "
        "/settings language ru changes the language."
    ),
    "channel.hint": (
        "I am the service bot of a notification gateway. To be told here what happens to your "
        "bots, ask for an invitation: `vestnik owner invite`, or the operator of the gateway."
    ),
    "channel.end.stopped": "You are told nothing more here. A new invitation begins anew.",
    "channel.end.removed": "This chat was removed at the gateway: you are told nothing more here.",
    "channel.end.owner": "The owner was deleted at the gateway: you are told nothing more here.",
    "channel.status": (
        "Told here: what happens to the bots of {owner} ({bots} of them).\n"
        "Types: {types}\n"
        "Muted: {muted}\n"
        "Told up to notification {position} of {end}; {waiting} waiting."
    ),
    "channel.status.skipped": "Not told while muted: {number}.",
    "channel.status.paused": "Switched off at the gateway: {bots}.",
    "channel.muted.no": "no",
    "channel.muted.until": "until {when}",
    "channel.muted.forever": "until /unmute",
    "channel.mute.done": "Muted {until}. What comes meanwhile is counted, not told.",
    "channel.mute.how": "For how long? /mute 30m, /mute 2h, /mute 1d or /mute forever.",
    "channel.unmuted": "You are told again. Not told while it was muted: {number}.",
    "channel.unmute.not": "It is not muted.",
    "channel.type.0": "tests",
    "channel.type.1": "ups for a bot",
    "channel.type.2": "new reviews",
    "channel.type.3": "changed reviews",
    "channel.type.4": "removed reviews",
    "channel.type.90": "webhooks that were switched off",
    "channel.types": (
        "{list}\n\nOf the events of hosted bots {events} are on.\n"
        "Change it: /types +up_added -comment_added, /types +incoming_msg, "
        "/types default, /types all, /types none."
    ),
    "channel.types.unknown": "There is no type {word}: /types shows what there is.",
    "channel.test.text": "So a notification looks here. It came to this chat only.",
    "channel.command.status": "Shows what is told here, and how far.",
    "channel.command.types": "Shows and chooses which types are told.",
    "channel.command.mute": "Is silent for a time: 30m, 2h, 1d, forever.",
    "channel.command.unmute": "Ends the silence.",
    "channel.command.test": "Sends a test notification to this chat only.",
    "channel.command.stop": "Ends it: the bot leaves this chat.",
}

_RUSSIAN = {
    "channel.told.0": "Проверка: {bot}",
    "channel.told.1": "Голос за {bot}",
    "channel.told.2": "Новый отзыв: {bot}",
    "channel.told.3": "Отзыв изменён: {bot}",
    "channel.told.4": "Отзыв удалён: {bot}",
    "channel.told.90": "Вебхук не работает несколько дней и выключен: {bot}",
    "channel.by": "от {user}",
    "channel.ups": "всего {number}",
    "channel.more": "… и ещё {number}.",
    "channel.trimmed": "⚠ Уведомлений, которые уже не хранятся и потому пропущены: {number}.",
    "channel.restarted": (
        "⚠ Журнал уведомлений начат заново: то, что было в старом и ещё не рассказано, пропущено. "
        "Отсюда рассказываю дальше."
    ),
    "channel.greeting": (
        "Здесь рассказывается, что происходит с ботами владельца {owner}: отзывы, голоса и то, "
        "что сообщает сам сервер. Код, который привёл сюда, больше не действует; кто должен "
        "читать вместе с вами — добавьте в эту группу. Команды доступны всем в ней.\n\n"
        "/status — как обстоят дела, /types — о чём рассказывать, /mute 2h — помолчать, "
        "/test — проверка, /stop — закончить, /help — все команды, "
        "/settings language — язык."
    ),
    "channel.hint": (
        "Я служебный бот сервера уведомлений. Чтобы узнавать здесь о своих ботах, попросите "
        "приглашение: `vestnik owner invite` или у того, кто ведёт сервер."
    ),
    "channel.end.stopped": "Больше здесь ничего не рассказываю. Новое приглашение начнёт заново.",
    "channel.end.removed": "Этот чат удалён на сервере: больше здесь ничего не рассказываю.",
    "channel.end.owner": "Владелец удалён на сервере: больше здесь ничего не рассказываю.",
    "channel.status": (
        "Рассказываю здесь: что происходит с ботами владельца {owner} (их {bots}).\n"
        "Виды: {types}\n"
        "Молчание: {muted}\n"
        "Рассказано до уведомления {position} из {end}; ждёт {waiting}."
    ),
    "channel.status.skipped": "Пропущено за время молчания: {number}.",
    "channel.status.paused": "Выключено на сервере: {bots}.",
    "channel.muted.no": "нет",
    "channel.muted.until": "до {when}",
    "channel.muted.forever": "до /unmute",
    "channel.mute.done": "Молчу {until}. Что придёт за это время, посчитаю, но не расскажу.",
    "channel.mute.how": "На сколько? /mute 30m, /mute 2h, /mute 1d или /mute forever.",
    "channel.unmuted": "Рассказываю снова. Пропущено за время молчания: {number}.",
    "channel.unmute.not": "Молчание не включено.",
    "channel.type.0": "проверки",
    "channel.type.1": "голоса за бота",
    "channel.type.2": "новые отзывы",
    "channel.type.3": "изменённые отзывы",
    "channel.type.4": "удалённые отзывы",
    "channel.type.90": "выключенные вебхуки",
    "channel.types": (
        "{list}\n\nИз событий размещённых ботов включено {events}.\n"
        "Изменить: /types +up_added -comment_added, /types +incoming_msg, "
        "/types default, /types all, /types none."
    ),
    "channel.types.unknown": "Вида {word} нет: /types покажет, какие есть.",
    "channel.test.text": "Так здесь выглядит уведомление. Оно пришло только в этот чат.",
    "channel.command.status": "Показывает, что рассказывается здесь и до какого места.",
    "channel.command.types": "Показывает и выбирает, о чём рассказывать.",
    "channel.command.mute": "Молчит некоторое время: 30m, 2h, 1d, forever.",
    "channel.command.unmute": "Прекращает молчание.",
    "channel.command.test": "Шлёт проверочное уведомление только в этот чат.",
    "channel.command.stop": "Заканчивает: бот выходит из чата.",
}

TEXTS = MappingProxyType({"en": _ENGLISH, "ru": _RUSSIAN})
"""By language and key; both have the same keys."""
