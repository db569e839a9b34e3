"""The contrast of every pair of colours that stands as text on ground, from tokens.css itself."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parent.parent.parent / "static" / "css"
PAIR = re.compile(r"--([a-z-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {name: (light, dark) for name, light, dark in PAIR.findall((CSS / "tokens.css").read_text())}

GROUNDS = ["page", "surface", "raised"]
SEVERITIES = ["critical", "high", "medium", "low", "info", "good"]
TEXT_ON_GROUND = [
    *[(word, ground) for word in ("text", "quiet", "accent", "accent-strong", *SEVERITIES) for ground in GROUNDS],
    *[(severity, f"{severity}-tint") for severity in SEVERITIES],
    *[("text", f"{severity}-tint") for severity in SEVERITIES],
    *[("accent", "medium-tint"), ("quiet", "medium-tint"), ("quiet", "info-tint")],
    *[(word, "accent-tint") for word in ("text", "quiet", "accent", "accent-strong")],
    *[("on-accent", ground) for ground in ("accent", "accent-strong")],
    *[("page", "info"), ("text", "line")],
]
# What must be seen and is no text: the edge of a control, the focus ring, the marks of bars.
MARK_ON_GROUND = [(mark, ground) for mark in ("line-control", "accent") for ground in GROUNDS]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """
    The contrast ratio as WCAG 2 defines it.

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_it_computes_the_ratio_of_the_definition():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("word", "ground"), TEXT_ON_GROUND)
def test_text_can_be_read(word, ground, scheme):
    assert contrast(TOKENS[word][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), MARK_ON_GROUND)
def test_marks_can_be_seen(mark, ground, scheme):
    assert contrast(TOKENS[mark][scheme], TOKENS[ground][scheme]) >= 3


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_tint_is_at_most_an_eighth_of_its_colour(severity):
    for scheme in (0, 1):
        colour, tint, page = (TOKENS[name][scheme] for name in (severity, f"{severity}-tint", "page"))
        for place in (1, 3, 5):
            full, part, none = (int(value[place : place + 2], 16) for value in (colour, tint, page))
            assert abs(part - none) <= 0.125 * abs(full - none) + 1.5


def test_no_style_sheet_names_a_colour_beside_the_tokens():
    for sheet in ("base.css", "frame.css", "forms.css", "components.css"):
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b(?![^{}]*\{)|rgb\([^)]*\)|hsl\([^)]*\)", (CSS / sheet).read_text())
        assert found == [], sheet
