"""What `vestnik receive` does: see whether webhooks can arrive, and take them."""

from vestnik.app.receiving.examining import Facts, Finding, examine
from vestnik.app.receiving.serving import Door, handing_on, serve

__all__ = ["Door", "Facts", "Finding", "examine", "handing_on", "serve"]
