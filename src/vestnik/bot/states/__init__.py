"""What a bot remembers of a conversation: the state it is in, and the data that goes with it.

::

    class Details(msgspec.Struct, frozen=True):
        name: str


    class Form(States):
        name = State()
        age = State(Details)


    await message.state.set(Form.age, Details(name=message.text))
"""

from vestnik.bot.states.conversation import ConversationState, Entered
from vestnik.bot.states.memory import MemoryStates
from vestnik.bot.states.sqlite import SqliteStates
from vestnik.bot.states.state import State, States
from vestnik.bot.states.store import Conversation, StateStore, Stored

__all__ = [
    "Conversation",
    "ConversationState",
    "Entered",
    "MemoryStates",
    "SqliteStates",
    "State",
    "StateStore",
    "States",
    "Stored",
]
