import time

import pytest
from markdown import markdown

from archreview.rendering import MARKDOWN_LIMIT, RenderingFailed, markdown_to_html, only_safe
from archreview.rendering.markup import to_html
from tests.rendering.bombs import MARKDOWN_BOMBS
from tests.rendering.live import live_parts
from tests.rendering.payloads import SCRIPTS


def test_it_renders_what_a_decision_is_written_with():
    html = markdown_to_html(
        "# Title\n\nA *fine* **day**.\n\n* one\n* two\n\n> said\n\n```yaml\na: 1\n```\n\n[x](https://example.org)"
    )

    assert "<h1>Title</h1>" in html
    assert "<em>fine</em> <strong>day</strong>" in html
    assert html.count("<li>") == 2
    assert "<blockquote>" in html
    assert '<code class="language-yaml">a: 1' in html
    assert '<a href="https://example.org" rel="noopener noreferrer nofollow">x</a>' in html


def test_it_keeps_the_alignment_of_a_table_without_a_style():
    html = to_html("| a | b |\n| - | -: |\n| 1 | 2 |")

    assert '<td align="right">2</td>' in html
    assert "style" not in html


def test_it_shows_the_boxes_of_a_checklist():
    html = to_html("* [ ] open\n* [x] done\n\n* [ ] loose\n\n* [ ] list")

    assert html.count("□ ") == 3
    assert html.count("✓ ") == 1
    assert "[ ]" not in html


def test_it_shows_raw_html_as_text():
    assert to_html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>"


def test_it_shows_nothing_of_a_comment_but_in_code():
    html = to_html("a<!-- one\nand two --> b\n\n<!-- alone -->\n\n`<!-- code -->`\n\n<!-- open")

    assert html == "<p>a b</p>\n<p><code>&lt;!-- code --&gt;</code></p>\n<p>&lt;!-- open</p>"


def test_it_loads_no_picture():
    html = to_html("![alt](https://example.org/pixel.png) ![a][b]\n\n[b]: https://example.org/b.png")

    assert "<img" not in html
    assert "alt" in html


@pytest.mark.parametrize("payload", SCRIPTS)
def test_a_script_in_a_text_is_dead(payload):
    assert live_parts(to_html(payload)) == []


def test_enough_scripts_are_tried():
    assert len(SCRIPTS) >= 44


def test_the_scripts_are_alive_without_the_walls():
    alive = [payload for payload in SCRIPTS if live_parts(markdown(payload, extensions=["fenced_code", "attr_list"]))]

    assert len(alive) > 30


@pytest.mark.parametrize("payload", SCRIPTS)
def test_stored_html_is_cleaned_again_before_it_is_shown(payload):
    assert live_parts(only_safe(payload)) == []


def test_the_language_of_a_block_is_the_only_class():
    assert only_safe('<code class="modal">x</code>') == "<code>x</code>"
    assert only_safe('<code class="language-c++">x</code>') == '<code class="language-c++">x</code>'
    assert only_safe('<td align="evil">x</td>') == "x"
    assert only_safe('<table><tr><td align="evil">x</td></tr></table>').count("align") == 0


@pytest.mark.parametrize("name", MARKDOWN_BOMBS)
def test_a_bomb_is_rendered_or_refused_in_bounded_time(name):
    begun = time.monotonic()

    try:
        html = markdown_to_html(MARKDOWN_BOMBS[name])
    except RenderingFailed as failure:
        assert str(failure).endswith(".")
    else:
        assert live_parts(html) == []

    # Eight seconds by the clock, and however long a busy machine needs to begin and to end a process.
    assert time.monotonic() - begun < 90


def test_a_text_that_takes_too_long_is_refused_with_a_sentence():
    with pytest.raises(RenderingFailed, match="takes too long to lay out"):
        markdown_to_html(MARKDOWN_BOMBS["brackets"])


def test_a_text_that_is_too_long_is_refused_with_both_numbers():
    with pytest.raises(RenderingFailed, match=r"50,001 characters; at most 50,000"):
        markdown_to_html("x" * (MARKDOWN_LIMIT + 1))


def test_no_text_is_no_html():
    assert markdown_to_html(" \n") == ""


def test_a_nul_byte_is_left_out():
    assert markdown_to_html("a\x00b") == "<p>ab</p>"


def test_the_second_time_gives_the_same():
    text = "# A\n\n| a | b |\n| - | - |\n| `x` | *y* |\n"

    assert to_html(text) == to_html(text)
