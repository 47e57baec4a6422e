"""Manuscripts without their pictures: what counts of a large file is its text."""

import posixpath
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path

from jobs.analysis.reading.container import Container, open_container
from jobs.analysis.reading.format import ZIP, Format
from jobs.analysis.words.words import word_set
from jobs.errors import TooLarge

_PASSED_OVER = word_set(
    """
    .png .jpg .jpeg .jfif .gif .bmp .tif .tiff .webp .avif .heic .emf .wmf .wdp .eps .psd .ttf .otf .woff .woff2
    .odttf .mp3 .m4a .mp4 .m4v .mov .wav .ogg .aac .bin
    """
)
"""Pictures, letters' shapes, sounds: no reader opens them."""
_LOCAL = "<4s5H3L2H"
_CENTRAL = "<4s6H3L5H2L"
_END = "<4s4H2LH"
_VERSION = 20
_UTF8 = 0x800
_LOCKED = 0x1


def may_be_slimmed(found: Format) -> bool:
    """Whether files of this format hold pictures beside their text, which can be taken out."""
    return found.begins == (ZIP,)


def without_pictures(path: Path, found: Format, limit: int) -> bytes:
    """The same ZIP file without its pictures, fonts and sounds. Nothing is unpacked.

    Raises Unreadable when it is none, TooLarge when more than `limit` bytes are left.
    """
    with open_container(path, format_name=found.name) as container:
        kept = [
            info for info in container.members() if posixpath.splitext(info.filename)[1].lower() not in _PASSED_OVER
        ]
        if sum(info.compress_size + 2 * len(info.filename) + 100 for info in kept) > limit:
            raise TooLarge(
                f"Without its pictures this file is still larger than {limit / 1_048_576:.3g} MB, the most that is "
                "taken here. Upload it in two parts."
            )
        return b"".join(_packed(container, kept))


def _packed(container: Container, kept: list[zipfile.ZipInfo]) -> Iterator[bytes]:
    offset = 0
    directory: list[bytes] = []
    for info in kept:
        name = info.filename.encode()
        data = container.packed(info)
        flags = _UTF8 | (info.flag_bits & _LOCKED)
        sizes = (info.CRC, len(data), info.file_size)
        local = struct.pack(_LOCAL, ZIP, _VERSION, flags, info.compress_type, 0, 0x21, *sizes, len(name), 0)
        directory.append(
            struct.pack(
                _CENTRAL, b"PK\x01\x02", _VERSION, _VERSION, flags, info.compress_type, 0, 0x21, *sizes,
                len(name), 0, 0, 0, 0, 0, offset,
            ) + name
        )  # fmt: skip
        offset += len(local) + len(name) + len(data)
        yield from (local, name, data)
    listed = b"".join(directory)
    yield listed
    yield struct.pack(_END, b"PK\x05\x06", 0, 0, len(kept), len(kept), len(listed), offset, 0)
