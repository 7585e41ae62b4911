"""Invitations as pictures."""

import struct

from vestnik.bot.objects import QrCode

LINK = "https://i.delta.chat/#" + "0123456789ABCDEF" * 20


def test_a_code_is_drawn_for_a_page() -> None:
    svg = QrCode(LINK).svg()
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")


def test_a_code_is_drawn_for_a_file_as_large_as_wanted() -> None:
    def width(image: bytes) -> int:
        assert image.startswith(b"\x89PNG")
        (found,) = struct.unpack(">I", image[16:20])
        return int(found)

    assert width(QrCode(LINK).png(scale=8)) == 2 * width(QrCode(LINK).png(scale=4))


def test_a_code_is_drawn_for_a_terminal() -> None:
    lines = QrCode(LINK).terminal().splitlines()
    assert len({len(line) for line in lines}) <= 2
    assert any("█" in line or "▄" in line or "▀" in line for line in lines)
