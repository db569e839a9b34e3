"""The path through the decision tree: what was asked, what was answered, what is left."""

from dataclasses import replace

import pytest

from archreview.drawing import TreePath, TreeQuestion, draw_tree_path, tree_path_table
from tests.drawing.reading import SVG, classes_of, read, titles_of, words_of

RESULT = TreeQuestion(
    key="needs_result",
    text="Does the caller need the result to go on?",
    answer=False,
    basis="derived",
    reason="notification is a side effect",
    behind_yes=("sync", "callback"),
    behind_no=("pubsub", "replayable log", "standard queue"),
    href="#needs_result",
)
FAN_OUT = TreeQuestion(
    key="fan_out",
    text="Must several independent consumers react?",
    answer=None,
    behind_yes=("pubsub",),
    behind_no=("replayable log", "standard queue"),
)


@pytest.fixture
def open_path() -> TreePath:
    return TreePath(title="Path", questions=(RESULT, FAN_OUT), possible=("pubsub", "replayable log", "standard queue"))


@pytest.fixture
def settled_path() -> TreePath:
    return TreePath(
        title="Path",
        questions=(RESULT, replace(FAN_OUT, answer=True)),
        outcome="pubsub",
        outcome_note="SNS, EventBridge",
    )


@pytest.mark.parametrize("standalone", [False, True])
def test_it_is_a_well_formed_picture(open_path: TreePath, settled_path: TreePath, standalone: bool) -> None:
    for path in (open_path, settled_path):
        svg = draw_tree_path(path, standalone=standalone)
        read(svg)
        assert svg == draw_tree_path(path, standalone=standalone)


def test_the_open_question_stands_out_and_shows_both_branches(open_path: TreePath) -> None:
    root = read(draw_tree_path(open_path))
    assert {"d-open", "d-possible"} <= classes_of(root)
    assert "d-outcome" not in classes_of(root)
    words = words_of(root)
    assert "3 outcomes still possible" in words
    assert words.count("yes") == 2 and words.count("no") == 2, "a branch not taken, the answer, and both that are open"


def test_the_outcome_stands_at_the_end(settled_path: TreePath) -> None:
    root = read(draw_tree_path(settled_path))
    assert "d-open" not in classes_of(root)
    boxes = [element for element in root.iter(f"{SVG}rect") if element.get("height") != "18"]
    assert "d-outcome" in (boxes[-1].get("class") or "")
    assert "pubsub" in words_of(root)


def test_branches_not_taken_are_folded_with_their_outcomes(settled_path: TreePath) -> None:
    words = words_of(read(draw_tree_path(settled_path)))
    assert {"sync", "callback"} <= set(words)
    many = replace(RESULT, behind_yes=tuple(f"outcome {nth}" for nth in range(9)))
    words = words_of(read(draw_tree_path(replace(settled_path, questions=(many,)))))
    assert "outcome 3" in words and "outcome 4" not in words
    assert "and 5 more" in words


def test_boxes_stand_one_below_the_other_and_hold_their_words(open_path: TreePath) -> None:
    root = read(draw_tree_path(open_path))
    boxes = [
        (float(element.get("y") or 0), float(element.get("height") or 0))
        for element in root.iter(f"{SVG}rect")
        if element.get("height") != "18"
    ]
    for (top, height), (below, _) in zip(boxes, boxes[1:], strict=False):
        assert top + height < below
    height = float((root.get("viewBox") or "").split()[3])
    assert all(float(element.get("y") or 0) < height for element in root.iter(f"{SVG}text"))


def test_the_whole_question_is_in_the_title_however_long_it_is(settled_path: TreePath) -> None:
    text = "word " * 200 + "end?"
    root = read(draw_tree_path(replace(settled_path, questions=(replace(RESULT, text=text),))))
    assert any(title.startswith(text + " no") for title in titles_of(root))


def test_a_question_links_to_where_it_is_answered(open_path: TreePath) -> None:
    root = read(draw_tree_path(open_path))
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == ["#needs_result"]
    assert root.get("role") == "group"


def test_the_table_says_the_same(open_path: TreePath, settled_path: TreePath) -> None:
    assert tree_path_table(open_path).rows == (
        (RESULT.text, "no", "derived", "notification is a side effect", "sync, callback"),
        (FAN_OUT.text, "unknown", "", "", ""),
        ("Still possible", "pubsub, replayable log, standard queue", "", "", ""),
    )
    assert tree_path_table(settled_path).rows[-1] == ("Outcome", "pubsub", "", "SNS, EventBridge", "")
