"""The style sheet of drawings and the looks that a drawing takes along say the same."""

import re
from pathlib import Path

import pytest

from archreview.drawing.palette import LIGHT, LOOKS, look_of

CSS = Path(__file__).resolve().parent.parent.parent / "static" / "css"


def light_value(value: str, properties: dict[str, str]) -> str:
    """The value in the light page: variables looked up, the first of two colours taken."""
    while found := re.fullmatch(r"var\((--[\w-]+)\)", value):
        value = properties[found[1]]
    pair = re.fullmatch(r"light-dark\(([^,]+),\s*[^)]+\)", value)
    return pair[1] if pair else value


def declarations(body: str) -> dict[str, str]:
    return {name.strip(): value.strip() for name, value in re.findall(r"([\w-]+):([^;]+);", body)}


@pytest.fixture
def properties() -> dict[str, str]:
    sheets = (CSS / "tokens.css").read_text() + (CSS / "drawing.css").read_text()
    found: dict[str, str] = {}
    for name, value in re.findall(r"(--[\w-]+):\s*([^;]+);", sheets):
        found.setdefault(name, value.strip())
    return found


def rules() -> list[tuple[str, dict[str, str]]]:
    text = re.sub(r"/\*.*?\*/", "", (CSS / "drawing.css").read_text(), flags=re.S)
    return [(name, declarations(body)) for name, body in re.findall(r"^\.(d-[\w-]+) \{([^}]*)\}", text, flags=re.M)]


def test_the_style_sheet_has_the_looks_in_their_order() -> None:
    names = [name for name, _ in rules() if name in LOOKS]
    assert names == list(LOOKS)


def test_the_style_sheet_says_what_the_looks_say(properties: dict[str, str]) -> None:
    written = dict(rules()[::-1])
    for name, look in LOOKS.items():
        wanted = {key: LIGHT.get(value, value) for key, value in look.items()}
        found = {key: light_value(value, properties).removesuffix("px") for key, value in written[name].items()}
        assert found == wanted, name


def test_the_later_look_wins() -> None:
    assert look_of(["d-over", "d-line"])["stroke"] == LIGHT["over"]
    assert look_of(["d-line", "d-over"]) == look_of(["d-over", "d-line"])


def test_a_class_without_a_look_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        look_of(["d-no-such-look"])


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_can_be_read_on_what_they_stand_on(theme: str, properties: dict[str, str]) -> None:
    def colour(name: str) -> str:
        value = properties[f"--d-{name}"]
        while found := re.fullmatch(r"var\((--[\w-]+)\)", value):
            value = properties[found[1]]
        pair = re.fullmatch(r"light-dark\((#\w{6}),\s*(#\w{6})\)", value)
        assert pair, name
        return pair[1 if theme == "light" else 2]

    for ground in ("page", "surface", "raised", "accent-tint", "added-tint", "removed-tint", "changed-tint"):
        for word in ("ink", "quiet"):
            assert contrast(colour(word), colour(ground)) >= 4.5, (word, ground)
    for ground in [name for name in LIGHT if name.startswith(("grade-", "tier-"))] + ["over", "stroke"]:
        assert contrast(colour("page"), colour(ground)) >= 4.5, ground
    for line in ("stroke", "faint", "border", "accent", "over"):
        assert contrast(colour(line), colour("page")) >= 3, line
