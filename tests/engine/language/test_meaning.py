"""Compiled conditions mean what the plain interpreter says, whatever the condition and the facts."""

from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from archreview.engine.catalog import Rule
from archreview.engine.language import ConditionError, check, compile_condition, compile_rules
from archreview.engine.language.schema import NAMES_OF_SCOPE
from tests.engine.language.interpreter import interpret, interpret_missing
from tests.engine.language.judged import judged
from tests.engine.language.random_conditions import PARAMS, a_condition, facts_of

SCOPES = st.sampled_from(tuple(NAMES_OF_SCOPE))
SEEDS = st.integers(0, 2**32).map(Random)
REFUSALS = (
    "always true",
    "never be true",
    "too long",
    "too deep",
    "at most 3",
    "is always known",
    "asks about no fact",
)


def compiled(source, scope):
    """Give the compiled condition; what is refused as constant, too long or too deep is no example."""
    try:
        return compile_condition(source, scope, PARAMS)
    except ConditionError as error:
        assert all(any(word in str(problem) for word in REFUSALS) for problem in error.problems), (source, str(error))
        return None


@settings(max_examples=150, deadline=None)
@given(SEEDS, SCOPES)
def test_a_compiled_condition_gives_what_the_interpreter_gives(random, scope):
    source = a_condition(scope, random)
    condition = compiled(source, scope)
    assume(condition)
    for _ in range(3):
        facts = facts_of(scope, random)
        expected = interpret(source, scope, facts, PARAMS)

        assert condition.value(facts) is expected, source
        if expected is None:
            assert condition.missing(facts) == interpret_missing(source, scope, facts, PARAMS), source


@settings(max_examples=150, deadline=None)
@given(SEEDS, SCOPES)
def test_what_is_refused_as_never_or_always_true_is_so(random, scope):
    source = a_condition(scope, random, depth=1)
    said = str(check(source, scope, PARAMS))
    refused = "never be true" in said or "always true" in said
    for _ in range(20 if refused else 0):
        value = interpret(source, scope, facts_of(scope, random), PARAMS)

        assert value is None or value is ("always true" in said), source


@settings(max_examples=40, deadline=None)
@given(SEEDS, SCOPES)
def test_rules_evaluated_together_give_what_each_gives_alone(random, scope):
    sources = [a_condition(scope, random, depth=2) for _ in range(6)]
    # Rules of a catalog begin alike: give some the same first part.
    first = a_condition(scope, random, depth=0)
    sources += [f"{first} && ({source})" for source in sources[:3]]
    sources = [source for source in sources if compiled(source, scope)]
    ruleset = compile_rules([rule(f"R-{at}", scope, source) for at, source in enumerate(sources)], scope)
    for _ in range(3):
        facts = facts_of(scope, random)
        values = [interpret(source, scope, facts, PARAMS) for source in sources]
        missing = [interpret_missing(source, scope, facts, PARAMS) for source in sources]
        true, asked, failed = judged(ruleset, facts)

        assert not failed
        assert sorted(true) == [at for at, value in enumerate(values) if value is True]
        assert asked == {(at, *triple) for at, value in enumerate(values) if value is None for triple in missing[at]}


def rule(code, scope, condition):
    return Rule(
        code=code,
        title="A rule",
        category="test",
        scope=scope,
        condition=condition,
        severity="high",
        message="It holds.",
        why="",
        remedy="",
        params=PARAMS,
    )
