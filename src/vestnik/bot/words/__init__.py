"""What a bot says of its own accord, in the language of the chat: English, Russian, and yours."""

from vestnik.bot.words.dictionary import Dictionary
from vestnik.bot.words.words import Words

__all__ = ["Dictionary", "Words"]
