"""Mail reading (IMAP4rev1, RFC 3501, and what the chatmail core uses beyond it).

``framing``, ``cursor``, ``grammar`` turn bytes into ``commands``; ``session`` and its handlers turn
commands into ``effects``; ``server`` is the only file here that knows of sockets and time.
"""

from vestnik.relay.imap.server import ImapServer

__all__ = ["ImapServer"]
