"""Steps rearranged: drawn as `a (b c) [d e] f`, nested in round brackets, side by side in square ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.engine.model import Step
from archreview.registry.arranging import (
    DEEPEST,
    MOVES,
    CannotArrange,
    add,
    apart,
    below,
    down,
    into,
    out,
    possible,
    remove,
    together,
    up,
)


def draw(text):
    """Steps from a drawing."""
    tokens = text.replace("(", " ( ").replace(")", " ) ").replace("[", " [ ").replace("]", " ] ").split()

    def read(stop):
        steps = []
        while tokens:
            token = tokens.pop(0)
            if token == stop:
                break
            if token == "[":
                steps.append(Step(parallel=read("]")))
            elif token == "(":
                steps[-1] = Step(edge=steps[-1].edge, then=read(")"))
            else:
                steps.append(Step(edge=token))
        return tuple(steps)

    return read("")


def drawn(steps):
    """A drawing of the steps."""
    words = []
    for step in steps:
        if step.edge is None:
            words.append(f"[{drawn(step.parallel)}]")
        else:
            words.append(f"{step.edge} ({drawn(step.then)})" if step.then else step.edge)
    return " ".join(words)


@pytest.mark.parametrize(
    ("move", "before", "path", "after"),
    [
        (up, "a b c", "1", "b a c"),
        (down, "a b (x) c", "1", "a c b (x)"),
        (up, "a (x y)", "0.1", "a (y x)"),
        (remove, "a b (x y) c", "1", "a c"),
        (remove, "a [b] c", "1.0", "a c"),
        (remove, "a (b (c) [d])", "0.1.0", "a (b (c))"),
        (together, "a b c", "0", "[a b] c"),
        (together, "[a b] c", "0", "[a b c]"),
        (together, "a [b c]", "0", "[a b c]"),
        (together, "a (x y)", "0.0", "a ([x y])"),
        (apart, "a [b (x) c] d", "1", "a b (x) c d"),
        (into, "[a b] c", "1", "[a b c]"),
        (into, "[a b] [c d]", "1", "[a b c d]"),
        (out, "[a b c] d", "0.1", "[a c] b d"),
        (out, "[a] d", "0.0", "a d"),
    ],
)
def test_it_moves(move, before, path, after):
    assert drawn(move(draw(before), path)) == after


@pytest.mark.parametrize(
    ("path", "after"),
    [("", "a (x) [b c] n"), ("0", "a (x n) [b c]"), ("1", "a (x) [b c n]"), ("1.0", "a (x) [b (n) c]")],
)
def test_it_adds_at_the_end_of_a_place(path, after):
    assert drawn(add(draw("a (x) [b c]"), path, "n")) == after


@pytest.mark.parametrize(
    ("move", "before", "path"),
    [
        (up, "a b", "0"),
        (down, "a b", "1"),
        (remove, "a", "0"),
        (remove, "[a]", "0.0"),
        (together, "a b", "1"),
        (together, "[a b]", "0.0"),
        (apart, "a b", "0"),
        (into, "a b", "1"),
        (into, "[a] b", "0"),
        (out, "a b", "0"),
        (out, "a (b)", "0.0"),
    ],
)
def test_it_refuses_what_makes_no_sense(move, before, path):
    with pytest.raises(CannotArrange):
        move(draw(before), path)


@pytest.mark.parametrize("path", ["", "2", "-1", "0.0", "1.5", "x", "0.", ".", "٣", "9" * 5000, "0" * 6, "0." * 5000])
def test_a_place_that_is_not_there_is_refused(path):
    for move in MOVES.values():
        with pytest.raises(CannotArrange):
            move(draw("a [b c]"), path)


def test_it_does_not_nest_deeper_than_a_file_can():
    steps = draw("a")
    path = "0"
    for _ in range(DEEPEST - 1):
        steps = add(steps, path, "a")
        path += ".0"
    with pytest.raises(CannotArrange):
        add(steps, path, "a")


TREES = st.recursive(
    st.builds(lambda edge: Step(edge=edge), st.sampled_from("abcdef")),
    lambda below_: (
        st.builds(lambda steps: Step(edge="n", then=tuple(steps)), st.lists(below_, max_size=3))
        | st.builds(lambda steps: Step(parallel=tuple(steps)), st.lists(below_, min_size=1, max_size=3))
    ),
    max_leaves=12,
)


def paths(steps, prefix=""):
    for index, step in enumerate(steps):
        yield f"{prefix}{index}"
        yield from paths(below(step), f"{prefix}{index}.")


def calls(steps):
    return sorted(step.edge for top in steps for step in top.walk() if step.edge is not None)


def has_empty_group(steps):
    return any(step.edge is None and not step.parallel for top in steps for step in top.walk())


@given(st.lists(TREES, min_size=1, max_size=4).map(tuple))
def test_no_move_but_removal_loses_or_invents_a_call(steps):
    for path in paths(steps):
        for name in possible(steps, path):
            moved = MOVES[name](steps, path)
            assert moved
            assert not has_empty_group(moved)
            if name != "remove":
                assert calls(moved) == calls(steps)
