"""What is told of a condition when it is saved: names, types, values, constants, all at once."""

import pytest

from archreview.engine.language import check, check_message, check_severity

# True of something, though a few chosen values could miss it.
TELLING = (
    "edge.retries > 5 && edge.retries < 6.5",
    "edge.timeout_ms > 5 && edge.caller_timeout_ms > edge.timeout_ms && edge.latency_p99_ms > edge.caller_timeout_ms",
    "edge.latency_p50_ms > 0.2 && edge.latency_p50_ms < 0.3",
    "source.tier < target.tier && target.tier < 3",
    'edge.saga != "a" && edge.saga != "b"',
    "edge.fit == edge.technology_verdict",
    "edge.is_synchronous && edge.is_call",
)
PARAMS: dict[str, float | str | bool] = {"limit": 3, "word": "queue", "strict": True}


def told(source, scope="edge"):
    return [(p.position, p.message, p.suggestion) for p in check(source, scope, PARAMS)]


@pytest.mark.parametrize(
    ("scope", "source"),
    [
        ("edge", "edge.is_synchronous && edge.circuit_breaker == false"),
        ("edge", 'edge.delivery == "at_least_once" && edge.idempotent == false'),
        ("flow", "flow.within_rule == false"),
        ("edge", 'edge.retries > 0 && (edge.retry_backoff != "exponential" || edge.retry_jitter == false)'),
        ("flow", "flow.steps.exists(s, s.is_side_effect && s.is_synchronous)"),
        ("flow", "size(flow.steps.filter(s, s.answers.can_poll)) > params.limit"),
        ("edge", "source.tier < target.tier"),
        ("edge", 'channel.technology in ["kafka", "pulsar"]'),
        ("edge", 'edge.name.startsWith("Place")'),
        ("edge", 'edge.technology == "an in-house bus"'),
        ("edge", "edge.tree_outcome in edge.tree_possible"),
        ("edge", "edge.latency_p99_ms >= 10 * edge.latency_p50_ms"),
        ("edge", "(edge.is_call ? edge.timeout_ms : 5) > 2"),
        ("edge", "known(edge.timeout_ms) == edge.in_request"),
        ("edge", 'params.word == "queue" && edge.in_request'),
        ("channel", "size(channel.consumers) > 1"),
        ("service", 'service.deepest.all(s, s != "a")'),
        ("system", "system.synchronous_share > 0.8"),
    ],
)
def test_it_finds_nothing_wrong_with_a_sound_condition(scope, source):
    assert check(source, scope, PARAMS) == ()


@pytest.mark.parametrize(
    ("source", "scope", "position", "said", "suggestion"),
    [
        ("edge.circut_breaker", "edge", 0, "there is no edge.circut_breaker", "edge.circuit_breaker"),
        ("circuit_breaker", "edge", 0, "there is no circuit_breaker", "edge.circuit_breaker"),
        ("edge.style == webhook", "edge", 14, "texts stand in double quotes", '"webhook"'),
        ("edge.circuit_breaker == False", "edge", 24, "there is no False", "false"),
        ("edge.circuit_breaker == no", "edge", 24, "there is no no", "false"),
        ("edge.circuit_breaker == null", "edge", 24, "known(...) says whether", ""),
        ("edge.answer.can_poll", "edge", 0, "there is no", "edge.answers.can_poll"),
        ("edge", "edge", 0, "edge is no value by itself", ""),
        ("source.tier == 1", "flow", 0, "a rule on a flow has no source", ""),
        ("edge.in_request", "service", 0, "a rule on a service has no edge", ""),
        ("params.limt > 1", "edge", 0, "no parameter limt", "params.limit"),
        ("flow.steps.exists(s, s.is_cal)", "flow", 21, "there is no s.is_cal", "s.is_call"),
        ('edge.style == "strem"', "edge", 14, '"strem" is not one of the values', "stream"),
        ('edge.style in ["queue", "topic"]', "edge", 24, '"topic" is not one of the values', ""),
        ("params.word == edge.fit", "edge", 0, '"queue" is not one of the values', ""),
        ('edge.timeout_ms > "a"', "edge", 0, "a number cannot be compared with a text", ""),
        ("edge.style > 3", "edge", 0, "a choice cannot be compared with a number", ""),
        ('edge.style < "b"', "edge", 0, "< compares numbers", ""),
        ("edge.in_request < true", "edge", 0, "< compares numbers", ""),
        ("edge.timeout_ms", "edge", 0, "true or false is wanted", ""),
        ("edge.timeout_ms && edge.in_request", "edge", 0, "true or false is wanted", ""),
        ("!edge.style", "edge", 1, "true or false is wanted", ""),
        ("edge.in_request + 1 > 2", "edge", 0, "a number is wanted", ""),
        ("edge.tree_possible == edge.tree_possible", "edge", 0, "cannot be compared", ""),
        ('edge.style in "queue"', "edge", 14, "a list is wanted after in", ""),
        ("edge.timeout_ms in edge.tree_possible", "edge", 0, "cannot be in", ""),
        ('edge.style in ["queue", 3]', "edge", 24, "the list begins with a text", ""),
        ("edge.style in []", "edge", 0, "the list is empty", ""),
        ("edge.timeout_ms in [edge.retries]", "edge", 20, "values and parameters only", ""),
        ("edge.fit == edge.style", "edge", 0, "never have a value in common", ""),
        ('(edge.in_request ? 1 : "a") == 1', "edge", 23, "both branches must be of one type", ""),
        ("edge.name.startsWith(3)", "edge", 21, "startsWith tests texts", ""),
        ('edge.name.startswith("a")', "edge", 10, "there is no startswith here", "startsWith"),
        ('edge.name.matches("a")', "edge", 10, "there is no matches here", ""),
        ("edge.tree_possible.size() > 1", "edge", 19, "write size(...) around it", ""),
        ("length(edge.tree_possible) > 1", "edge", 0, "there is no function length", ""),
        ("size(edge.name) > 1", "edge", 5, "size counts a list", ""),
        ("known(1)", "edge", 6, "known asks about one fact", ""),
        ("known(params.limit)", "edge", 6, "params.limit is always known", ""),
        ("flow.steps.filter(s, s.is_call)", "flow", 11, "filter may stand only in size", ""),
        ("flow.steps.exists(s.x, true)", "flow", 18, "a plain name is wanted", ""),
        ("flow.steps.exists(edge, true)", "flow", 18, "edge already means something", ""),
        ("flow.steps.exists(s)", "flow", 11, "exists takes 2 arguments", ""),
        ("flow.steps.exists(s, s.tree_possible.exists(t, true))", "flow", 37, "inside another one", ""),
        ("flow.name.exists(s, true)", "flow", 0, "goes through a list", ""),
        ("[1, 2].exists(s, s > 1)", "edge", 1, "goes through a list of the facts", ""),
        ("(edge.name).length", "edge", 1, "there is no edge.name.length", ""),
        ("size(edge.tree_possible).x > 1", "edge", 0, ".x stands after something that is no name", ""),
    ],
)
def test_it_tells_what_is_wrong_and_where(source, scope, position, said, suggestion):
    problems = check(source, scope, PARAMS)

    assert problems, "nothing was found wrong"
    assert said in problems[0].message
    assert problems[0].position == position
    if suggestion:
        assert problems[0].suggestion == suggestion


def test_it_tells_everything_at_once_in_the_order_of_the_text():
    source = 'edge.timeout > 3 && edge.style == "strem" && edge.fallback > 1 && edge.tracing == false'

    assert [(p.position, p.suggestion) for p in check(source, "edge")] == [
        (0, "edge.timeout_ms"),
        (34, "stream"),
        (45, ""),
    ]


def test_the_same_mistake_in_one_place_is_told_once():
    assert len(check("edge.nothing_like_it && edge.nothing_like_it", "edge")) == 2


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("true", "asks about no fact"),
        ("1 > 2", "asks about no fact"),
        ("edge.in_request || true", "always true"),
        ("edge.in_request && false", "can never be true"),
        ("edge.retries >= 0", "always true where it is known"),
        ("source.tier > 4", "can never be true"),
        ("edge.retries == edge.retries", "always true where it is known"),
        ("edge.retries != edge.retries", "can never be true"),
        ("known(edge.in_request)", "always true"),
        ("size(edge.tree_possible) < 0", "can never be true"),
        ("params.limit > 2", "asks about no fact"),
        ("!params.strict", "asks about no fact"),
        ('edge.style == "queue" && edge.style == "stream"', "contradict one another"),
        ('edge.style == "queue" || edge.style != "queue"', "leaves nothing out"),
        ("edge.retries > 5 && edge.retries < 3", "contradict one another"),
        ("edge.retries > params.limit && edge.retries <= 3", "contradict one another"),
        ("edge.is_synchronous && edge.is_asynchronous", "contradict one another"),
        ("edge.tracing && !edge.tracing", "contradict one another"),
        ("edge.timeout_ms < edge.caller_timeout_ms && edge.caller_timeout_ms < edge.timeout_ms", "contradict"),
        ("source.tier < target.tier && target.tier == 1", "contradict one another"),
        ('edge.in_request ? edge.fit == "fits" && edge.fit == "misfit" : false', "contradict one another"),
    ],
)
def test_it_refuses_a_condition_that_is_constant(source, said):
    assert [said in p.message for p in check(source, "edge", PARAMS)] == [True]


@pytest.mark.parametrize(
    "source",
    ["edge.is_call ? true : edge.in_request", "!known(edge.saga)", "edge.retries > 0", "source.tier >= 4", *TELLING],
)
def test_it_does_not_call_a_condition_constant_that_is_not(source):
    assert check(source, "edge") == ()


def test_a_fourth_macro_is_refused():
    macro = "flow.steps.exists(s, s.is_call)"

    assert check(" || ".join([macro] * 3), "flow") == ()
    assert "at most 3" in check(" || ".join([macro] * 4), "flow")[0].message


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_a_parameter_that_is_no_number_cannot_be_used(value):
    problems = check("edge.retries > params.limit", "edge", {"limit": value})

    assert [problem.message for problem in problems] == ["the parameter limit is no number"]


def test_a_severity_is_one_of_five_or_an_expression_that_gives_one():
    assert check_severity("high", "edge") == ()
    assert check_severity('edge.in_request ? "high" : (edge.is_call ? "low" : "info")', "edge") == ()
    assert check_severity("hihg", "edge")[0].suggestion == "high"
    assert check_severity('edge.in_request ? "high" : "lwo"', "edge")[0].suggestion == "low"
    assert "a severity is wanted" in check_severity("edge.in_request", "edge")[0].message
    assert "true or false is wanted" in check_severity('edge.timeout_ms ? "high" : "low"', "edge")[0].message


@pytest.mark.parametrize(
    ("template", "position", "said"),
    [
        ("", 0, "empty"),
        ("a {source.nme} b", 3, "there is no source.nme"),
        ("a { b", 2, "without its other half"),
        ("a } b", 2, "without its other half"),
        ("a {} b", 2, "a name is wanted"),
        ("a {1 + 2} b", 2, "a name is wanted"),
        ("{flow.name}", 1, "a rule on an edge has no flow"),
        ("x" * 1001, 1000, "too long"),
    ],
)
def test_it_tells_what_is_wrong_with_a_message(template, position, said):
    problems = check_message(template, "edge")

    assert problems[0].position == position
    assert said in problems[0].message


def test_a_problem_reads_as_one_line():
    problem = check("edge.circut_breaker", "edge")[0]

    assert str(problem) == 'at 1: there is no edge.circut_breaker; did you mean "edge.circuit_breaker"?'
