import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.decisions import prose
from archreview.decisions.differences import MOST_LINES, differences
from archreview.decisions.layout import finished, for_paper
from archreview.rendering.markup import to_html

HOSTILE = [
    "a | b", "*bold*", "_under_", "snake_case_name", "`code`", "<script>alert(1)</script>", "[x](javascript:alert(1))",
    "![x](http://example.org/x.png)", "# heading", "- item", "+ item", "1. item", "1) item", "> quote",
    "a\nb", "a\r\n\r\n# b",
    "a\\", "a\\|b", "&lt;", "&amp;copy;", "AT&T", "~~~", "~~gone~~",
    "```\nx\n```", "    four", "\tx", "<https://x.example>",
    "https://x.example/a_b_c", "a  b", "***", "---", "===", "| a | b |", "\\`x\\`", "[a]: b",
    "a<!-- b", "\u202eevil", "a\u2028b",
    "$x$", "{.class}", "\"quoted\"", "Ünï–çødé ✓", "決定", "a\x00b", "*", "_", "__init__", "a*b*c", "**", "x" * 500,
]  # fmt: skip


def text_in(html):
    return (
        re.sub(r"<[^>]+>", "", html)
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", '"')
        .replace("&amp;", "&")
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_reads_the_same_in_a_sentence(name):
    html = to_html(f"before {prose.escaped(name)} after")

    assert html.count("<") == 2, html
    assert text_in(html) == f"before {prose.plain(name)} after"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_reads_the_same_at_the_beginning_of_an_item(name):
    html = to_html(f"* {prose.escaped(name)}\n* next")

    assert html.count("<li>") == 2
    assert re.sub(r"\s+", " ", text_in(html)).strip() == f"{prose.plain(name)} next"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_reads_the_same_in_a_heading(name):
    html = to_html(f"## {prose.escaped(name)}\n\ntext")

    assert html.startswith("<h2>")
    assert text_in(html.splitlines()[0]) == prose.plain(name)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_in_its_cell(name):
    html = to_html(prose.table(("A", "B"), [(prose.escaped(name), "end")]))

    cells = re.findall(r"<td>(.*?)</td>", html)
    assert [text_in(cell) for cell in cells] == [prose.plain(name), "end"]


@given(st.text(max_size=60))
def test_any_text_stays_in_its_cell(text):
    name = prose.escaped(text) or "x"
    html = to_html(prose.table(("A", "B"), [(name, "end")]))

    assert html.count("<td>") == 2
    assert re.findall(r"<td>(.*?)</td>", html)[1] == "end"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1460, "1,460 ms"),
        (99.5, "99.5 ms"),
        (0.25, "0.2 ms"),
        (100, "100 ms"),
        (math.inf, "for ever"),
        (1e6, "1,000,000 ms"),
    ],
)
def test_it_writes_times(value, text):
    assert prose.milliseconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (99.5, "99.5 %"),
        (99.95, "99.95 %"),
        (99.65044975, "99.65 %"),
        (100, "100 %"),
        (99.9954, "99.9954 %"),
        (99, "99 %"),
    ],
)
def test_it_writes_percentages(value, text):
    assert prose.percent(value) == text


def test_it_counts_with_the_right_plural():
    assert [prose.counted(count, "call") for count in (0, 1, 2, 12, 13)] == [
        "no calls", "one call", "two calls", "twelve calls", "13 calls",
    ]  # fmt: skip
    assert prose.counted(1, "is", "are") == "one is"


def test_it_counts_in_order():
    assert [prose.ordinal(count) for count in (1, 3, 10, 11, 12, 13, 21, 22, 103, 112)] == [
        "first", "third", "tenth", "11th", "12th", "13th", "21st", "22nd", "103rd", "112th",
    ]  # fmt: skip


def test_it_lists():
    assert prose.listed(["a"]) == "a"
    assert prose.listed(["a", "b", "c"], last="or") == "a, b or c"
    assert prose.first_few(list("abcdefgh"), most=3) == "a, b, c and 5 more"
    assert prose.first_few(list("abcd"), most=3) == "a, b, c and d"
    assert prose.clauses(["a", "b"]) == "a and b"
    assert prose.clauses(["a", "b", "c"]) == "a, b, and c"
    assert prose.clauses(["a, or a", "b", "c"]) == "a, or a; b; and c"


def test_a_number_and_its_unit_stay_on_one_line():
    assert finished("<p>400 ms and 99.9 % of 3 msx</p>") == "<p>400\u00a0ms and 99.9\u00a0% of 3 msx</p>"


def test_nobody_can_write_the_mark_of_a_checklist():
    assert finished('<ul><li class="task">x</li><li>□ y</li></ul>') == '<ul><li>x</li><li class="task">□ y</li></ul>'


def test_equal_texts_have_no_differences():
    assert differences("a\nb", "a\nb") == []


def test_differences_show_what_went_and_what_came():
    lines = differences("1\n2\n3\n4\n5\n6\n7\n8", "1\n2\n3\n4\n5\nsix\n7\n8")

    assert [(line.sign, line.text) for line in lines] == [
        ("…", ""), ("", "4"), ("", "5"), ("-", "6"), ("+", "six"), ("", "7"), ("", "8"),
    ]  # fmt: skip


def test_long_texts_are_not_compared_line_by_line():
    lines = differences("a\n" * MOST_LINES, "b\n")

    assert len(lines) == MOST_LINES + 1


def test_long_words_in_cells_may_break_on_paper():
    html = for_paper(f'<table><tr><td align="right"><code>{"x" * 60}</code></td></tr></table><p>{"y" * 60}</p>')

    assert html.count("\u200b") == 2
    assert "y" * 60 in html
    assert for_paper("<table><tr><td>&lt;&lt;short</td></tr></table>").count("\u200b") == 0
