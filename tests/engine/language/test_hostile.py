"""Whatever is typed into the editor: a clear error, soon."""

from dataclasses import replace
from random import Random

import pytest

from archreview.engine.language import check, check_message, check_severity, compile_condition
from archreview.engine.language.parser import parse
from tests.engine.language.random_conditions import facts_of
from tests.work import within

HOSTILE = [
    "",
    " " * 100_000,
    "a" * 1_000_000,
    "[" * 60_000,
    "(" * 60_000,
    "((((((((((" * 99,
    "]" * 999,
    ")" * 999,
    "(" * 500 + "a" + ")" * 499,
    "!" * 999,
    "!" * 998 + "a",
    "-" * 998 + "1",
    "- " * 499 + "1",
    "a ? " * 240,
    "a?b:" * 249 + "c",
    "a?" * 400 + ":b" * 90,
    "a." * 499 + "b",
    ".a" * 499,
    "a" + ".b()" * 249,
    "a" + ".exists(x, true)" * 62,
    "flow.steps.exists(a, " * 40 + "true" + ")" * 40,
    "flow.steps.exists(a, " * 20 + "true" + ")" * 20,
    "size(" * 200,
    "size(size(size(flow.steps)))",
    "known(" * 166 + "a" + ")" * 4,
    "1" * 999,
    "1." * 400,
    "0.1" + "1" * 900,
    "9" * 400 + " > 1",
    "1/0 > 1",
    "1" + "/0" * 400 + " > 1",
    '"' * 999,
    '"' + "a" * 998,
    '"' + "\\" * 998,
    '"\\u0041" == edge.name',
    '"' + '\\"' * 498,
    "'" * 999,
    "`" * 999,
    "&" * 999,
    "&&" * 499,
    "| |" * 300,
    "||" * 499,
    "=" * 999,
    "==" * 499,
    "a ==" * 249,
    "a == a " * 142,
    "<" * 999,
    "a < " * 249 + "a",
    "in " * 333,
    "a in " * 199 + "a",
    "true false " * 90,
    "true && " * 124 + "true",
    "true || " * 124 + "true",
    "edge.in_request && " * 52 + "true false",
    "edge.nothing && " * 62 + "edge.nothing",
    'edge.style == "x" || ' * 46 + "true",
    "x" + " || x" * 199,
    "[" + "1," * 498 + "1]",
    "edge.retries in [" + "1," * 490 + "]",
    "edge.style in [" + '"a",' * 240 + '"b"]',
    "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]",
    "[" * 20 + "]" * 20,
    "{" * 999,
    "{}" * 400,
    "\x00" * 999,
    "\x00",
    "edge.in_request\x00",
    "\ufeffedge.in_request",
    "edge\u200b.in_request",
    "edge.in_request\u202e",
    "еdge.in_request",
    "edge.in_rеquest",
    "ＥＤＧＥ.in_request",
    "edge．in_request",
    "edge.in_request ＆＆ true",
    "\U0001f600" * 400,
    "\ud800" * 10,
    "é" * 999,
    "\u0301" * 999,
    "ﷺ" * 900,
    "\t\n\r" * 333,
    "edge.in_request;import os",
    "__import__('os').system('true')",
    "edge.__class__",
    "edge.__class__.__mro__ == 1",
    "edge.model == 1",
    "f.model",
    "facts.asks",
    'edge.asks("x")',
    "edge.in_request if True else False",
    "lambda: 1",
    "edge.in_request or 1",
    "edge.in_request # x",
    "/* x */ edge.in_request",
    "edge.in_request // x",
    "edge['in_request']",
    'edge.name.matches("(a+)+$")',
    'edge.name =~ "a"',
    "has(edge.name)",
    'edge.name + "a" == "b"',
    "edge.name * 1000000000 == edge.name",
    "10 ** 1000000 > 1",
    "1e308 * 10 > 1",
    "0x10 > edge.retries",
    "1_000 > edge.retries",
    "%s%s%s%n",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<script>alert(1)</script>",
    "' OR '1'='1",
    "../../etc/passwd",
    "flow.steps.map(s, s)",
    "flow.steps.filter(s, true).filter(s, true)",
    'flow.steps.exists(s, s.tree_possible.exists(o, o == "sync"))',
    "flow.steps.exists(true, true)",
    "flow.steps.exists(1, true)",
    "flow.steps.exists(s)",
    "flow.steps.exists()",
    "flow.steps.exists(params, true)",
    "params",
    "params.",
    "params.a.b.c",
    "true",
    "null",
    "None",
    "undefined",
    "NaN > 1",
]


@pytest.fixture(scope="module", autouse=True)
def parser_is_built():
    """The grammar is read once in a process, at its first condition."""
    parse("a")


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("scope", ["edge", "flow"])
def test_a_hostile_condition_is_a_clear_error_in_bounded_work(source, scope):
    problems = within(1, lambda: check(source, scope, {"a": 1}))

    assert problems
    assert all(problem.message and len(str(problem)) < 600 for problem in problems)
    assert all(problem.position >= 0 and problem.length >= 1 for problem in problems)
    assert all(str(problem).isprintable() for problem in problems)


@pytest.mark.parametrize("source", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_severity_or_message_is_an_error_or_a_plain_text(source):
    assert within(1, lambda: check_severity(source, "edge"))
    within(1, lambda: check_message(source, "edge"))


def test_numbers_that_grow_past_all_bounds_are_worked_out_all_the_same():
    condition = compile_condition("1" + " * 999999999999999" * 50 + " > edge.retries", "edge")
    facts = facts_of("edge", Random(2))
    facts = replace(facts, model=replace(facts.model, retries=3))

    assert condition.value(facts) is True


def test_a_condition_as_large_as_may_be_is_evaluated_in_bounded_work():
    condition = compile_condition(" || ".join(["edge.retries < 0.5 * edge.timeout_ms"] * 24), "edge")
    facts = facts_of("edge", Random(2))

    within(5, lambda: [condition.value(facts) for _ in range(100)])


def test_nested_choices_do_not_grow_the_compiled_source():
    """Each level doubles what is written where a branch is copied; then so many levels would take minutes."""
    nested = "edge.in_request"
    for _ in range(13):
        nested = f"(edge.is_call ? edge.spiky : {nested})"
    facts = facts_of("edge", Random(2))

    def judge():
        condition = compile_condition(f"({nested}) && (edge.retries > 3 || !({nested}))", "edge")
        if condition.value(facts) is None:
            condition.missing(facts)

    within(5, judge)
