"""The legend: every line and box the drawings use, with its word."""

from archreview.drawing.values import Colour


def draw_legend(*, colour: Colour = Colour.NONE, standalone: bool = False) -> str:
    """Give the legend of the map as SVG text."""
    raise NotImplementedError
