"""The marks that drawings share: boxes by kind, lines by family, arrowheads, beads and chips."""

from archreview.drawing.lettering import shorten
from archreview.drawing.notation import (
    BEAD,
    CHIP,
    LABEL_SIZE,
    NAME_LINE,
    NAME_SIZE,
    NOTE_SIZE,
    chip_of,
    name_lines,
    note_of,
)
from archreview.drawing.scene import Bead, Box, Line, Stretch
from archreview.drawing.svg import Pen, number, points
from archreview.drawing.values import Channel, Colour, Emphasis, Family, Kind, Node

_CHANGES = (Emphasis.ADDED, Emphasis.REMOVED, Emphasis.CHANGED)


def node_shape(pen: Pen, node: Node, box: Box, *, colour: Colour = Colour.NONE, bare: bool = False) -> str:
    """A service: double border for an entry point, dashes if external, a lid for a datastore; `bare`, without words."""
    chip = chip_of(node, colour)
    outline = _outline(node.emphasis, chip)
    dashes = "d-outside" if node.kind is Kind.EXTERNAL else ""
    drawn = ""
    if node.kind is Kind.FOLDED:
        behind = Box(box.left + 4, box.top + 4, box.width, box.height)
        drawn = _body(pen, node.kind, behind, ("d-folded", *_calm(node.emphasis)))
    drawn += _body(pen, node.kind, box, ("d-box", *outline, dashes))
    if node.entry_point:
        inner = Box(box.left + 3, box.top + 3, box.width - 6, box.height - 6)
        drawn += _body(
            pen, node.kind, inner, ("d-inner", *(look for look in outline if not look.endswith("-box"))), 3.0
        )
    return drawn if bare else drawn + _words(pen, node, box, chip)


def _outline(emphasis: Emphasis, chip: str) -> tuple[str, ...]:
    tinted = (f"d-line-{chip.lower()}",) if chip else ()
    if emphasis in _CHANGES:
        return (f"d-{emphasis.value}-box",)
    return tinted + _calm(emphasis) if emphasis is not Emphasis.STRONG else ("d-strong",)


def _calm(emphasis: Emphasis) -> tuple[str, ...]:
    return ("d-quiet",) if emphasis is Emphasis.QUIET else ()


def _body(pen: Pen, kind: Kind, box: Box, looks: tuple[str, ...], inset: float = 0.0) -> str:
    if kind is Kind.DATASTORE:
        lid = 4.0
        left, right, top, bottom = (number(edge) for edge in (box.left, box.right, box.top + lid, box.bottom - lid))
        arc = f"{number(box.width / 2)} {number(lid)} 0 0"
        sides = f"M{left} {top}A{arc} 1 {right} {top}V{bottom}A{arc} 1 {left} {bottom}Z"
        return pen.draw("path", *looks, d=f"{sides}M{left} {top}A{arc} 0 {right} {top}")
    corner = {Kind.WORKER: 0.0, Kind.GATEWAY: 12.0}.get(kind, 6.0)
    return pen.draw(
        "rect", *looks, x=box.left, y=box.top, width=box.width, height=box.height, rx=max(0.0, corner - inset)
    )


def _words(pen: Pen, node: Node, box: Box, chip: str) -> str:
    note = note_of(node)
    x = box.left + 12
    room = box.width - 24 - (CHIP + 6 if chip else 0)
    middle = box.middle[1] + (3.0 if node.kind is Kind.DATASTORE else 0.0)
    quiet = "d-quiet-word" if node.emphasis is Emphasis.QUIET else ""
    struck = "d-struck" if node.emphasis is Emphasis.REMOVED else ""
    lines = name_lines(node)
    baseline = middle - NAME_LINE * (len(lines) + bool(note)) / 2 + 12.0
    drawn = ""
    for line in lines:
        name = shorten(line, width=room, size=NAME_SIZE, bold=True)
        drawn += pen.write(name, "d-name", quiet, struck, x=x, y=baseline)
        baseline += NAME_LINE
    if note:
        drawn += pen.write(shorten(note, width=room, size=NOTE_SIZE), "d-note", x=x, y=baseline)
    if chip:
        drawn += chip_shape(pen, chip, x=box.right - 11 - CHIP / 2, y=box.middle[1])
    return drawn


def chip_shape(pen: Pen, text: str, *, x: float, y: float) -> str:
    """A grade or a tier: its letter or number on its colour."""
    return pen.draw(
        "rect", f"d-chip-{text.lower()}", x=x - CHIP / 2, y=y - CHIP / 2, width=CHIP, height=CHIP, rx=4.0
    ) + pen.write(text, "d-small", "d-middle", "d-white-word", x=x, y=y + 3.7)


def channel_shape(pen: Pen, channel: Channel, box: Box) -> str:
    """A channel: a small box with its name and, quieter, its technology."""
    looks = ["d-channel"]
    if channel.emphasis in _CHANGES:
        looks.append(f"d-{channel.emphasis.value}-box")
    elif channel.emphasis is Emphasis.STRONG:
        looks.append("d-strong")
    elif channel.emphasis is Emphasis.QUIET:
        looks.append("d-quiet")
    x, y = box.middle
    room = box.width - 14
    drawn = pen.draw("rect", *looks, x=box.left, y=box.top, width=box.width, height=box.height, rx=3.0)
    baseline = y + (-1.5 if channel.technology else 4.0)
    name = shorten(channel.name, width=room, size=LABEL_SIZE, bold=True)
    drawn += pen.write(name, "d-channel-name", "d-middle", x=x, y=baseline)
    if channel.technology:
        words = shorten(channel.technology, width=room, size=10.0)
        drawn += pen.write(words, "d-channel-note", "d-middle", x=x, y=baseline + 13)
    return drawn


def line_shape(pen: Pen, line: Line, *, colour: Colour = Colour.NONE) -> str:
    """A line by its family, with its head, its beads and its label."""
    looks = ["d-line"]
    if line.family is Family.ASYNCHRONOUS:
        looks.append("d-async")
    elif line.family is Family.IN_PROCESS:
        looks.append("d-inside")
    elif line.family is Family.UNKNOWN:
        looks.append("d-unknown")
    grades = [bead.text for bead in line.beads if bead.look == "grade"]
    mood = ""
    if line.over and line.emphasis in (Emphasis.NORMAL, Emphasis.STRONG):
        mood = "over"
    elif line.emphasis is not Emphasis.NORMAL:
        mood = line.emphasis.value
    if mood:
        looks.append(f"d-{mood}")
    elif grades and colour is Colour.GRADE:
        looks.append(f"d-line-{grades[0].lower()}")
    tip = f"d-{mood}-tip" if mood else "d-tip-unknown" if line.family is Family.UNKNOWN else ""
    if not mood and grades and colour is Colour.GRADE:
        tip = f"d-chip-{grades[0].lower()}"
    long, wide = (12.0, 5.5) if mood in ("over", "strong", "added", "changed", "removed") else (9.0, 4.2)
    x, y = line.end
    back = -1.0 if line.rightward else 1.0
    drawn = pen.draw("path", *looks, d=path_of(line.stretches, stop_short=long - 1.5))
    if line.family is Family.HAND_OFF:
        at = number(x + back * (long + 3.5))
        drawn += pen.draw("path", "d-bar", f"d-{mood}" if mood else "", d=f"M{at} {number(y - 5.5)}V{number(y + 5.5)}")
    corners = ((x, y), (x + back * long, y - wide), (x + back * long, y + wide))
    drawn += pen.draw("polygon", "d-tip", tip, points=points(corners))
    drawn += "".join(bead_shape(pen, bead, mood=mood) for bead in line.beads)
    if line.label and line.label_box is not None:
        struck = "d-struck" if mood == "removed" else ""
        look = "d-over-word" if mood == "over" else ""
        drawn += pen.write(line.label, "d-label", look, struck, x=line.label_box.left, y=line.label_box.bottom - 1.5)
    return drawn


def path_of(stretches: tuple[Stretch, ...], *, stop_short: float = 0.0) -> str:
    """The path through level stretches with curves between them, ending so much before its end."""
    first, last = stretches[0], stretches[-1]
    end = last.end - stop_short if last.end >= first.start else last.end + stop_short
    path = f"M{number(first.start)} {number(first.y)}"
    for one, other in zip(stretches, stretches[1:], strict=False):
        path += f"H{number(one.end)}" if abs(one.end - one.start) > 0.05 else ""
        # A head longer than the last level stretch takes its room from the curve.
        to = end if other is last and abs(last.end - last.start) < stop_short else other.start
        if abs(one.y - other.y) < 0.05:
            path += f"H{number(to)}"
        else:
            bend = number((one.end + to) / 2)
            path += f"C{bend} {number(one.y)} {bend} {number(other.y)} {number(to)} {number(other.y)}"
    if abs(last.end - last.start) >= stop_short:
        path += f"H{number(end)}"
    return path


def bead_shape(pen: Pen, bead: Bead, *, mood: str = "") -> str:
    """What is written on a line: in a circle, filled where the limit is passed, or a grade on its chip."""
    if bead.look == "grade":
        return chip_shape(pen, bead.text, x=bead.x, y=bead.y)
    looks = {
        "number": ("d-bead",),
        "over": ("d-bead", "d-over-bead"),
        "unknown": ("d-bead-unknown",),
        "sign": ("d-bead", f"d-{mood}" if mood else ""),
    }[bead.look]
    words = {
        "number": ("d-small", "d-middle"),
        "over": ("d-small", "d-middle", "d-white-word"),
        "unknown": ("d-small", "d-middle"),
        "sign": ("d-small", "d-middle", f"d-{mood}-tip" if mood else ""),
    }[bead.look]
    circle = pen.draw("circle", *looks, cx=bead.x, cy=bead.y, r=BEAD / 2 - 0.6)
    return circle + pen.write(bead.text, *words, x=bead.x, y=bead.y + 3.7)
