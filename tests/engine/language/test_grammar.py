"""From text to tree: what is read how, and where an error is told."""

import logging

import pytest
from lark import Lark, logger

from archreview.engine.language import ConditionError
from archreview.engine.language.parser import GRAMMAR, parse
from archreview.engine.language.syntax import And, Arithmetic, Compare, Conditional, Literal, Name, Not, Or


def problem(source):
    with pytest.raises(ConditionError) as raised:
        parse(source)
    assert len(raised.value.problems) == 1
    return raised.value.problems[0]


def test_the_grammar_can_be_read_in_one_way_only(caplog):
    """Lark settles what is ambiguous silently, and says so only to its log."""
    with caplog.at_level(logging.DEBUG, logger=logger.name):
        Lark(GRAMMAR, parser="lalr", debug=True)

    assert not [record for record in caplog.records if "conflict" in record.message.lower()]


def test_and_binds_closer_than_or_and_or_than_the_question_mark():
    tree = parse("a && b || c ? d : e")

    assert isinstance(tree, Conditional)
    assert isinstance(tree.condition, Or)
    assert isinstance(tree.condition.operands[0], And)


def test_a_chain_is_one_node_and_one_level_deep():
    tree = parse(" && ".join(["a"] * 150))

    assert isinstance(tree, And)
    assert (len(tree.operands), tree.depth) == (150, 2)


def test_arithmetic_goes_from_left_to_right_and_products_before_sums():
    tree = parse("1 - 2 - 3 * 4")

    assert isinstance(tree, Arithmetic)
    assert [sign for sign, _ in tree.rest] == ["-", "-"]
    assert isinstance(tree.rest[1][1], Arithmetic)


def test_not_binds_closer_than_a_comparison():
    tree = parse("!a == b")

    assert isinstance(tree, Compare)
    assert isinstance(tree.left, Not)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        ("0.25", 0.25),
        ('"a \\"b\\" \\\\"', 'a "b" \\'),
        ('""', ""),
        ("true", True),
        ("false", False),
    ],
)
def test_it_reads_a_literal(text, value):
    tree = parse(text)

    assert isinstance(tree, Literal)
    assert tree.value == value
    assert type(tree.value) is type(value)


def test_words_that_begin_like_keywords_are_names():
    assert isinstance(parse("trueish.inner"), Name)


def test_white_space_and_line_breaks_change_nothing():
    assert isinstance(parse("a\n  &&\tb"), And)


@pytest.mark.parametrize(
    ("source", "position", "said", "suggestion"),
    [
        ("", 0, "empty", ""),
        ("   \n", 0, "empty", ""),
        ("a = b", 2, "one = ", "=="),
        ("a & b", 2, "one & ", "&&"),
        ("a | b", 2, "one | ", "||"),
        ("a and b", 2, '"and"', "&&"),
        ("a or b", 2, '"or"', "||"),
        ("not a", 0, '"not"', "!"),
        ("a is b", 2, '"is"', "=="),
        ("a == 'x'", 5, "double quotes", '"x"'),
        ("a == “x”", 5, "straight double quotes", '"x"'),
        ("a == 'x", 5, "double quotes", '"'),
        ('a == "x', 5, "not closed", ""),
        ('a == "x\\n"', 5, "not closed", ""),
        ("a == b == c", 7, "cannot follow one another", ""),
        ("a < b < c", 6, "cannot follow one another", ""),
        ("(a", 2, "ends too early", ""),
        ("a)", 1, "')' cannot stand here", ""),
        ("a &&", 4, "ends too early", ""),
        ("&& a", 0, "missing before '&&'", ""),
        ("a b", 2, "'b' cannot stand here: between two parts stands &&", ""),
        ("a ? b", 5, "ends too early", ""),
        ("a..b", 2, "missing before '.'", ""),
        ("[1, 2", 5, "ends too early", ""),
        ("{a}", 0, "braces", ""),
        ("a % 2", 2, "remainder", ""),
        ("a == 1e5", 6, "numbers are digits alone", ""),
        ("a > 5s", 5, "their unit is that of the name", ""),
        ("a == 1234567890123456", 5, "15 digits", ""),
        ("ünter", 0, "'ü' is not part of the language", ""),
        ("a\u200bb", 1, "\\u200b", ""),
        ("a; b", 1, "';' is not part of the language", ""),
        ("a # b", 2, "'#' is not part of the language", ""),
    ],
)
def test_it_tells_where_a_text_stops_being_a_condition(source, position, said, suggestion):
    found = problem(source)

    assert (found.position, found.suggestion) == (position, suggestion)
    assert said in found.message


def test_a_text_of_a_thousand_characters_is_read_and_one_more_is_not():
    name = "a" * 1000
    assert isinstance(parse(name), Name)

    found = problem(name + "a")

    assert found.position == 1000
    assert "1,001 characters" in found.message


def test_twenty_brackets_are_read_and_one_more_is_not():
    assert isinstance(parse("(" * 20 + "a" + ")" * 20), Name)

    assert problem("(" * 21 + "a" + ")" * 21).position == 20


def test_brackets_in_a_text_do_not_count():
    assert isinstance(parse('a == "' + "(" * 100 + '"'), Compare)


@pytest.mark.parametrize("source", ["!" * 30 + "a", "a ? b : " * 30 + "c", "-" * 30 + "a"])
def test_nesting_without_brackets_counts_too(source):
    assert "too deep" in problem(source).message
