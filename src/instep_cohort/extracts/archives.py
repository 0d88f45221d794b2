"""What is in a .zip, and its members taken out: safely, and in no more room than the .zip has.

A member is packed as gzip packs, so it is taken out as a ``.gz`` by copying its bytes as they are
between another head and another end. Nothing is unpacked on the disk, and a bomb stays small.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import IO

from instep_cohort.errors import ExtractError

_CHUNK = 1 << 20
_ENCRYPTED = 0x1

#: What the standard library raises for an archive that is damaged or of an unknown kind.
ARCHIVE_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    struct.error,
)

#: Text of any kind packs less well than this; what is larger and packs better is no extract.
MOST_TIMES = 200
ALWAYS_ALLOWED = 1_000_000_000  # bytes

_PACKED_ALREADY = (".gz", ".parquet")

_LOCAL_HEAD = struct.Struct("<4s22xHH")  # up to the lengths of the name and of what is beside it
_LOCAL_MARK = b"PK\3\4"
_GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"  # deflated, no name, no time, unknown system
_GZIP_END = struct.Struct("<II")  # checksum, and the length of what is packed
_LENGTHS = 1 << 32


def members(archive: Path, name: str) -> Mapping[str, str]:
    """The files in an archive by their names as people see them, each with its own name.

    Args:
        archive: a .zip.
        name: what to call it.

    Raises:
        ExtractError: it is damaged, tries to write outside its folder, or has a name twice.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [i.filename for i in opened.infolist() if not i.filename.endswith("/")]
    except ARCHIVE_FAULTS:
        raise ExtractError(f"{name}: not a .zip that can be opened; copy it again") from None
    found: dict[str, str] = {}
    for member in names:
        parts = PurePosixPath(member.replace("\\", "/")).parts
        if not parts:
            raise ExtractError(f"{name}: a member has no name; do not use this archive")
        if ".." in parts or member.startswith(("/", "\\")) or ":" in parts[0]:
            raise ExtractError(
                f"{name}: a member's name points outside the archive; do not use this archive"
            )
        shown = printable(member)
        if shown in found:
            raise ExtractError(f"{name}: holds {shown} twice; make the archive again")
        found[shown] = member
    return found


def printable(name: str) -> str:
    """A file's name without anything that a terminal or a JSON file would stumble over."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


def open_member(archive: zipfile.ZipFile, member: str, name: str) -> IO[bytes]:
    """The bytes of a member, unpacked as they are read.

    Raises:
        ExtractError: it is encrypted, or packed in a way that is not known.
    """
    info = archive.getinfo(member)
    _refuse_encrypted(info, name)
    try:
        return archive.open(info)
    except NotImplementedError:
        raise ExtractError(
            f"{name}: packed in a way that cannot be read here (Windows does so with very large "
            "files); unpack the archive and name the folder"
        ) from None


def take_out(archive: Path, member: str, name: str, folder: Path, stem: str) -> Path:
    """The path of one member, taken out into a folder of ours.

    Args:
        archive: the .zip.
        member: the member's name in it.
        name: what to call it.
        folder: where to put it.
        stem: what its file is to be called, without a suffix.

    Raises:
        ExtractError: it is damaged or encrypted, would not fit on the disk, or is far larger than
            anything that can have been packed into so little.
    """
    try:
        with zipfile.ZipFile(archive) as opened, archive.open("rb") as raw:
            info = opened.getinfo(member)
            _refuse_encrypted(info, name)
            refuse_bomb(name, info.file_size, info.compress_size)
            suffix = PurePosixPath(name).suffix.lower()
            is_text = suffix not in _PACKED_ALREADY
            as_it_is = info.compress_type == zipfile.ZIP_DEFLATED and is_text
            size = info.compress_size if as_it_is else info.file_size
            _refuse_full_disk(name, size, folder)
            if as_it_is:
                target = folder / f"{stem}.gz"
                _copy_packed(info, raw, target)
                return target
            target = folder / f"{stem}{'.csv' if is_text else suffix}"
            with open_member(opened, member, name) as source, target.open("wb") as out:
                shutil.copyfileobj(source, out, _CHUNK)
            return target
    except ARCHIVE_FAULTS:
        raise ExtractError(f"{name}: damaged in its archive; copy it again") from None


def _copy_packed(info: zipfile.ZipInfo, raw: IO[bytes], target: Path) -> None:
    """Writes a member as a .gz; whoever reads that finds out whether it is damaged."""
    raw.seek(info.header_offset)
    mark, name_length, extra_length = _LOCAL_HEAD.unpack(raw.read(_LOCAL_HEAD.size))
    if mark != _LOCAL_MARK:
        raise zipfile.BadZipFile
    raw.seek(name_length + extra_length, 1)
    left = info.compress_size
    with target.open("wb") as out:
        out.write(_GZIP_HEAD)
        while left:
            chunk = raw.read(min(left, _CHUNK))
            if not chunk:
                raise EOFError
            out.write(chunk)
            left -= len(chunk)
        out.write(_GZIP_END.pack(info.CRC, info.file_size % _LENGTHS))


def refuse_bomb(name: str, size: int, packed: int) -> None:
    """Nothing, where so many bytes may have been packed into so few.

    Raises:
        ExtractError: they may not.
    """
    if size > ALWAYS_ALLOWED and size > MOST_TIMES * packed:
        raise ExtractError(
            f"{name}: unpacks to more than {MOST_TIMES} times its size, as no extract does; if it "
            "is what it should be, unpack it and name the folder"
        )


def _refuse_full_disk(name: str, size: int, folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if size > free:
        raise ExtractError(
            f"{name}: takes {size:,} bytes and {free:,} are free on the disk of the store"
        )


def _refuse_encrypted(info: zipfile.ZipInfo, name: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise ExtractError(f"{name}: encrypted; unpack it first and name the folder")
