"""Mail submission (RFC 6409), served by aiosmtpd."""

from vestnik.relay.smtp.server import SmtpServer

__all__ = ["SmtpServer"]
