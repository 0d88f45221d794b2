"""Text in Windows-1252 as UTF-8, in which every reader takes it alike."""

from __future__ import annotations

import codecs
from typing import IO

_CHUNK = 1 << 20

#: The bytes that have no meaning in it.
UNDEFINED = (0x81, 0x8D, 0x8F, 0x90, 0x9D)

# Five bytes have no meaning in it. As browsers do, they are read as the control characters of
# their numbers: the WHATWG encoding standard, index windows-1252.
_TABLE = "".join(
    chr(byte) if byte in UNDEFINED else bytes([byte]).decode("cp1252") for byte in range(256)
)

#: A regular expression for text with a byte in it that has no meaning in Windows-1252.
WITHOUT_MEANING = f"[{''.join(map(chr, UNDEFINED))}]"


def cp1252_text(raw: bytes) -> str:
    """The text of bytes in Windows-1252; none of them fails."""
    return codecs.charmap_decode(raw, "strict", _TABLE)[0]


def transcode(source: IO[bytes], target: IO[bytes]) -> None:
    """Writes text in Windows-1252 as UTF-8, line for line."""
    while chunk := source.read(_CHUNK):
        target.write(chunk if chunk.isascii() else cp1252_text(chunk).encode())
