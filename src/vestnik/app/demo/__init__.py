"""The demonstration: a relay, a bot and a user, all real, all in one temporary directory."""

from vestnik.app.demo.conversation import Conversation, Reply
from vestnik.app.demo.play import Audience, play
from vestnik.app.demo.report import Report, RoundTrips
from vestnik.app.demo.stage import Actor, Stage

__all__ = ["Actor", "Audience", "Conversation", "Reply", "Report", "RoundTrips", "Stage", "play"]
