"""
The formats that can be read, one line each; a new format is a reader and a line here.

A reader takes files of its format as (name, content) pairs and gives one architecture, or None with the reasons in
`problems`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Protocol

from archreview.engine.model import Architecture
from archreview.interchange import native
from archreview.interchange.documents import Limits, Problems


class Read(Protocol):
    """How a reader is called."""

    def __call__(
        self, sources: Sequence[tuple[str, str | bytes]], *, problems: Problems, limits: Limits
    ) -> Architecture | None: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A format by its name; `patterns` tell its files in a folder."""

    name: str
    title: str
    patterns: tuple[str, ...]
    read: Read


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format(
            native.FORMAT,
            "architecture.yaml",
            tuple(
                f"{stem}.{ending}" for stem in ("architecture", "*.architecture") for ending in ("yaml", "yml", "json")
            ),
            native.read_architecture,
        ),
    )
}


def files_in(folder: Path) -> Iterator[Path]:
    """Give the files of a folder and those below it that a reader would take, by their paths; hidden ones are not."""
    patterns = [pattern for form in FORMATS.values() for pattern in form.patterns]
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if any(fnmatch(name.lower(), pattern) for pattern in patterns):
                yield Path(here) / name
