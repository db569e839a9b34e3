"""Templates of decisions: laid out, read back, checked; texts of two people and a generator in one."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.decisions.authorship import Author, authorship, paragraphs
from archreview.decisions.built_in_templates import MADR
from archreview.decisions.merging import merged
from archreview.decisions.record_templates import BUILT_IN, TEMPLATE_LENGTH, BadTemplate, read_template
from archreview.decisions.sections import SECTIONS
from archreview.rendering.markup import to_html
from tests.decisions.test_generator import CASES, draft
from tests.decisions.test_prose import HOSTILE

SHORT = "# {title}\n\nWe, {deciders}, decided on {date}.\n\n## Why\n\n{context}\n\n## What\n\n{outcome}\n"
HEAD = {
    "title": "Queue it",
    "number": 7,
    "label": "0007",
    "status": "superseded by 0012",
    "date": date(2026, 11, 20),
    "deciders": "Ana Lima, Ben Ito",
    "consulted": "",
    "informed": "",
    "workspace": "Shop",
}
words = st.text("abc *_#-|`>~", min_size=1, max_size=30).filter(str.strip)
# Headings within a section begin at the third level, and a block of code ends in the section in which it begins.
unheaded = words.filter(lambda text: not text.startswith("#") and "```" not in text and "~~~" not in text)
within = st.sampled_from(["### Within", "#### Deeper", "```\n## no heading\n```"])
lines = st.lists(unheaded | within, min_size=1, max_size=4)


def plain_content(parts):
    """Sections that hold no heading of a template by chance."""
    return {name: "\n\n".join(["text", *text]).strip("\n") for name, text in parts.items()}


contents = st.dictionaries(st.sampled_from(list(SECTIONS)), lines, min_size=1).map(plain_content)


@pytest.mark.parametrize("key", BUILT_IN)
@given(content=contents)
def test_a_text_reads_back_into_the_sections_it_was_laid_from(key, content):
    template = BUILT_IN[key]

    assert template.lay(template.read(template.lay(content))) == template.lay(content)


@pytest.mark.parametrize("key", BUILT_IN)
@pytest.mark.parametrize(("name", "edge"), CASES[:4])
def test_a_generated_decision_goes_through_every_template_and_comes_back(key, name, edge):
    found = draft(name, edge)
    there = BUILT_IN[key].lay(found.sections)

    assert BUILT_IN[key].read(there) == {name: found.sections[name] for name in SECTIONS}
    assert BUILT_IN["madr"].lay(BUILT_IN[key].read(there)) == found.markdown


@given(body=st.lists(words | st.sampled_from([f"## {h}" for h in SECTIONS.values()]), max_size=12).map("\n\n".join))
def test_whatever_people_write_nothing_is_lost_on_the_way_into_another_template(body):
    short = read_template(SHORT)

    there = short.lay(BUILT_IN["madr"].read(body), keep_all=True)

    known = {f"{'#' * level} {heading}" for heading in SECTIONS.values() for level in (2, 3)}
    kept = [line.strip() for line in body.splitlines() if line.strip() and line not in known]
    for line in kept:
        words = line.lstrip("# ").rstrip("# ")
        assert words in there


def test_a_template_without_a_field_leaves_the_section_out_or_puts_it_at_the_end():
    short = read_template(SHORT)
    content = {"context": "c", "outcome": "o", "more": "### Part\n\nm"}

    assert short.lay(content) == "## Why\n\nc\n\n## What\n\no\n"
    assert short.lay(content, keep_all=True) == "## Why\n\nc\n\n## What\n\no\n\n## More Information\n\n### Part\n\nm\n"
    assert short.read(short.lay(content, keep_all=True)) == content


def test_a_heading_over_nothing_is_left_out_and_one_over_something_stays():
    nygard = BUILT_IN["nygard"]

    assert nygard.lay({"context": "c", "options": "* a"}) == "## Context\n\nc\n\n## Decision\n\n### Options\n\n* a\n"


def test_words_that_always_stand_there_are_no_part_of_a_section():
    template = read_template(SHORT.replace("{context}", "Told as it was then:\n\n{context}"))
    laid = template.lay({"context": "c", "outcome": "o"})

    assert "Told as it was then:\n\nc" in laid
    assert template.read(laid) == {"context": "c", "outcome": "o"}


def test_the_head_of_each_template_is_what_its_readers_expect():
    heads = {key: template.lay_head(HEAD) for key, template in BUILT_IN.items()}

    assert heads["madr"] == (
        "---\nstatus: superseded by 0012\ndate: 2026-11-20\ndecision-makers: Ana Lima, Ben Ito\n---\n\n# Queue it\n\n"
    )
    assert heads["nygard"] == "# 7. Queue it\n\nDate: 2026-11-20\n\n## Status\n\nSuperseded by 0012\n\n"
    assert heads["log4brains"] == (
        "# Queue it\n\n* Status: superseded by 0012\n* Deciders: Ana Lima, Ben Ito\n* Date: 2026-11-20\n\n"
    )


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("key", BUILT_IN)
def test_a_name_writes_no_line_of_its_own_into_the_head(key, name):
    head = BUILT_IN[key].lay_head({**HEAD, "title": name, "deciders": f"Ana: {name}"})

    text = head.partition("---\n\n")[2] if key == "madr" else head
    assert len(re.findall(r"<h1>", to_html(text))) == 1
    assert "<script" not in to_html(text)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SHORT.replace("{title}", "{titel}"), "Line 1: There is no field {titel}. Did you mean {title}?"),
        (SHORT.replace("{outcome}", "{context}"), "Line 11: The section {context} stands in line 7 already."),
        (SHORT.replace("{context}", "So: {context}"), "Line 7: The section {context} must stand on a line of its own."),
        (SHORT.replace("## What\n\n", ""), "Line 9: {outcome} needs a heading of its own"),
        (SHORT.replace("## What", "## why"), "Line 9: The heading “why” stands in line 5 already."),
        (SHORT.replace("{outcome}", "{outcome}\n\n{status}"), "Line 13: {status} must stand above the first section"),
        (SHORT.replace("{outcome}", "nothing"), "The field {outcome} is missing"),
        (SHORT + "{", f"Line {SHORT.count(chr(10)) + 1}: A brace stands alone"),
        ("---\ntags: [{status}]\n---\n\n" + SHORT, "Line 2: In the front matter a field is the whole value"),
        ("---\nstatus: {status}\n\n" + SHORT, "Line 1: The front matter has no end"),
        (SHORT + "x" * TEMPLATE_LENGTH, "at most 10,000 are allowed"),
    ],
)
def test_what_is_wrong_with_a_template_is_said_at_its_line(text, problem):
    with pytest.raises(BadTemplate) as refusal:
        read_template(text)

    assert problem in str(refusal.value)


def test_everything_wrong_is_said_at_once():
    with pytest.raises(BadTemplate) as refusal:
        read_template("# {titel}\n\n## A\n\n{context}\n\n{drivers}\n")

    assert len(refusal.value.problems) == 4


@given(st.text("{}# \n-abcontextiledru:", max_size=300))
def test_any_text_is_a_template_or_is_refused(text):
    try:
        template = read_template(text)
    except BadTemplate as bad:
        assert bad.problems
    else:
        assert {"context", "outcome"} <= set(template.fields)


def test_what_everybody_has_passes_its_own_check():
    assert read_template(MADR) == BUILT_IN["madr"]


# -- three texts in one -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "together"),
    [
        ("a\nb\nc", "a\nb\nc", "a\nX\nc", "a\nX\nc"),
        ("a\nb\nc", "a\nM\nc", "a\nb\nc", "a\nM\nc"),
        ("a\nb\nc\nd\ne", "M\nb\nc\nd\ne", "a\nb\nc\nd\nT", "M\nb\nc\nd\nT"),
        ("a\nb\nc", "a\nM\nc", "a\nT\nc", None),
        ("a\nb\nc", "a\nX\nc", "a\nX\nc", "a\nX\nc"),
        ("a\nb", "a\nb\nmine", "theirs\na\nb", "theirs\na\nb\nmine"),
        ("", "mine", "theirs", None),
        ("a", "", "a", ""),
    ],
)
def test_two_changes_become_one_text_or_a_choice(base, mine, theirs, together):
    assert merged(base, mine, theirs) == together


texts = st.lists(st.sampled_from("abcd"), max_size=8).map("\n".join)


@given(base=texts, mine=texts)
def test_where_only_one_has_changed_that_one_wins(base, mine):
    assert merged(base, mine, base) == mine
    assert merged(base, base, mine) == mine


@given(base=texts, mine=texts, theirs=texts)
def test_no_line_of_either_is_made_up(base, mine, theirs):
    together = merged(base, mine, theirs)

    if together is not None:
        assert set(together.split("\n")) <= {*mine.split("\n"), *theirs.split("\n"), *base.split("\n"), ""}


# -- who wrote what ---------------------------------------------------------------------------------------------------


def test_each_paragraph_says_whose_it_is():
    generated = "## A\n\nThe first words of a sentence.\n\nGone altogether, every word.\n\nThe last one stays."
    body = "## A\n\nThe first words of another sentence.\n\nThe last one stays.\n\nCompletely new: quite different."

    assert [(part.author, part.text or part.before) for part in authorship(generated, body)] == [
        (Author.GENERATED, "## A"),
        (Author.CHANGED, "The first words of another sentence."),
        (Author.REMOVED, "Gone altogether, every word."),
        (Author.GENERATED, "The last one stays."),
        (Author.WRITTEN, "Completely new: quite different."),
    ]


def test_code_is_one_paragraph():
    assert paragraphs("a\n\n```\nx\n\ny\n```\n\nb") == ["a", "```\nx\n\ny\n```", "b"]


@given(generated=texts, body=texts)
def test_the_paragraphs_together_are_the_text(generated, body):
    generated, body = generated.replace("\n", "\n\n"), body.replace("\n", "\n\n")
    marked = authorship(generated, body)

    assert [part.text for part in marked if part.author != Author.REMOVED] == paragraphs(body)
    assert [part.before for part in marked if part.author != Author.WRITTEN] == paragraphs(generated)
