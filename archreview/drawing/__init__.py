"""
Pictures of an architecture, as SVG text.

Fill in a value, ask for its picture and for its table:

    Map        draw_map, draw_neighbourhood, draw_before_and_after     map_table
    TreePath   draw_tree_path                                          tree_path_table
    Waterfall  draw_waterfall                                          waterfall_table

Every picture is well-formed XML and the same text for the same value. In a page it is styled by
`static/css/drawing.css`, light and dark; with `standalone=True` it carries its own light colours and no links, for
files and PDFs, lettered in `font`. `draw_legend` explains the lines and boxes. `archreview.drawing.reviewed` fills
the values in from an architecture and its review.
"""

from archreview.drawing.legend import draw_legend
from archreview.drawing.map import FOLD_ABOVE, draw_map, map_table, starts_folded
from archreview.drawing.neighbourhood import around, draw_before_and_after, draw_neighbourhood
from archreview.drawing.timing import Waterfall, WaterfallRow
from archreview.drawing.tree_path import TreePath, TreeQuestion, draw_tree_path, tree_path_table
from archreview.drawing.trend import Trend, draw_trend, trend_table
from archreview.drawing.values import Call, Channel, Colour, Data, Edge, Emphasis, Family, Group, Kind, Map, Node, Table
from archreview.drawing.waterfall import draw_waterfall, waterfall_table

__all__ = [
    "FOLD_ABOVE",
    "Call",
    "Channel",
    "Colour",
    "Data",
    "Edge",
    "Emphasis",
    "Family",
    "Group",
    "Kind",
    "Map",
    "Node",
    "Table",
    "Trend",
    "TreePath",
    "TreeQuestion",
    "Waterfall",
    "WaterfallRow",
    "around",
    "draw_before_and_after",
    "draw_legend",
    "draw_map",
    "draw_neighbourhood",
    "draw_trend",
    "draw_tree_path",
    "draw_waterfall",
    "map_table",
    "starts_folded",
    "tree_path_table",
    "trend_table",
    "waterfall_table",
]
