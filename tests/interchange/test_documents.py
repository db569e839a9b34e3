"""Texts become trees of nodes with lines and paths; scalars are those of the core schema of YAML 1.2."""

import pytest

from archreview.interchange.documents import (
    Limits,
    ListNode,
    MappingNode,
    Problem,
    Problems,
    RefusedNode,
    ScalarNode,
    core_value,
    first_control,
    plain,
    read_document,
    shown,
)
from archreview.interchange.fields import Record


def read(text, **limits):
    problems = Problems()
    root = read_document(text, file="f.yaml", problems=problems, limits=Limits(**limits))
    return root, [str(problem) for problem in problems]


def record_of(text, problems):
    record = Record.of(read_document(text, file="f", problems=problems), problems=problems)
    assert record is not None
    return record


def nodes(root):
    """Every node as (path, line, value)."""
    waiting = [root]
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, MappingNode):
            waiting[:0] = node.entries.values()
        elif isinstance(node, ListNode):
            waiting[:0] = node.items
        else:
            yield node.path, node.line, getattr(node, "value", None)


def test_every_node_knows_its_path_and_its_line():
    root, problems = read("a:\n  - b: 1\n    c: [x,\n        y]\n  - |\n    two\n    lines\nd: {e: true}\n")
    assert problems == []
    assert list(nodes(root)) == [
        ("a[0].b", 2, 1),
        ("a[0].c[0]", 3, "x"),
        ("a[0].c[1]", 4, "y"),
        ("a[1]", 5, "two\nlines\n"),
        ("d.e", 8, True),
    ]
    assert root.key_lines == {"a": 1, "d": 8}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True), ("True", True), ("FALSE", False), ("yes", "yes"), ("NO", "NO"), ("on", "on"), ("y", "y"),
        ("", None), ("~", None), ("null", None), ("Null", None), ("nil", "nil"), ("none", "none"),
        ("0", 0), ("-0", 0), ("+12", 12), ("017", 17), ("0o17", 15), ("0x1F", 31), ("0b1", "0b1"), ("1_000", "1_000"),
        ("1.5", 1.5), ("1.", 1.0), (".5", 0.5), ("-1e-3", -0.001), ("1e400", "1e400"), ("1e9999", "1e9999"),
        (".inf", ".inf"), ("-.INF", "-.INF"), (".nan", ".nan"), ("inf", "inf"), ("NaN", "NaN"),
        ("12:30", "12:30"), ("1:2:3", "1:2:3"), ("2026-11-20", "2026-11-20"), ("Infinity", "Infinity"),
        ("9" * 30, int("9" * 30)), ("9" * 31, "9" * 31),
        (".", "."), ("-", "-"), ("+", "+"), ("..1", "..1"), ("1e", "1e"), ("--1", "--1"), ("0x", "0x"), ("0o8", "0o8"),
    ],
)  # fmt: skip
def test_scalars_are_those_of_the_core_schema(text, value):
    assert core_value(text) == value
    assert type(core_value(text)) is type(value)


@pytest.mark.parametrize("text", ["'1'", '"true"', "'null'", '"0x10"'])
def test_what_is_quoted_is_a_text(text):
    root, _ = read(text)
    assert isinstance(root.value, str)


def test_a_key_is_a_text_whatever_it_looks_like():
    root, problems = read("1: a\ntrue: b\nnull: c\n")
    assert (list(root.entries), problems) == (["1", "true", "null"], [])


def test_the_tree_goes_on_where_something_in_it_is_refused():
    root, problems = read("a: &x 1\nb: *x\nc: 2\nc: 3\n? [d]\n: 4\ne: !!int 5\n")
    assert isinstance(root.entries["b"], RefusedNode)
    assert [(path, value) for path, _, value in nodes(root)] == [("a", 1), ("b", None), ("c", 2), ("e", "5")]
    assert [problem.split(": ")[0] for problem in problems] == [f"f.yaml:{line}" for line in (1, 2, 4, 5, 7)]


def test_limits_are_what_is_read_at_most():
    assert read("[1, 2]", max_nodes=3)[1] == []
    assert "holds too much" in read("[1, 2, 3]", max_nodes=3)[1][0]
    assert read("[[1]]", max_depth=2)[1] == []
    assert "too deep" in read("[[[1]]]", max_depth=2)[1][0]
    assert read("abc", max_bytes=3)[1] == []
    assert "too large" in read("abcd", max_bytes=3)[1][0]


def test_what_stands_in_the_place_of_a_key_counts_against_the_limits():
    assert "holds too much" in read("? [1, 2, 3, 4, 5, 6]\n: x\n", max_nodes=4)[1][-1]
    assert "too deep" in read("? [[[[1]]]]\n: x\n", max_depth=3)[1][-1]


def test_a_character_in_two_halves_is_one_character():
    root, problems = read('{"a": "\\ud83d\\ude00", "b": "\\\\ud83d\\\\ude00", "c": "\\u00e4\\/"}')
    assert problems == []
    assert [value for _, _, value in nodes(root)] == ["😀", "\\ud83d\\ude00", "ä/"]


def test_text_that_is_no_json_keeps_its_backslashes():
    root, _ = read("a: '\\ud83d\\ude00'")
    assert root.entries["a"].value == "\\ud83d\\ude00"


def test_problems_stand_by_file_and_line_and_each_once():
    problems = Problems()
    problems.add("b", 2, "x", "two")
    problems.add("a", 9, "", "one")
    problems.add("b", 1, "", "first", "try again")
    problems.add("b", 2, "x", "two")
    assert [str(problem) for problem in problems] == ["b:1: first; try again", "b:2: x: two", "a:9: one"]
    assert bool(problems)
    assert not Problems()


def test_a_problem_is_one_line_whatever_its_file_is_called():
    assert str(Problem("a\nb", 1, "x\x1b[2J", "m")) == "a\\nb:1: x\\x1b[2J: m"


@pytest.mark.parametrize(
    ("word", "names", "found"),
    [
        ("timout_ms", ["timeout_ms", "retries"], "timeout_ms"),
        ("timeout-ms", ["timeout_ms", "retries"], "timeout_ms"),
        ("Retries", ["timeout_ms", "retries"], "retries"),
        ("colour", ["timeout_ms", "retries"], None),
        ("cart", [], None),
        ("service-12", [f"service-{n}0" for n in range(500)], "service-120"),
        ("sevice-40", [f"service-{n}0" for n in range(500)], "service-40"),
        ("warehouse", [f"service-{n}" for n in range(500)], None),
    ],
)
def test_the_nearest_name_is_found_among_few_and_among_many(word, names, found):
    assert Problems().did_you_mean(word, names) == (f"did you mean '{found}'?" if found else "")


def test_a_text_is_shown_on_one_line_and_cut():
    assert shown("a\nb") == "'a\\nb'"
    assert shown("x" * 100) == f"'{'x' * 60}...'"
    assert plain("ä😀\u202e\ud800") == "ä😀\\u202e\\ud800"


def test_the_first_control_character_is_found():
    assert first_control("one\ntwo\tthree ä") is None
    assert first_control("one\rtwo") == "\r"
    assert first_control("a\u202eb") is None
    assert first_control("a\u202eb", also="Cf") == "\u202e"


def test_a_record_tells_of_what_nobody_asked_for():
    problems = Problems()
    record = record_of("name: x\nnmae: y\nlimit: 3\n", problems)
    assert record.text("name") == "x"
    assert record.count("limit", least=1, most=5) == 3
    assert record.text("other") is None
    record.close()
    assert [str(problem) for problem in problems] == [
        "f:2: nmae: is not a key that is known here; did you mean 'name'?"
    ]


def test_a_record_tells_of_what_is_missing_where_it_should_stand():
    problems = Problems()
    for item in record_of("list:\n  - a: 1\n  - b: 1\n", problems).records("list"):
        item.count("b", required=True)
    assert [str(problem) for problem in problems] == ["f:2: list[0].b: is missing"]


def test_a_record_says_nothing_twice_about_what_is_refused():
    problems = Problems()
    record = record_of("a: *x\n", problems)
    assert record.text("a", required=True) is None
    record.close()
    assert len(problems) == 1


def test_a_scalar_keeps_how_it_was_written():
    root, _ = read("'a'")
    assert isinstance(root, ScalarNode)
    assert (root.text, root.value) == ("a", "a")


def test_reading_ends_where_there_is_no_end_of_problems():
    root, problems = read("[" + "*a," * 5_000 + "]")
    assert root is None
    assert len(problems) == 1_001
    assert "what follows was not read" in problems[-1]
