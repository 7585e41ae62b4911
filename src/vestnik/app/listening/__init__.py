"""What `vestnik listen` does with notifications: print, run a command, pass on, remember."""

from vestnik.app.listening.following import Sink, follow, hand_on
from vestnik.app.listening.place import PlaceFile
from vestnik.app.listening.sinks import Command, Forward
from vestnik.app.listening.telling import as_json, plain

__all__ = ["Command", "Forward", "PlaceFile", "Sink", "as_json", "follow", "hand_on", "plain"]
