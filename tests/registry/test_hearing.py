"""Whose word counts, and what stands beside it."""

import itertools
from datetime import UTC, datetime

from archreview.registry.hearing import Word, hear, rank, repeats
from archreview.registry.models.statement import State


def said(value, *, source="", by="", note=""):
    return Word(
        kind="edge",
        subject=1,
        fact="timeout_ms",
        value=value,
        user=1,
        by=by or ("" if source else "ana"),
        source=source,
        at="",
        note=note,
        recorded_at=datetime(2026, 11, 2, tzinfo=UTC),
    )


def after(*statements):
    """The standing statements after all were heard in this order."""
    standing: list[Word] = []
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
    assert repeats(said(1, source="a"), said(1, source="a"))
    assert not repeats(said(1, source="b"), said(1, source="a"))


def test_true_is_not_one():
    assert not repeats(said(True, source="a"), said(1, source="a"))


def test_there_is_always_exactly_one_current_statement_and_nobody_is_above_it():
    """Every order of words from everybody: one counts, and of the highest rank."""
    words = [(1, "a", ""), (2, "b", ""), (1, "a", "bob"), (3, "", ""), (2, "a", ""), (4, "b", "cem")]
    for order in itertools.permutations(words, 5):
        standing: list[Word] = []
        for value, source, by in order:
            new = said(value, source=source, by=by)
            hear(new, standing)
            standing = [one for one in (*standing, new) if one.state != State.REPLACED]
            (current,) = [one for one in standing if one.state == State.CURRENT]
            assert rank(current) == max(map(rank, standing))
