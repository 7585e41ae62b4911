"""``python -m vestnik`` is ``vestnik``."""

from vestnik.cli import main

main()
