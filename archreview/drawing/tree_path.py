"""The decision tree as the path taken through it: a column of questions, the answer on each branch."""

from dataclasses import dataclass

from archreview.drawing.lettering import shorten, wrap
from archreview.drawing.palette import FONT
from archreview.drawing.svg import Pen, number, points
from archreview.drawing.values import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeQuestion:
    """
    One question on the path.

    `answer` is None where the path stops because nobody knows yet. `basis` is one word or two (answered,
    derived), `reason` the sentence behind it. `behind_yes` and `behind_no` are the outcomes reachable on each branch,
    written for people.
    """

    key: str
    text: str
    answer: bool | None
    basis: str = ""
    reason: str = ""
    behind_yes: tuple[str, ...] = ()
    behind_no: tuple[str, ...] = ()
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TreePath:
    """The questions in the order asked; `outcome` is "" while one is open, and `possible` lists what is left."""

    title: str
    questions: tuple[TreeQuestion, ...]
    outcome: str = ""
    outcome_note: str = ""
    possible: tuple[str, ...] = ()
    description: str = ""


_BOX = 220.0
_STUB = 14.0
_LEFT = _BOX + _STUB + 6
_WIDTH = 360.0
_PAD = 12.0
_LINE = 16.0
_SMALL = 14.0
_GAP = 34.0
_STUB_LINES = 5


def draw_tree_path(path: TreePath, *, standalone: bool = False, font: str = FONT) -> str:
    """Give the path as SVG text."""
    pen = Pen(standalone, font)
    drawn = []
    top = 2.0
    for question in path.questions:
        box, height = _question(pen, question, top=top)
        drawn.append(box)
        drawn.append(_stubs(pen, question, top=top, height=height))
        drawn.append(_branch(pen, question, top=top + height))
        top += height + _GAP
    end, height = _end(pen, path, top=top)
    drawn.append(end)
    return pen.picture(
        "".join(drawn),
        width=_WIDTH,
        height=top + height + 2,
        title=path.title,
        description=path.description or _description(path),
        links=any(question.href for question in path.questions),
    )


def tree_path_table(path: TreePath) -> Table:
    """The same path as rows: question, answer, basis, reason, outcomes ruled out; the last row is the outcome."""
    rows, hrefs = [], []
    for question in path.questions:
        ruled_out = {True: question.behind_no, False: question.behind_yes, None: ()}[question.answer]
        rows.append((question.text, _word(question.answer), question.basis, question.reason, ", ".join(ruled_out)))
        hrefs.append(question.href)
    if path.outcome:
        rows.append(("Outcome", path.outcome, "", path.outcome_note, ""))
    else:
        rows.append(("Still possible", ", ".join(path.possible), "", "", ""))
    hrefs.append("")
    return Table(("Question", "Answer", "From", "Because", "Ruled out"), tuple(rows), tuple(hrefs))


def _word(answer: bool | None) -> str:
    return "unknown" if answer is None else "yes" if answer else "no"


def _question(pen: Pen, question: TreeQuestion, *, top: float) -> tuple[str, float]:
    """The box of one question and its height: room for its words, and for the outcomes listed beside it."""
    words = wrap(question.text, width=_BOX - 2 * _PAD, size=12.0, lines=4, bold=question.answer is None)
    behind = ": ".join(part for part in (question.basis, question.reason) if part)
    if question.answer is None:
        behind = behind or "nobody has answered yet"
    notes = wrap(behind, width=_BOX - 2 * _PAD, size=11.0, lines=3) if behind else ()
    height = 2 * _PAD - 4 + len(words) * _LINE + len(notes) * _SMALL
    height = max(height, _stub_height(question))
    drawn = pen.draw(
        "rect",
        "d-open" if question.answer is None else "d-question",
        x=1.0,
        y=top,
        width=_BOX,
        height=height,
        rx=6.0,
    )
    y = top + _PAD + 9
    for row in words:
        drawn += pen.write(row, "d-heading" if question.answer is None else "d-text", x=1 + _PAD, y=y)
        y += _LINE
    for row in notes:
        drawn += pen.write(row, "d-note", x=1 + _PAD, y=y - 1)
        y += _SMALL
    title = f"{question.text} {_word(question.answer)}" + (f", {behind}" if behind else "")
    return pen.linked(drawn, title=title, href=question.href), height


def _folded(outcomes: tuple[str, ...], lines: int) -> tuple[str, ...]:
    """The outcomes, one on a line; more than there is room for are counted."""
    if len(outcomes) <= lines:
        return outcomes
    return (*outcomes[: lines - 1], f"and {len(outcomes) - lines + 1} more")


def _branches(question: TreeQuestion) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What stands to the right of a question: the branch not taken, or both where it is open."""
    yes = ("yes", _folded(question.behind_yes, _STUB_LINES))
    no = ("no", _folded(question.behind_no, _STUB_LINES))
    return {True: (no,), False: (yes,), None: (yes, no)}[question.answer]


def _stub_height(question: TreeQuestion) -> float:
    return sum(_SMALL * (1 + len(outcomes)) + 10 for _, outcomes in _branches(question))


def _stubs(pen: Pen, question: TreeQuestion, *, top: float, height: float) -> str:
    drawn = ""
    branches = _branches(question)
    y = top + (height - _stub_height(question)) / 2 + 5
    for answer, outcomes in branches:
        middle = y + _SMALL / 2
        look = "d-line" if question.answer is None else "d-stub"
        drawn += pen.draw(
            "path",
            look,
            "d-outside" if question.answer is None else "",
            d=f"M{number(1 + _BOX)} {number(middle)}h{_STUB:g}",
        )
        drawn += pen.write(answer, "d-note-strong", x=_LEFT, y=middle + 4)
        below = y + _SMALL + 10.5
        for outcome in outcomes:
            short = shorten(outcome, width=_WIDTH - _LEFT, size=11.0)
            drawn += pen.draw("g", inside=pen.title(outcome) + pen.write(short, "d-note", x=_LEFT, y=below))
            below += _SMALL
        y += _SMALL * (1 + len(outcomes)) + 10
    return drawn


def _branch(pen: Pen, question: TreeQuestion, *, top: float) -> str:
    """The way down to the next box, with the answer on it."""
    x = 1 + _BOX / 2
    bottom = top + _GAP
    if question.answer is None:
        return pen.draw("path", "d-line", "d-outside", d=f"M{number(x)} {number(top)}V{number(bottom)}")
    drawn = pen.draw("path", "d-line", d=f"M{number(x)} {number(top)}V{number(bottom - 7)}")
    drawn += pen.draw("polygon", "d-tip", points=points(((x, bottom), (x - 4.5, bottom - 9), (x + 4.5, bottom - 9))))
    drawn += pen.draw("rect", "d-answer", x=x - 18, y=top + 4, width=36.0, height=18.0, rx=9.0)
    return drawn + pen.write(_word(question.answer), "d-small", "d-middle", "d-white-word", x=x, y=top + 16.6)


def _end(pen: Pen, path: TreePath, *, top: float) -> tuple[str, float]:
    """The outcome, or what is still possible, at the foot of the column."""
    if path.outcome:
        words = wrap(path.outcome, width=_BOX - 2 * _PAD, size=13.0, lines=2, bold=True)
        notes = wrap(path.outcome_note, width=_BOX - 2 * _PAD, size=11.0, lines=3) if path.outcome_note else ()
        look, title = "d-outcome", f"Outcome: {path.outcome}. {path.outcome_note}"
    else:
        words = (f"{len(path.possible)} outcomes still possible",)
        notes = tuple(shorten(outcome, width=_BOX - 2 * _PAD, size=11.0) for outcome in path.possible)
        look, title = "d-possible", "Still possible: " + ", ".join(path.possible)
    height = 2 * _PAD - 4 + len(words) * _LINE + len(notes) * _SMALL
    drawn = pen.draw("rect", look, x=1.0, y=top, width=_BOX, height=height, rx=6.0)
    y = top + _PAD + 9
    for row in words:
        drawn += pen.write(row, "d-name", x=1 + _PAD, y=y)
        y += _LINE
    for row in notes:
        drawn += pen.write(row, "d-note", x=1 + _PAD, y=y - 1)
        y += _SMALL
    return pen.draw("g", inside=pen.title(title) + drawn), height


def _description(path: TreePath) -> str:
    asked = " ".join(f"{question.text} {_word(question.answer)}." for question in path.questions)
    if path.outcome:
        return f"{asked} Outcome: {path.outcome}."
    return f"{asked} Still possible: {', '.join(path.possible)}."
