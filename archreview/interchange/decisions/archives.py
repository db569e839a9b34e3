"""
Zip archives from a stranger, and zip archives of ours.

A name in an archive is never a name on our disk: contents are read into memory, in pieces that are counted. Whatever
an honest tool does not write (names that lead out of the folder, links, passwords, members that overlap) refuses the
whole archive.
"""

from __future__ import annotations

import io
import stat
import zipfile
import zlib
from collections.abc import Mapping

from archreview.interchange.decisions.log import LOG_LIMITS, LogLimits, is_markdown
from archreview.interchange.decisions.reading import MOST_BYTES
from archreview.interchange.problems import Problems, first_control, shown

MOST_ARCHIVE = 8_000_000
PIECE = 64 * 1024
# No text that people write shrinks so far, and what does is made to fill a disk.
MOST_RATIO = 200
RATIO_FROM = 100_000
ENCRYPTED = 0x1
HOW_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# The earliest time that an archive can hold: the same for every member, so that the same files give the same bytes.
NO_TIME = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def read_archive(
    data: bytes, *, file: str, problems: Problems, limits: LogLimits = LOG_LIMITS
) -> list[tuple[str, bytes]]:
    """
    The members of a zip archive by their paths: Markdown with its contents, all else empty, to be passed over.

    Empty, with every reason in `problems`, where the archive is not sound. Never raises for what it holds.
    """
    before = len(problems)
    if len(data) > MOST_ARCHIVE:
        problems.add(file, 1, "", f"the archive is too large: {len(data):,} bytes, at most {MOST_ARCHIVE:,} are read")
        return []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if len(members) > limits.most_files:
                problems.add(
                    file, 1, "", f"the archive holds {len(members):,} files, at most {limits.most_files:,} are read"
                )
                return []
            _check(members, file=file, problems=problems)
            read = [] if len(problems) > before else _contents(archive, members, file, problems, limits)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, zlib.error) as error:
        problems.add(file, 1, "", f"not readable as a zip archive: {shown(str(error), most=120, quote='')}")
        return []
    return [] if len(problems) > before else read


def is_archive(data: bytes) -> bool:
    """Whether the bytes begin as a zip archive does; an empty one has nothing but its end."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def write_archive(files: Mapping[str, bytes], *, pack: bool = False) -> bytes:
    """
    A zip archive of the files. Sorted, without times, not packed: the same files give the same bytes everywhere.

    With `pack` it takes less room, and whether other machines give the same bytes is open.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path, NO_TIME)
            member.create_system = UNIX
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            # What is long and the same all through would be refused as a trick when it is read.
            how = zipfile.ZIP_DEFLATED if pack and len(files[path]) <= RATIO_FROM else zipfile.ZIP_STORED
            archive.writestr(member, files[path], compress_type=how)
    return packed.getvalue()


def _check(members: list[zipfile.ZipInfo], *, file: str, problems: Problems) -> None:
    """Tell what is wrong with the list of the members, before any of them is read."""
    seen: set[str] = set()
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        name = member.orig_filename
        reason = _what_is_wrong(member)
        if not reason and name in seen:
            reason = "is there twice"
        if not reason and member.header_offset < end:
            reason = "overlaps the one before it"
        if reason:
            problems.add(file, 1, "", f"{shown(name)} {reason}")
        if problems.full:
            return
        seen.add(name)
        end = member.header_offset + member.compress_size


def _what_is_wrong(member: zipfile.ZipInfo) -> str:
    name = member.orig_filename.replace("\\", "/")
    if not name or "\0" in name or first_control(name, also="Cf Zl Zp"):
        return "has a name with characters that no file name has"
    if name.startswith("/") or name[1:2] == ":" or ".." in name.split("/"):
        return "has a name that leads out of the folder"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link to another file; put the file itself into the archive"
    if member.flag_bits & ENCRYPTED:
        return "is encrypted; make the archive without a password"
    if member.compress_type not in HOW_PACKED:
        return "is packed in a way that is not read; use the usual way (deflate)"
    return ""


def _contents(
    archive: zipfile.ZipFile,
    members: list[zipfile.ZipInfo],
    file: str,
    problems: Problems,
    limits: LogLimits,
) -> list[tuple[str, bytes]]:
    read: list[tuple[str, bytes]] = []
    total = 0
    for member in members:
        name = member.filename.replace("\\", "/")
        if member.is_dir() or _of_the_system(name):
            continue
        if not is_markdown(name):
            read.append((name, b""))
            continue
        content = bytearray()
        with archive.open(member) as opened:
            # One piece more than is read tells that there is more.
            while len(content) <= MOST_BYTES and (piece := opened.read(PIECE)):
                content += piece
                total += len(piece)
                if total > limits.most_bytes:
                    problems.add(
                        file,
                        1,
                        "",
                        f"unpacked it holds more than {limits.most_bytes:,} bytes of text; import it in parts",
                    )
                    return []
        if len(content) > RATIO_FROM and len(content) > MOST_RATIO * max(member.compress_size, 1):
            problems.add(file, 1, "", f"{shown(name)} is packed more than {MOST_RATIO} times over, as no text is")
            return []
        read.append((name, bytes(content)))
    return read


def _of_the_system(name: str) -> bool:
    """What macOS and file managers leave in archives."""
    return name.startswith("__MACOSX/") or name.rpartition("/")[2] in (".DS_Store", "Thumbs.db")
