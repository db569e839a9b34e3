"""What is written on boxes and lines, and how large."""

from collections.abc import Sequence

from archreview.drawing.lettering import in_halves, width_of
from archreview.drawing.svg import clean
from archreview.drawing.values import Colour, Edge, Emphasis, Family, Kind, Node

NAME_SIZE = 13.0
NOTE_SIZE = 11.0
NAME_LINE = 16.0
LABEL_SIZE = 11.0
BEAD = 17.0
CHIP = 16.0
_LONG_NAME = 110.0
_MOST_CALLS = 4

_SIGNS = {Emphasis.ADDED: "+", Emphasis.REMOVED: "−", Emphasis.CHANGED: "±"}


def beads_of(edges: Sequence[Edge], colour: Colour) -> tuple[tuple[str, str], ...]:
    """What is written on the line itself: its numbers, a question mark, the sign of a change, its grade."""
    first = edges[0]
    beads = [(str(call.number), "over" if call.over else "number") for call in first.calls]
    if len(beads) > _MOST_CALLS:
        beads[_MOST_CALLS - 2 : -1] = [("…", "number")]
    if first.over and not first.calls:
        beads.append(("!", "over"))
    if first.family is Family.UNKNOWN:
        beads.append(("?", "unknown"))
    sign = _SIGNS.get(together(edges))
    if sign:
        beads.append((sign, "sign"))
    grades = [edge.grade for edge in edges if edge.grade]
    if colour is Colour.GRADE and grades:
        beads.append((max(grades), "grade"))
    return tuple(beads)


def together(edges: Sequence[Edge]) -> Emphasis:
    """The emphasis of a line that several edges share."""
    found = {edge.emphasis for edge in edges}
    if len(found) == 1:
        return found.pop()
    if Emphasis.STRONG in found:
        return Emphasis.STRONG
    return Emphasis.CHANGED if found - {Emphasis.NORMAL, Emphasis.QUIET} else Emphasis.NORMAL


def note_of(node: Node) -> str:
    """The quiet second line of a box."""
    kind = "" if node.kind in (Kind.SERVICE, Kind.FOLDED) else node.kind.value
    change = node.emphasis.value if node.emphasis in _SIGNS else ""
    return " · ".join(word for word in (change, kind, node.note) if word)


def name_lines(node: Node) -> tuple[str, ...]:
    """A service's name, on two lines where one would make all boxes wide."""
    name = clean(node.name)
    if width_of(name, size=NAME_SIZE, bold=True) <= _LONG_NAME:
        return (name,)
    return in_halves(name, size=NAME_SIZE, bold=True)


def chip_of(node: Node, colour: Colour) -> str:
    """The letter or number in a box's corner."""
    if colour is Colour.TIER and node.tier is not None:
        return str(node.tier)
    return (node.grade or "") if colour is Colour.GRADE else ""
