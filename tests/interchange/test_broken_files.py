"""A broken file gives clear errors with their lines, never an exception, and never an architecture."""

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.interchange.documents import Limits, Problems, read_document
from archreview.interchange.native import read_architecture
from tests.interchange.broken import HEAD, Broken, cases

CASES = list(cases())
VALID = (Path(__file__).resolve().parents[2] / "fixtures" / "examples" / "bookinfo.yaml").read_bytes()
THOROUGH = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


def problems_of(content, *, file="broken.yaml"):
    problems = Problems()
    architecture = read_architecture([(file, content)], problems=problems)
    assert (architecture is None) == bool(problems)
    return problems.all()


def test_there_are_more_than_two_hundred_broken_files():
    assert len(CASES) > 200
    assert len({case.name for case in CASES}) == len(CASES)


def test_the_head_of_the_broken_files_is_whole():
    assert problems_of(HEAD.encode()) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:50])
def test_a_broken_file_says_what_is_wrong_and_where(case: Broken):
    problems = problems_of(case.content)
    told = [problem for problem in problems if case.words in str(problem)]
    assert told, f"{case.words!r} is not among {[str(problem) for problem in problems][:5]}"
    assert told[0].line == case.line, [str(problem) for problem in problems][:5]
    assert str(told[0]).startswith(f"broken.yaml:{case.line}: ")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:50])
def test_an_error_is_one_printable_line_of_bounded_length(case: Broken):
    for problem in problems_of(case.content)[:50]:
        assert str(problem).isprintable()
        assert len(str(problem)) < 1_500


def test_all_errors_of_a_file_are_told_at_once():
    text = """archreview: 1
services:
  - {id: Cart}
  - {id: stock, kid: service}
  - {id: stock}
edges:
  - {id: e, from: stock, to: stok, style: strem}
  - {id: f, from: stock, to: stock}
flows:
  - {id: g, entry: nobody, steps: []}
"""
    lines = [problem.line for problem in problems_of(text)]
    assert lines == [3, 4, 5, 7, 7, 8, 10, 10]


def test_errors_of_several_files_stand_by_their_files():
    problems = Problems()
    sources = [("b.yaml", "archreview: 1\nservice: []\n"), ("a.yaml", "archreview: 1\nchanels: []\n")]
    assert read_architecture(sources, problems=problems) is None
    assert [str(problem).split(":")[0] for problem in problems] == ["b.yaml", "a.yaml"]


def test_a_file_that_cannot_be_read_makes_nothing_missing_in_another():
    problems = Problems()
    sources = [("a.yaml", "archreview: 1\nedges: [{id: e, from: a, to: b}]\n"), ("b.yaml", "[")]
    read_architecture(sources, problems=problems)
    assert [problem.file for problem in problems] == ["b.yaml"]


def test_the_nearest_names_are_looked_for_a_bounded_number_of_times():
    ids = "".join(f"  - {{id: service-{number}}}\n" for number in range(3_000))
    edges = "".join(f"  - {{id: e{number}, from: service-{number}x, to: service-0}}\n" for number in range(3_000))
    problems = problems_of(f"archreview: 1\nservices:\n{ids}edges:\n{edges}")
    assert len(problems) == 3_000
    assert problems[0].suggestion == "did you mean 'service-0'?"
    assert sum(bool(problem.suggestion) for problem in problems) == 100


def test_reading_does_not_go_deeper_the_deeper_the_text_is():
    """The stack that a reader needs is bounded by the limit on depth, not by what is sent."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(250)
    try:
        assert read_document("[" * 100_000, file="x", problems=Problems()) is None
    finally:
        sys.setrecursionlimit(limit)


def test_a_document_as_deep_as_is_allowed_is_read():
    problems = Problems()
    assert read_document("[" * 40 + "]" * 40, file="x", problems=problems)
    assert not problems
    assert read_document("[" * 41 + "]" * 41, file="x", problems=problems) is None


def test_limits_can_be_wider_for_files_of_ones_own():
    text = "archreview: 1\n#" + "x" * 2_000_000
    problems = Problems()
    assert read_architecture([("a", text)], problems=problems, limits=Limits(max_bytes=3_000_000)) is not None


@THOROUGH
@given(st.data())
def test_no_change_of_bytes_in_a_file_raises_anything(data):
    content = bytearray(VALID)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content) - 1))
        what = data.draw(st.sampled_from(["set", "cut", "insert", "repeat"]))
        if what == "set":
            content[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del content[at : at + data.draw(st.integers(1, 200))]
            content = content or bytearray(b"x")
        elif what == "insert":
            content[at:at] = data.draw(
                st.binary(max_size=8) | st.sampled_from([b"[", b"{", b"&a ", b"*a", b"!!x ", b"\n", b": "])
            )
        else:
            content[at:at] = content[at : at + data.draw(st.integers(1, 200))]
    problems_of(bytes(content))


@THOROUGH
@given(st.text(st.sampled_from("archeviw:1 -[]{}&*!|>%@`'\"#,?\n\t<~0.eE+\\u"), max_size=80))
def test_no_text_made_of_marks_raises_anything(text):
    problems_of("archreview: 1\n" + text)


@THOROUGH
@given(st.binary(max_size=60))
def test_no_bytes_raise_anything(content):
    problems_of(content)
