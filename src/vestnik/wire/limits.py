"""The numbers of the protocol: what the seed sets, and what it leaves open."""

__all__ = [
    "ATTEMPTS",
    "ATTEMPT_WINDOW",
    "AUTH_SECONDS",
    "AUTH_TRIES",
    "CLIENT_PING_SECONDS",
    "CLOSE_MEANING",
    "MAX_MESSAGE",
    "MOST_HEADERS",
    "PATHS",
    "WEBHOOK_SECONDS",
]

PATHS = ("/websocket/", "/websocket")
"""Where the WebSocket is; published clients use both."""

ATTEMPTS, ATTEMPT_WINDOW = 15, 10.0
"""So many attempts to connect are allowed in so many seconds (the seed)."""

AUTH_SECONDS, AUTH_TRIES = 10.0, 3
"""How long, and how often, a connection may try to say who it is."""

MAX_MESSAGE = 64 * 1024
"""Bytes of the longest message that a client may send."""

CLIENT_PING_SECONDS = 45.0
"""How often a client says ``ping``; the public service wants it at least every 90 seconds."""

MOST_HEADERS = 10
"""How many headers of its own a webhook may have."""

WEBHOOK_SECONDS = 5.0
"""How long a receiver may take to answer."""

CLOSE_MEANING = {
    1000: "the client has said goodbye",
    1002: "the client has broken the rules of WebSocket",
    1006: "the connection was lost without a word; also what a revoked token looks like",
    1007: "the client has sent text that is no UTF-8",
    1008: "the client did not say in time who it is",
    1009: "the client has sent too long a message",
    1012: "the server restarts",
}
"""How a connection to Vestnik can end, as the client sees it. 1006 is never on the wire."""
