"""The legend: every line and box the drawings use, with its word."""

from archreview.drawing.lettering import width_of
from archreview.drawing.notation import BEAD
from archreview.drawing.palette import FONT
from archreview.drawing.scene import Bead, Box, Line, Stretch
from archreview.drawing.shapes import channel_shape, chip_shape, line_shape, node_shape
from archreview.drawing.svg import Pen
from archreview.drawing.values import Channel, Colour, Edge, Emphasis, Family, Kind, Node

_ROW = 32.0
_SAMPLE = 88.0
_GAP = 14.0

_GRADES = (("A", "90 and over"), ("B", "75 and over"), ("C", "60 and over"), ("D", "40 and over"), ("F", "under 40"))
_TIERS = (("1", "most critical"), ("2", ""), ("3", ""), ("4", "least critical"))


def draw_legend(*, colour: Colour = Colour.NONE, columns: int = 1, standalone: bool = False, font: str = FONT) -> str:
    """Give the legend of the map as SVG text, its rows in so many columns."""
    pen = Pen(standalone, font)
    rows = [(_line_sample(pen, family, bead, look), words) for family, bead, look, words in _LINES]
    rows.insert(4, (_channel_sample(pen), "asynchronous, over a channel"))
    rows += [(node_shape(pen, node, Box(0, 3, _SAMPLE - 16, 26), bare=True), words) for node, words in _BOXES]
    if colour is Colour.GRADE:
        rows += [(chip_shape(pen, grade, x=12, y=16), f"grade {grade}: {words}") for grade, words in _GRADES]
    elif colour is Colour.TIER:
        rows += [
            (chip_shape(pen, tier, x=12, y=16), f"tier {tier}" + (f", {words}" if words else ""))
            for tier, words in _TIERS
        ]
    high = -(-len(rows) // columns)
    wide = _SAMPLE + max(width_of(words, size=12.0) for _, words in rows) + _GAP
    drawn = []
    for nth, (sample, words) in enumerate(rows):
        x, y = nth // high * wide + 2, nth % high * _ROW
        text = pen.write(words, "d-text", x=_SAMPLE, y=20.0)
        drawn.append(pen.draw("g", inside=sample + text, transform=f"translate({x:g} {y:g})"))
    return pen.picture(
        "".join(drawn),
        width=wide * columns,
        height=high * _ROW,
        title="Legend",
        description="; ".join(words for _, words in rows) + ".",
        links=False,
    )


_LINES: tuple[tuple[Family, str, str, str], ...] = (
    (Family.SYNCHRONOUS, "", "", "synchronous: the caller waits"),
    (Family.SYNCHRONOUS, "1", "number", "its place among the calls"),
    (Family.SYNCHRONOUS, "3", "over", "over the limit"),
    (Family.SYNCHRONOUS, "!", "over", "over the limit in some request"),
    (Family.HAND_OFF, "", "", "hand-off: answered later"),
    (Family.IN_PROCESS, "", "", "in one process"),
    (Family.UNKNOWN, "?", "unknown", "nobody has said how"),
)

_BOXES = (
    (Node(id="a", name=""), "service"),
    (Node(id="b", name="", entry_point=True), "entry point"),
    (Node(id="c", name="", kind=Kind.EXTERNAL), "external: a third party"),
    (Node(id="d", name="", kind=Kind.DATASTORE), "datastore"),
    (Node(id="e", name="", kind=Kind.WORKER), "worker"),
    (Node(id="f", name="", kind=Kind.GATEWAY), "gateway"),
    (Node(id="g", name="", kind=Kind.FOLDED), "a folded group of services"),
)


def _line_sample(pen: Pen, family: Family, bead: str, look: str) -> str:
    edge = Edge(id="sample", source="a", target="b", family=family, over=look == "over")
    beads = (Bead(bead, look, 2 + BEAD / 2 + 10, 16.0),) if bead else ()
    stretches = (Stretch(0.0, _SAMPLE - 16, 16.0),)
    return line_shape(pen, Line((edge,), "call", Emphasis.NORMAL, stretches, beads=beads))


def _channel_sample(pen: Pen) -> str:
    edge = Edge(id="sample", source="a", target="b", family=Family.ASYNCHRONOUS)
    box = Box(19.0, 6.0, 34.0, 20.0)
    before = Line((edge,), "publish", Emphasis.NORMAL, (Stretch(0.0, box.left, 16.0),))
    after = Line((edge,), "consume", Emphasis.NORMAL, (Stretch(box.right, _SAMPLE - 16, 16.0),))
    channel = channel_shape(pen, Channel(id="c", name="ch"), box)
    return line_shape(pen, before) + line_shape(pen, after) + channel
