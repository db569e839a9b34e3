"""
The looks of every mark, by class name.

In a page `static/css/drawing.css` says the same with custom properties, light and dark; a test keeps the two alike.
A drawing that stands alone takes its looks from here, in the light colours. Where an element has several classes the
one that stands later in LOOKS wins, as it does in the style sheet.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'DejaVu Sans', sans-serif"

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "page": "#ffffff",
        "surface": "#f6f7f9",
        "raised": "#ffffff",
        "rule": "#e2e5ea",
        "frame": "#c3c9d2",
        "border": "#66717f",
        "stroke": "#3f4a58",
        "ink": "#15181c",
        "quiet": "#566070",
        "faint": "#87909d",
        "accent": "#2b59c3",
        "waiting": "#c8d7f5",
        "waiting-over": "#ecc5d0",
        "accent-tint": "#edf2fc",
        "over": "#9b1239",
        "over-tint": "#f9eef1",
        "added": "#1f6b3a",
        "added-tint": "#ecf5ef",
        "removed": "#9b1239",
        "removed-tint": "#f9eef1",
        "changed": "#7d5700",
        "changed-tint": "#f8f3e6",
        "grade-a": "#1f6b3a",
        "grade-b": "#5f6000",
        "grade-c": "#7d5700",
        "grade-d": "#b43c06",
        "grade-f": "#9b1239",
        "tier-1": "#1f4499",
        "tier-2": "#2b59c3",
        "tier-3": "#4f6f9f",
        "tier-4": "#66717f",
    }
)

LOOKS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Boxes
        "d-frame": {"fill": "surface", "stroke": "frame", "stroke-width": "1"},
        "d-box": {"fill": "raised", "stroke": "border", "stroke-width": "1.25"},
        "d-inner": {"fill": "none", "stroke": "border", "stroke-width": "1"},
        "d-outside": {"stroke-dasharray": "5 3"},
        "d-channel": {"fill": "accent-tint", "stroke": "accent", "stroke-width": "1"},
        "d-folded": {"fill": "surface", "stroke": "border", "stroke-width": "1.25"},
        # Lines
        "d-line": {"fill": "none", "stroke": "stroke", "stroke-width": "1.4"},
        "d-async": {"stroke-dasharray": "6 4"},
        "d-inside": {"stroke-width": "1.2", "stroke-dasharray": "1.2 3.2", "stroke-linecap": "round"},
        "d-unknown": {"stroke": "faint"},
        "d-tip": {"fill": "stroke", "stroke": "none"},
        "d-tip-unknown": {"fill": "faint", "stroke": "none"},
        "d-bar": {"fill": "none", "stroke": "stroke", "stroke-width": "1.8"},
        "d-bead": {"fill": "page", "stroke": "stroke", "stroke-width": "1.2"},
        "d-bead-unknown": {"fill": "page", "stroke": "faint", "stroke-width": "1.2"},
        "d-hit": {"fill": "none", "stroke": "none", "stroke-width": "12", "pointer-events": "stroke"},
        # Words
        "d-name": {"fill": "ink", "stroke": "none", "font-size": "13", "font-weight": "600"},
        "d-note": {"fill": "quiet", "stroke": "none", "font-size": "11"},
        "d-note-strong": {"fill": "ink", "stroke": "none", "font-size": "11", "font-weight": "600"},
        "d-label": {"fill": "quiet", "stroke": "none", "font-size": "11"},
        "d-text": {"fill": "ink", "stroke": "none", "font-size": "12"},
        "d-heading": {"fill": "ink", "stroke": "none", "font-size": "12", "font-weight": "600"},
        "d-figure": {"fill": "ink", "stroke": "none", "font-size": "12", "font-variant-numeric": "tabular-nums"},
        "d-channel-name": {"fill": "ink", "stroke": "none", "font-size": "11", "font-weight": "600"},
        "d-channel-note": {"fill": "quiet", "stroke": "none", "font-size": "10"},
        "d-group": {"fill": "quiet", "stroke": "none", "font-size": "12", "font-weight": "600"},
        "d-small": {"fill": "ink", "stroke": "none", "font-size": "10", "font-weight": "600"},
        "d-middle": {"text-anchor": "middle"},
        "d-end": {"text-anchor": "end"},
        "d-struck": {"text-decoration": "line-through"},
        # Grade and tier: the letter or number stands in the chip
        "d-chip-a": {"fill": "grade-a", "stroke": "none"},
        "d-chip-b": {"fill": "grade-b", "stroke": "none"},
        "d-chip-c": {"fill": "grade-c", "stroke": "none"},
        "d-chip-d": {"fill": "grade-d", "stroke": "none"},
        "d-chip-f": {"fill": "grade-f", "stroke": "none"},
        "d-chip-1": {"fill": "tier-1", "stroke": "none"},
        "d-chip-2": {"fill": "tier-2", "stroke": "none"},
        "d-chip-3": {"fill": "tier-3", "stroke": "none"},
        "d-chip-4": {"fill": "tier-4", "stroke": "none"},
        "d-line-a": {"stroke": "grade-a"},
        "d-line-b": {"stroke": "grade-b"},
        "d-line-c": {"stroke": "grade-c"},
        "d-line-d": {"stroke": "grade-d"},
        "d-line-f": {"stroke": "grade-f"},
        "d-line-1": {"stroke": "tier-1"},
        "d-line-2": {"stroke": "tier-2"},
        "d-line-3": {"stroke": "tier-3"},
        "d-line-4": {"stroke": "tier-4"},
        # What stands out and what stands back
        "d-quiet": {"stroke": "faint"},
        "d-quiet-tip": {"fill": "faint"},
        "d-quiet-word": {"fill": "quiet", "font-weight": "400"},
        "d-strong": {"stroke": "accent", "stroke-width": "2.2"},
        "d-strong-tip": {"fill": "accent"},
        "d-over": {"stroke": "over", "stroke-width": "2.6"},
        "d-over-tip": {"fill": "over"},
        "d-over-bead": {"fill": "over", "stroke": "over"},
        "d-over-word": {"fill": "over", "font-weight": "600"},
        "d-added": {"stroke": "added", "stroke-width": "2.2"},
        "d-added-tip": {"fill": "added"},
        "d-added-box": {"fill": "added-tint", "stroke": "added", "stroke-width": "2"},
        "d-removed": {"stroke": "removed", "stroke-width": "2.2"},
        "d-removed-tip": {"fill": "removed"},
        "d-removed-box": {"fill": "removed-tint", "stroke": "removed", "stroke-width": "2"},
        "d-changed": {"stroke": "changed", "stroke-width": "2.2"},
        "d-changed-tip": {"fill": "changed"},
        "d-changed-box": {"fill": "changed-tint", "stroke": "changed", "stroke-width": "2"},
        # Decision tree
        "d-question": {"fill": "raised", "stroke": "frame", "stroke-width": "1"},
        "d-open": {"fill": "accent-tint", "stroke": "accent", "stroke-width": "2"},
        "d-outcome": {"fill": "surface", "stroke": "border", "stroke-width": "1.5"},
        "d-possible": {"fill": "none", "stroke": "border", "stroke-width": "1.25", "stroke-dasharray": "5 3"},
        "d-answer": {"fill": "stroke", "stroke": "none"},
        "d-stub": {"fill": "none", "stroke": "frame", "stroke-width": "1.4"},
        # Waterfall
        "d-ruler": {"fill": "none", "stroke": "rule", "stroke-width": "1"},
        "d-axis": {"fill": "none", "stroke": "frame", "stroke-width": "1"},
        "d-own": {"fill": "accent", "stroke": "none"},
        "d-own-async": {"fill": "accent-tint", "stroke": "accent", "stroke-width": "1.2", "stroke-dasharray": "3 2"},
        "d-own-background": {"fill": "faint", "stroke": "none"},
        "d-own-over": {"fill": "over", "stroke": "none"},
        "d-wait": {"fill": "waiting", "stroke": "none"},
        "d-wait-background": {"fill": "rule", "stroke": "none"},
        "d-wait-over": {"fill": "waiting-over", "stroke": "none"},
        "d-limit": {"fill": "none", "stroke": "over", "stroke-width": "1"},
        "d-hatch": {"fill": "none", "stroke": "faint", "stroke-width": "1.1"},
        "d-budget": {"fill": "none", "stroke": "over", "stroke-width": "1.4", "stroke-dasharray": "4 3"},
        "d-bracket": {"fill": "none", "stroke": "faint", "stroke-width": "1.4"},
        "d-total": {"fill": "none", "stroke": "ink", "stroke-width": "1.6"},
        "d-over-total": {"stroke": "over"},
        "d-budget-word": {"fill": "over", "stroke": "none", "font-size": "11", "font-weight": "600"},
        "d-row": {"fill": "none", "stroke": "none", "pointer-events": "all"},
        "d-white-word": {"fill": "page"},
    }
)


def look_of(classes: Sequence[str]) -> dict[str, str | float]:
    """The presentation attributes of these classes together, in light colours; KeyError for a class without a look."""
    for name in classes:
        LOOKS[name]
    wanted = set(classes)
    together: dict[str, str | float] = {}
    for name, look in LOOKS.items():
        if name in wanted:
            together.update({key: LIGHT.get(value, value) for key, value in look.items()})
    return together
