"""The map: services as boxes, communication as lines, grouped by system or team."""

from collections.abc import Set

from archreview.drawing.values import Colour, Map, Table

FOLD_ABOVE = 80
"""With more services than this a map starts folded: one box per group."""


def draw_map(
    picture: Map,
    *,
    colour: Colour = Colour.NONE,
    unfolded: Set[str] | None = None,
    standalone: bool = False,
) -> str:
    """
    Give the map as SVG text.

    `unfolded` names the groups that are drawn open; all others are one box each. None leaves it to the size: all
    open up to FOLD_ABOVE services, all folded above. `standalone` fills in light colours for files and PDFs, and
    leaves links out.
    """
    raise NotImplementedError


def starts_folded(picture: Map) -> bool:
    """Whether the map is too large to start with every service drawn, and has groups to fold it by."""
    raise NotImplementedError


def map_table(picture: Map) -> Table:
    """The same edges as rows: from, to, name, how, over what, place among the calls, grade."""
    raise NotImplementedError
