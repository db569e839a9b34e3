"""The four-question matrix."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.small import answered, architecture, call, edge_of, reviewed

QUESTIONS = ("immediate_feedback", "long_running", "eventual_consistency_ok", "benefits_from_decoupling")
ANSWER = st.sampled_from((True, False, None))
FOUR_ANSWERS = st.tuples(ANSWER, ANSWER, ANSWER, ANSWER)


def matrix_of(*answers, **facts):
    """Give the matrix's result for four answers (None: unknown) about a -> b."""
    given_answers = answered(dict(zip(QUESTIONS, answers, strict=True)))
    return edge_of(reviewed(architecture(call("a", "b", answers=given_answers, **facts))), "a-b")["matrix"]


@pytest.mark.parametrize(
    ("answers", "verdict", "strength"),
    [
        ((False, True, True, True), "async", "strong"),
        ((False, False, True, True), "async", "leaning"),
        ((False, True, False, True), "async", "leaning"),
        ((False, True, True, False), "async", "leaning"),
        ((False, True, False, False), "sync", "leaning"),
        ((False, False, False, True), "sync", "leaning"),
        ((False, False, False, False), "sync", "leaning"),
        ((True, True, True, True), "hybrid", "strong"),
        ((True, True, False, True), "hybrid", "leaning"),
        ((True, True, False, False), "hybrid", "leaning"),
        ((True, False, True, True), "hybrid", "leaning"),
        ((True, False, True, False), "sync", "leaning"),
        ((True, False, False, True), "sync", "leaning"),
        ((True, False, False, False), "sync", "strong"),
    ],
)
def test_four_answers_give_the_verdict_of_their_row(answers, verdict, strength):
    matrix = matrix_of(*answers)
    assert (matrix["verdict"], matrix["strength"]) == (verdict, strength)
    assert matrix["possible"] == [verdict]
    assert matrix["next_question"] is None


def test_it_counts_only_known_votes():
    assert matrix_of(None, True, None, True)["votes"] == 2
    assert matrix_of(True, None, None, None)["votes"] == 0


def test_an_unknown_that_changes_nothing_leaves_the_verdict_determined():
    """No feedback needed and two votes: asynchronous whatever the third says, but how strongly is open."""
    matrix = matrix_of(False, None, True, True)
    assert (matrix["verdict"], matrix["strength"], matrix["next_question"]) == ("async", "leaning", None)


def test_an_unknown_that_decides_leaves_it_undetermined_and_is_asked_for():
    matrix = matrix_of(True, None, False, False)
    assert (matrix["verdict"], matrix["strength"]) == ("undetermined", None)
    assert matrix["possible"] == ["sync", "hybrid"]
    assert matrix["next_question"] == "long_running"


def test_with_nothing_known_every_verdict_is_possible_in_the_order_of_the_table():
    matrix = matrix_of(None, None, None, None)
    assert matrix["possible"] == ["async", "sync", "hybrid"]
    assert matrix["next_question"] == "immediate_feedback"


def test_it_asks_first_for_the_unknown_that_leaves_the_fewest_verdicts_at_worst():
    """
    Feedback unknown, long running, two votes unknown: knowing the feedback leaves hybrid alone, or async and sync;
    knowing a vote leaves all three where it is no.
    """
    assert matrix_of(None, True, None, None)["next_question"] == "immediate_feedback"


def test_between_equal_unknowns_it_asks_in_the_order_of_the_matrix():
    """No feedback needed, no known vote: each of the three leaves both verdicts open."""
    assert matrix_of(False, None, None, None)["next_question"] == "long_running"
    assert matrix_of(False, False, None, None)["next_question"] == "eventual_consistency_ok"


def test_a_derived_fact_counts_and_is_marked():
    """Two seconds at peak are long."""
    matrix = matrix_of(False, None, None, None, latency_p99_ms=2000, latency_basis="peak")
    assert matrix["facts"][1] == {"question": "long_running", "answer": True, "basis": "derived"}
    assert matrix["votes"] == 1


def test_a_persons_answer_wins_over_what_would_be_derived():
    matrix = matrix_of(False, False, None, None, latency_p99_ms=2000, latency_basis="peak")
    assert matrix["facts"][1] == {"question": "long_running", "answer": False, "basis": "answered"}


def test_strong_consistency_rules_out_eventual_consistency():
    edge = call("a", "b", answers={"strong_consistency": True})
    facts = edge_of(reviewed(architecture(edge)), "a-b")["matrix"]["facts"]
    assert facts[2] == {"question": "eventual_consistency_ok", "answer": False, "basis": "derived"}


def test_strong_consistency_denied_says_nothing_about_eventual_consistency():
    edge = call("a", "b", answers={"strong_consistency": False})
    facts = edge_of(reviewed(architecture(edge)), "a-b")["matrix"]["facts"]
    assert facts[2] == {"question": "eventual_consistency_ok", "answer": None, "basis": None}


@given(FOUR_ANSWERS)
def test_an_answer_more_never_widens_what_is_possible(answers):
    before = set(matrix_of(*answers)["possible"])
    for index in (i for i, answer in enumerate(answers) if answer is None):
        for answer in (True, False):
            after = set(matrix_of(*answers[:index], answer, *answers[index + 1 :])["possible"])
            assert after <= before


@given(FOUR_ANSWERS)
def test_what_is_possible_is_what_some_completion_gives(answers):
    ways = [(True, False) if answer is None else (answer,) for answer in answers]
    reached = {matrix_of(*completion)["verdict"] for completion in itertools.product(*ways)}
    assert set(matrix_of(*answers)["possible"]) == reached


@given(FOUR_ANSWERS)
def test_the_next_question_is_an_unknown_one_exactly_while_it_is_undetermined(answers):
    matrix = matrix_of(*answers)
    if matrix["verdict"] == "undetermined":
        assert answers[QUESTIONS.index(matrix["next_question"])] is None
        assert len(matrix["possible"]) > 1
    else:
        assert matrix["next_question"] is None
