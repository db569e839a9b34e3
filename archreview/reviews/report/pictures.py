"""The drawings of a report: by an address of its own in a PDF, whole within the page in HTML."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from typing import NamedTuple

SIZE = re.compile(r'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"')


class Picture(NamedTuple):
    """Where a drawing is, and its own size in pixels; `look` is a class that says how it fits a page."""

    address: str
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The room that a page has for a picture, in pixels."""

    width: float
    height: float


UPRIGHT = Frame(635, 830)
LYING = Frame(980, 560)


class Pictures:
    """Collects drawings. With `inline`, an address is the drawing itself; equal drawings are kept once."""

    def __init__(self, *, inline: bool = False) -> None:
        self.inline = inline
        self.svgs: dict[str, str] = {}
        self._known: dict[str, str] = {}

    def add(self, svg: str, *, wide: bool = False) -> Picture:
        """
        Give the picture of a drawing.

        With `wide` a drawing that would shrink to less than three quarters on an upright page gets a lying one.
        """
        found = SIZE.search(svg)
        width, height = (float(found[1]), float(found[2])) if found else (UPRIGHT.width, UPRIGHT.height)
        upright = min(1.0, UPRIGHT.width / width, UPRIGHT.height / height)
        lying = min(1.0, LYING.width / width, LYING.height / height)
        look = "lying" if wide and upright < 0.75 and lying > upright else "upright"
        return Picture(self._address(svg), width, height, look)

    def _address(self, svg: str) -> str:
        if self.inline:
            return f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode('ascii')}"
        address = self._known.setdefault(svg, f"picture:{len(self._known)}")
        self.svgs[address] = svg
        return address
