"""Words are measured so that they fit, and cut where they do not."""

from hypothesis import given
from hypothesis import strategies as st

from archreview.drawing.lettering import shorten, width_of, wrap
from archreview.drawing.svg import clean

texts = st.text(max_size=60)


@given(words=texts, width=st.floats(20, 300), bold=st.booleans())
def test_shortened_words_fit(words: str, width: float, bold: bool) -> None:
    short = shorten(words, width=width, size=12.0, bold=bold)
    assert width_of(short, size=12.0, bold=bold) <= width
    assert short == clean(words) or short.endswith("…")


@given(words=texts, width=st.floats(40, 200), lines=st.integers(1, 4))
def test_wrapped_words_fit_and_none_gets_lost_without_an_ellipsis(words: str, width: float, lines: int) -> None:
    rows = wrap(words, width=width, size=11.0, lines=lines)
    assert len(rows) <= lines
    assert all(width_of(row, size=11.0) <= width for row in rows)
    assert any(row.endswith("…") for row in rows) or " ".join(rows) == clean(words)


@given(words=texts)
def test_cleaned_words_have_no_control_characters_and_are_clean(words: str) -> None:
    cleaned = clean(words)
    assert clean(cleaned) == cleaned
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in cleaned)


def test_wide_letters_are_counted_wide() -> None:
    assert width_of("注文", size=10) > width_of("ab", size=10)
    assert width_of("e\u0301", size=10) == width_of("e", size=10)
