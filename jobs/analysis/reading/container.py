"""ZIP files from strangers, read without trust: bytes counted as they come out, nothing believed that a header says."""

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import NoReturn

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

from jobs.errors import TooLarge, Unreadable

MAX_UNPACKED_BYTES = 64 * 1024 * 1024
"""Of all members that are read together; the longest novels hold less than a tenth of it."""
INSPECTED_BYTES = 512 * 1024
"""Of the parts that say what a container holds, before any text is read."""
MAX_RATIO = 200
"""Unpacked to packed, judged from the first mebibyte on: prose packs to a third, monotonous markup to a fiftieth."""
MAX_MEMBERS = 5_000
_MAX_READ = 1024 * 1024
_CHUNK = 1024 * 1024
_LOCAL_HEADER = 30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others unpack without a limit on the output


class Container:
    """A ZIP file that holds a document of `format_name`, e.g. "a Word document", as the sentences say."""

    def __init__(self, archive: zipfile.ZipFile, format_name: str, max_bytes: int) -> None:
        self._archive = archive
        self._max_bytes = max_bytes
        self._format_name = format_name
        self._unpacked = 0

    def __contains__(self, member: str) -> bool:
        return member in self._archive.NameToInfo

    def names(self) -> list[str]:
        """Of all members, in the order of the list."""
        return list(self._archive.NameToInfo)

    def members(self) -> list[zipfile.ZipInfo]:
        """What the list says of each member."""
        return list(self._archive.NameToInfo.values())

    def packed(self, info: zipfile.ZipInfo) -> bytes:
        """The bytes of a member as they stand in the file, not unpacked."""
        file = self._archive.fp
        try:
            assert file is not None  # noqa: S101 - the archive is open
            file.seek(info.header_offset)
            head = file.read(_LOCAL_HEADER)
            file.seek(sum(struct.unpack("<2H", head[-4:])), 1)
            sizes = (min(_CHUNK, info.compress_size - at) for at in range(0, info.compress_size, _CHUNK))
            data = b"".join(file.read(size) for size in sizes)
        except (OSError, ValueError, struct.error) as error:
            raise Unreadable(damaged(self._format_name)) from error
        if len(data) < info.compress_size:
            raise Unreadable(damaged(self._format_name))
        return data

    def chunks(self, member: str) -> Iterator[bytes]:
        """The bytes of a member, at most a mebibyte at a time. Raises Unreadable or TooLarge."""
        info = self._info(member)
        unpacked = 0
        try:
            with self._archive.open(info) as source:
                while chunk := source.read(_CHUNK):
                    unpacked += len(chunk)
                    self._count(len(chunk), unpacked, info.compress_size)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
            raise Unreadable(damaged(self._format_name)) from error

    def read(self, member: str) -> bytes:
        """All bytes of a member."""
        return b"".join(self.chunks(member))

    def parse(self, member: str, target: object) -> None:
        """Feeds the XML of a member to the target of an ElementTree parser, piece by piece. No entity is expanded."""
        feed_xml(self.chunks(member), target, format_name=self._format_name)

    def _info(self, member: str) -> zipfile.ZipInfo:
        info = self._archive.NameToInfo.get(member)
        if info is None:
            raise Unreadable(damaged(self._format_name))
        if info.flag_bits & 0x1:
            raise Unreadable("This file is protected with a password. Remove the password and upload it again.")
        if info.compress_type not in _METHODS:
            raise Unreadable(damaged(self._format_name))
        return info

    def _count(self, chunk: int, unpacked: int, packed: int) -> None:
        self._unpacked += chunk
        if self._unpacked > self._max_bytes or (unpacked >= _CHUNK and unpacked > max(packed, 1) * MAX_RATIO):
            raise TooLarge(
                "This file unpacks to far more than any novel holds. Save the manuscript under a new name, "
                "without pictures, and upload the new file."
            )


@contextmanager
def open_container(path: Path, *, format_name: str, max_bytes: int = MAX_UNPACKED_BYTES) -> Iterator[Container]:
    """The ZIP file at `path`, of which no more than `max_bytes` are unpacked in all.

    Raises Unreadable when it is none or damaged, TooLarge when it has too many members.
    """
    with _ModestFile(path) as file:
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError, EOFError) as error:
            raise Unreadable(_why_no_zip(path, format_name)) from error
        with archive:
            if len(archive.filelist) > MAX_MEMBERS:
                raise TooLarge("This file holds too many parts to be a manuscript. Export it again and upload that.")
            yield Container(archive, format_name, max_bytes)


def feed_xml(chunks: Iterator[bytes], target: object, *, format_name: str) -> None:
    """Parses XML that comes in pieces. Entities and external references are refused, a plain DOCTYPE is not."""
    parser = DefusedXMLParser(target=target, forbid_dtd=False, forbid_entities=True, forbid_external=True)
    try:
        for chunk in _doubling(chunks):
            parser.feed(chunk)
        parser.close()
    except DefusedXmlException as error:
        raise Unreadable(
            "This file defines shortcuts of its own (XML entities), which is not safe to read. "
            "Export it again from your writing program and upload the new file."
        ) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable(damaged(format_name)) from error


def _doubling(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, each piece as long as all before it: the parser begins a tag that is cut off anew each time."""
    held: list[bytes] = []
    size = given = 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= given:
            yield b"".join(held)
            given += size
            held, size = [], 0
    yield b"".join(held)


def damaged(format_name: str) -> str:
    """The sentence for a container whose inside does not hold together."""
    return f"This file is damaged inside and cannot be read as {format_name}. Export it again and upload the new file."


class Target:
    """An ElementTree target that listens to nothing; subclasses say to what they do."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        pass

    def end(self, tag: str) -> None:
        pass

    def data(self, text: str) -> None:
        pass

    def close(self) -> None:
        pass


def local_name(tag: str) -> str:
    """The name of an element without its namespace, lower case."""
    return tag.rpartition("}")[2].lower()


class _ModestFile(FileIO):
    """A file of which nobody reads much at once: zipfile takes the whole list of members in one gulp."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_READ:
            _refuse_list()
        return super().read(size) or b""


def _refuse_list() -> NoReturn:
    raise TooLarge("This file holds too many parts to be a manuscript. Export it again and upload that.")


def _why_no_zip(path: Path, format_name: str) -> str:
    with path.open("rb") as file:
        begins_well = file.read(4) == b"PK\x03\x04"
    if begins_well:
        return f"This file ends too early to be {format_name}. Export it again and upload the new file."
    return f"This file is not {format_name}, although its name says so. Export it again and upload the new file."
