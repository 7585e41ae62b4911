"""Events out: what happens to a hosted bot becomes notifications.

- `told`, `message`, `events`: from what the core says to a notification; pure.
- `sizes`: keeps payloads small enough for everybody's client; pure.
- `help`: what ``/help`` is answered with; pure.
- `loading`: asks the core for the message that an event is about.
- `telling`: puts notifications in at the gateway.
- `ports`, `forwarding`: the work that an intake does for hosted bots.
"""

from vestnik.bridge.forwarding.forwarding import Forwarding
from vestnik.bridge.forwarding.ports import LinksToFiles, Post

__all__ = ["Forwarding", "LinksToFiles", "Post"]
