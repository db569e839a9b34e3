"""
A child process that cannot hurt: so much memory, so much time, so large a file, and nothing of our secrets.

Some texts make the Markdown parser or the PDF maker run for ever or eat all memory; neither can be stopped from
inside. The child limits itself before it reads a word (`archreview.rendering.child`), and this side kills it when the
clock runs out. It gets an empty environment: no keys, no database.
"""

import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

logger = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parent.parent.parent
FONTS = ROOT / "static" / "fonts"
FONT_SETTINGS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


# How a child says that this machine lacks what it needs, which no other text will change.
LIBRARY_MISSING = 3


# Where a child writes how many pages it has laid out, and how many seconds lie between two looks at it.
PAGES = "pages"
BEAT = 1.0

Follow = Callable[[int], None]


class RenderingFailed(Exception):
    """The text could not be rendered within the limits. The message is a sentence for the person who asked."""


@dataclass(frozen=True, slots=True)
class Limits:
    """
    What one child may use: bytes of memory, seconds of processor, bytes of a file, seconds by the clock.

    `wait_seconds` is how long to wait for the turn.
    """

    memory: int
    cpu_seconds: int
    file_size: int
    wall_seconds: float
    wait_seconds: float


class Line:
    """One at a time in this process: the others wait, and give up after a while."""

    def __init__(self) -> None:
        self._turn = threading.BoundedSemaphore(1)

    def enter(self, seconds: float, *, follow: Follow | None = None) -> bool:
        """Whether the turn came within the seconds; then `leave` must follow."""
        until = time.monotonic() + seconds
        while not self._turn.acquire(timeout=min(BEAT, max(0.0, until - time.monotonic()))):
            if time.monotonic() >= until:
                return False
            if follow is not None:
                follow(0)
        return True

    def leave(self) -> None:
        self._turn.release()


def run(
    job: Mapping[str, object], *, limits: Limits, line: Line, busy: str, failed: str, follow: Follow | None = None
) -> bytes:
    """
    Let a child do the job and give its result.

    `follow` is called about once a second with the number of pages that are laid out; what it raises ends the child.
    Raises RenderingFailed with the sentence `busy` when the turn does not come, and with `failed` when the child is
    killed by a limit or gives up.
    """
    if not line.enter(limits.wait_seconds, follow=follow):
        raise RenderingFailed(busy)
    try:
        with tempfile.TemporaryDirectory(prefix="archreview-") as folder:
            return _run(job, limits=limits, folder=Path(folder), failed=failed, follow=follow)
    finally:
        line.leave()


def _run(
    job: Mapping[str, object], *, limits: Limits, folder: Path, failed: str, follow: Follow | None = None
) -> bytes:
    (folder / "job.json").write_text(json.dumps({**job, "limits": asdict(limits)}), encoding="utf-8")
    (folder / "fonts.conf").write_text(FONT_SETTINGS.format(fonts=FONTS, cache=folder / "fontcache"), encoding="utf-8")
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONPATH": str(ROOT),
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
    }
    # Output and errors go to files, which the limit on file sizes covers, so this side never holds more than a result.
    with (folder / "errors").open("wb") as errors:
        child = subprocess.Popen(  # noqa: S603 - our own program, named by this process
            [sys.executable, "-P", "-m", "archreview.rendering.child"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=errors,
            stderr=errors,
            start_new_session=True,
        )
        try:
            code = _wait(child, limits.wall_seconds, folder=folder, follow=follow)
        finally:
            _end(child)
    result = folder / "result"
    if code != 0 or not result.exists():
        reason = (folder / "errors").read_bytes()[-500:].decode(errors="replace").strip()
        logger.warning("a child that made %s ended with %s: %s", job["what"], code, reason or "killed by a limit")
        if code == LIBRARY_MISSING:
            raise RenderingFailed(
                "This server lacks a library that PDFs need (Pango). Take the Markdown, and tell its administrator."
            )
        raise RenderingFailed(failed)
    return result.read_bytes()


def _wait(child: subprocess.Popen[bytes], seconds: float, *, folder: Path, follow: Follow | None) -> int | None:
    """The code that the child ended with; None when the seconds are over."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        try:
            return child.wait(timeout=left if follow is None else min(BEAT, left))
        except subprocess.TimeoutExpired:
            if follow is not None:
                follow(_pages(folder))
    return None


def _pages(folder: Path) -> int:
    """How many pages the child says that it has laid out."""
    try:
        return int((folder / PAGES).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the child with whatever it has started, and wait until it is gone."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
