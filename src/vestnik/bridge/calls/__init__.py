"""Orders in: JSON-RPC 2.0 of the programs behind bots, each bound to the account of its bot.

- `envelope`: requests, batches and answers as bytes.
- `table`: which methods of the core a bot's program may call, and why not the others.
- `binding`, `arguments`, `conforming`: from what was given to what the core gets.
- `for_bots`, `for_operator`: an order is understood; `lanes`: it waits for its turn.
- `sending`: what goes through the outbox; `convenient`, `convenience`: calls of our own.
- `hiding`: answers without the paths of the server.
- `openrpc`: the description of it all, from which bindings can be made.
"""

from vestnik.bridge.calls.calls import Calls, refuse_all
from vestnik.bridge.calls.convenience import Records
from vestnik.bridge.calls.openrpc import document_for

__all__ = ["Calls", "Records", "document_for", "refuse_all"]
