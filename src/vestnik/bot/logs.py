"""What a bot says on stderr while it serves.

What people wrote is in no line above debug: contexts tell the log who and where, not what.
"""

from vestnik.terminal import log_to_stderr

__all__ = ["log_to_stderr"]
