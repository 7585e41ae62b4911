"""An invitation as a picture: for a web page, for a file, for a terminal."""

from __future__ import annotations

import io
from dataclasses import dataclass

import segno

__all__ = ["QrCode"]


@dataclass(frozen=True)
class QrCode:
    """A QR code.

    Attributes:
        text: What it says: a link.
    """

    text: str

    def svg(self, *, scale: float = 4) -> str:
        """Draw it as an SVG image, to be put into a page."""
        return self._code().svg_inline(scale=scale)

    def png(self, *, scale: int = 8) -> bytes:
        """Draw it as a PNG image, `scale` pixels a module."""
        file = io.BytesIO()
        self._code().save(file, kind="png", scale=scale)
        return file.getvalue()

    def terminal(self) -> str:
        """Draw it in half blocks, to be printed."""
        text = io.StringIO()
        self._code().terminal(out=text, compact=True)
        return text.getvalue()

    def _code(self) -> segno.QRCode:
        return segno.make(self.text, error="l", micro=False)
