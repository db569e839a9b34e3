"""Whose word counts, and what stands beside it."""

import itertools

from archreview.registry.hearing import hear, is_repeated, rank, words_of
from archreview.registry.models import Statement
from archreview.registry.models.statement import State


def said(value, *, source="", by="", note=""):
    return Statement(fact="timeout_ms", value=value, source=source, by=by or ("" if source else "ana"), note=note)


def after(*statements):
    """The standing statements after all were heard in this order."""
    standing: list[Statement] = []
    for new in statements:
        hear(new, standing)
        standing = [one for one in (*standing, new) if one.state != State.REPLACED]
    return {(one.source, one.value): one.state for one in standing}


def test_the_first_word_counts():
    assert after(said(1, source="compose.yaml")) == {("compose.yaml", 1): State.CURRENT}


def test_a_source_replaces_its_own_word():
    assert after(said(1, source="a"), said(2, source="a")) == {("a", 2): State.CURRENT}


def test_another_source_stands_beside():
    assert after(said(1, source="a"), said(2, source="b")) == {("a", 1): State.CURRENT, ("b", 2): State.BESIDE}


def test_a_person_is_heard_before_any_file_whatever_came_first():
    first, second = said(1, source="a"), said(2)
    expected = {("a", 1): State.BESIDE, ("", 2): State.CURRENT}

    assert after(first, second) == expected
    assert after(said(2), said(1, source="a")) == expected


def test_a_person_named_in_a_file_is_heard_before_a_plain_file():
    assert after(said(1, source="a"), said(2, source="b", by="bob")) == {
        ("a", 1): State.BESIDE,
        ("b", 2): State.CURRENT,
    }


def test_a_plain_word_of_the_same_file_does_not_replace_a_person_named_in_it():
    assert after(said(1, source="a", by="bob"), said(2, source="a")) == {
        ("a", 1): State.CURRENT,
        ("a", 2): State.BESIDE,
    }


def test_the_last_answer_given_here_counts():
    assert after(said(1), said(2, note="looked again")) == {("", 2): State.CURRENT}


def test_a_person_who_does_not_know_is_not_overwritten_either():
    assert after(said(None), said(2, source="a")) == {("", None): State.CURRENT, ("a", 2): State.BESIDE}


def test_the_same_words_are_known_again():
    standing = [said(1, source="a")]

    assert is_repeated(words_of(source="a", by="", at="", note="", value=1), standing)
    assert not is_repeated(words_of(source="b", by="", at="", note="", value=1), standing)


def test_true_is_not_one():
    assert not is_repeated(words_of(source="a", by="", at="", note="", value=True), [said(1, source="a")])


def test_there_is_always_exactly_one_current_statement_and_nobody_is_above_it():
    """Every order of words from everybody: one counts, and of the highest rank."""
    words = [(1, "a", ""), (2, "b", ""), (1, "a", "bob"), (3, "", ""), (2, "a", ""), (4, "b", "cem")]
    for order in itertools.permutations(words, 5):
        standing: list[Statement] = []
        for value, source, by in order:
            new = said(value, source=source, by=by)
            hear(new, standing)
            standing = [one for one in (*standing, new) if one.state != State.REPLACED]
            (current,) = [one for one in standing if one.state == State.CURRENT]
            assert rank(current) == max(map(rank, standing))
