"""Logic with unknowns."""

from itertools import product

import pytest

from archreview.engine.language import kleene

VALUES = (True, False, None)


@pytest.mark.parametrize(("one", "other"), list(product(VALUES, VALUES)))
def test_and_or_and_not_follow_the_truth_tables(one, other):
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False

    assert kleene.both(one, other) is kleene.all_of(one, other) is both
    assert kleene.either(one, other) is kleene.any_of(one, other) is either
    assert kleene.negate(kleene.both(one, other)) is kleene.either(kleene.negate(one), kleene.negate(other))


@pytest.mark.parametrize(("yes", "no"), list(product(VALUES, VALUES)))
def test_an_unknown_choice_is_unknown_unless_both_ways_agree(yes, no):
    assert kleene.choose(True, yes, no) is yes
    assert kleene.choose(False, yes, no) is no
    assert kleene.choose(None, yes, no) is (yes if yes == no else None)


@pytest.mark.parametrize(
    "items", [(), (True,), (None,), (False,), (None, True), (False, None), (True, True), (False, False)]
)
def test_exists_and_all_are_or_and_and_over_a_list(items):
    assert kleene.exists(items, lambda item: item) is kleene.any_of(*items)
    assert kleene.every(items, lambda item: item) is kleene.all_of(*items)


def test_a_list_that_is_unknown_leaves_everything_about_it_unknown():
    assert kleene.exists(None, bool) is kleene.every(None, bool) is kleene.count(None, bool) is None


def test_a_count_is_unknown_where_one_of_the_items_is():
    assert kleene.count((True, False, True), lambda item: item) == 2
    assert kleene.count((True, None), lambda item: item) is None
