"""The last chapter: a sheet for each edge, with everything that is known about it and who said so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archreview.decisions.export import FONT_OF_A_PICTURE, status_words
from archreview.decisions.models import Decision
from archreview.drawing import draw_tree_path
from archreview.drawing.reviewed import OUTCOME_NAMES, tree_path_of
from archreview.engine.questions import ANSWERS, MATRIX_FACTS
from archreview.engine.results import EdgeReview
from archreview.registry.models import Statement
from archreview.registry.words import style_name
from archreview.reviews import telling
from archreview.reviews.asking import Asked
from archreview.reviews.edge_page import EdgePage, pitfalls
from archreview.reviews.report.chapters import Chapter
from archreview.reviews.report.pictures import Pictures
from archreview.reviews.report.scope import Scope

MOST_SHEETS = 100

SAID = {"true": "yes", "false": "no", "unknown": "don’t know"}


def sheets_shown(scope: Scope, *, findings_only: bool) -> Sequence[EdgeReview]:
    """Give the edges that get a sheet, those with the heaviest findings first."""
    edges = [edge for edge in scope.edges if not findings_only or scope.analysis.findings_about("edge", edge.id)]
    return edges[:MOST_SHEETS]


def edges_chapter(
    scope: Scope,
    pictures: Pictures,
    *,
    findings_only: bool,
    histories: Mapping[str, Mapping[str, list[Statement]]],
    decisions: Sequence[Decision],
) -> Chapter:
    """Give the chapter; `histories` are the statements about each edge, by its id and by fact."""
    edges = sheets_shown(scope, findings_only=findings_only)
    by_edge: dict[str, list[Decision]] = {}
    for decision in decisions:
        if decision.subject_kind == "edge":
            by_edge.setdefault(decision.subject_id, []).append(decision)
    sheets = [_sheet(scope, edge, pictures, histories.get(edge.id, {}), by_edge.get(edge.id, ())) for edge in edges]
    without = sum(not scope.analysis.findings_about("edge", edge.id) for edge in scope.edges) if findings_only else 0
    context = {
        "sheets": sheets,
        "without": without,
        "left_out": len(scope.edges) - without - len(sheets),
        "findings_only": findings_only,
    }
    return Chapter("edges", "Edges", "reviews/report/_edges.html", context)


def _sheet(
    scope: Scope,
    reviewed: EdgeReview,
    pictures: Pictures,
    history: Mapping[str, list[Statement]],
    decisions: Sequence[Decision],
) -> dict[str, Any]:
    analysis = scope.analysis
    page = EdgePage(analysis, reviewed.id, workspace="", history=dict(history), doubts={})
    path = tree_path_of(reviewed.tree, title="The path through the decision tree", reason=page.reason)
    technology = reviewed.technology
    channel = analysis.channels.get(page.edge.channel or "")
    found = analysis.findings_about("edge", reviewed.id)
    on_path = [use.question for use in reviewed.tree.path]
    keys = [*MATRIX_FACTS, *(key for key in on_path if key not in MATRIX_FACTS)]
    keys += [key for key in ANSWERS if key not in keys and f"answers.{key}" in history]
    questions = [page.asked(key) for key in keys]
    return {
        "anchor": f"edge-{reviewed.id}",
        "name": analysis.name_of("edge", reviewed.id),
        "edge": page.edge,
        "reviewed": reviewed,
        "grade": reviewed.grade or "?",
        "findings_count": len(found),
        "worst": found[0].severity if found else "",
        "style": style_name(page.edge.style),
        "technology_name": page.technology_name(),
        "channel": (channel.name or channel.id) if channel else "",
        "verdict": telling.verdict_line(reviewed),
        "outcome": OUTCOME_NAMES[reviewed.tree.outcome] if reviewed.tree.outcome else "",
        "tree_hole": telling.tree_hole(reviewed),
        "hop_flow": analysis.name_of("flow", reviewed.hop.flow) if reviewed.hop and reviewed.hop.flow else "",
        "limit": analysis.review.catalog.hop_limit,
        "latency": telling.milliseconds(reviewed.effective_latency_ms),
        "recommended": telling.recommended(technology) if technology else "",
        "next_classes": telling.next_classes(technology) if technology else [],
        "picture": pictures.add(draw_tree_path(path, standalone=True, font=FONT_OF_A_PICTURE)),
        "alt": "The path through the decision tree: "
        + " ".join(f"{q.text} {SAID.get(_word(q.answer), 'unknown')}." for q in path.questions)
        + (f" Outcome: {path.outcome}." if path.outcome else f" Still possible: {', '.join(path.possible)}."),
        "pitfalls": pitfalls(analysis, found),
        "answers": [_answer(asked) for asked in questions if asked.value or asked.derived],
        "unanswered": [asked.text for asked in questions if not (asked.value or asked.derived)],
        "facts": [row for _, rows in page.facts() for row in rows],
        "obligations": page.obligations(),
        "flows": [(name, within) for _, name, within in page.flows()],
        "decisions": [(decision, status_words(decision)) for decision in decisions],
        "evidence": page.edge.evidence[:6],
    }


def _word(answer: bool | None) -> str:
    return {True: "true", False: "false", None: "unknown"}[answer]


def _answer(asked: Asked) -> dict[str, str]:
    """A question with its answer, and who gave it or where it comes from; what people say stands before it."""
    if asked.value in ("true", "false") or not asked.derived:
        value, basis, note = SAID[asked.value], asked.said, asked.note
    else:
        value, basis = SAID[asked.derived], f"follows: {asked.reason}"
        note = f"{asked.said}: don’t know" if asked.value else ""
    return {"text": asked.text, "value": value, "basis": basis, "note": note, "earlier": "; ".join(asked.earlier[:2])}
