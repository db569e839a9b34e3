"""Decision logs in a folder of one's own disk: reading what is there, and writing so that nothing is half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from archreview.interchange.decisions.log import LogLimits, is_markdown
from archreview.interchange.decisions.reading import MOST_BYTES
from archreview.interchange.problems import Problems

# A folder of one's own is not a stranger's upload, and nobody waits before a page.
FOLDER_LIMITS = LogLimits(most_files=100_000, most_records=5_000, most_bytes=100_000_000)
PASSED_BY = frozenset({"node_modules", "__pycache__", "venv"})


def read_folder(path: Path, *, problems: Problems) -> list[tuple[str, bytes]]:
    """
    The files below a folder by their paths from there, or the one file: Markdown with its contents, all else empty.

    Hidden folders are passed by, links are not followed. What cannot be opened is told in `problems`.
    """
    if not path.is_dir():
        return [(path.name, _content(path, path.name, problems))]
    sources: list[tuple[str, bytes]] = []
    for file in _files(path):
        name = file.relative_to(path).as_posix()
        sources.append((name, _content(file, name, problems) if is_markdown(name) else b""))
        if len(sources) > FOLDER_LIMITS.most_files:
            problems.add(name, 1, "", f"the folder holds more than {FOLDER_LIMITS.most_files:,} files")
            return []
    return sources


def write_folder(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """
    Write the files below the folder; gives the paths of those that were missing or different.

    Each is written beside its place and then put there, so that whoever reads meanwhile finds the old or the new one,
    and what is the same is not touched. Raises OSError.
    """
    written = []
    for path in sorted(files):
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if write_file(place, files[path]):
            written.append(path)
    return written


def write_file(place: Path, content: bytes) -> bool:
    """Put the content there, whole or not at all; false where it is there already. Raises OSError."""
    if place.is_file() and place.read_bytes() == content:
        return False
    handle, part = tempfile.mkstemp(prefix=".part-", dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        # The temporary file is for its owner alone; a written one is like any other.
        Path(part).chmod(0o644)
        Path(part).replace(place)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
    return True


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in PASSED_BY)
        for name in sorted(files):
            file = Path(here) / name
            if not file.is_symlink():
                yield file


def _content(file: Path, name: str, problems: Problems) -> bytes:
    try:
        with file.open("rb") as opened:
            # One byte more than is read of a record tells that it is too large.
            return opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        problems.add(name, 1, "", f"cannot be read: {reason}")
        return b""
