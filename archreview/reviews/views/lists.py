"""The findings and the open questions, filtered and sorted by what stands in the URL."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from archreview.engine.results import SEVERITIES, OpenQuestion, Subject
from archreview.registry.queries import history_of
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, analysis_with, current_analysis
from archreview.reviews.asking import Asked, anchor_of, asked_fact, doubts_about, refused, rule_weights, wording
from archreview.reviews.edge_page import Pitfall
from archreview.reviews.forms import can_be_stated
from archreview.reviews.upcoming import upcoming_rules
from archreview.reviews.views.stating import take_statement
from archreview.rules.views.looking_back import asked_catalog
from archreview.web.answers import announce, answer
from archreview.web.lists import chosen, order_of, page_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role, Workspace

QUESTIONS_A_PAGE = 20
KINDS = ("edge", "flow", "service", "channel", "system")
_PAGES = {
    "edge": "reviews:edge",
    "flow": "reviews:flow",
    "service": "reviews:service",
    "channel": "registry:channel",
    "system": "registry:system",
}


@dataclass(frozen=True, slots=True)
class FindingRow(Pitfall):
    """A finding with what it is about."""

    name: str
    system: str
    system_name: str
    workspace: str

    @property
    def url(self) -> str:
        """The page of what it is about; worked out for the rows that are shown only."""
        return subject_url(self.workspace, *self.finding.subject)


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question of the list that is shown: with its means of answering, and the place of its subject."""

    asked: Asked
    name: str
    system: str
    url: str
    effect: str = ""


def subject_url(workspace: str, kind: str, id_: str) -> str:
    """Give the page of what a finding or a question is about."""
    return reverse(_PAGES[kind], args=[workspace, id_])


@require_safe
def findings(request: HtmxRequest, workspace: str) -> HttpResponse:
    """List the findings: filtered by severity, rule, kind and system, searched, sorted."""
    found = get_workspace(request, workspace)
    earlier = asked_catalog(request, found)
    analysis = analysis_with(found, earlier.catalog) if earlier else current_analysis(found)
    used = {finding.rule for finding in analysis.review.findings}
    severities, rules = chosen(request, "severity", SEVERITIES), chosen(request, "rule", list(analysis.rules))
    kinds, systems = chosen(request, "kind", KINDS), chosen(request, "system", list(analysis.systems))
    text = request.GET.get("q", "").strip()
    rows = []
    for finding in analysis.review.findings:
        system = analysis.system_of(*finding.subject) or ""
        if (
            (severities and finding.severity not in severities)
            or (rules and finding.rule not in rules)
            or (kinds and finding.subject.kind not in kinds)
            or (systems and system not in systems)
        ):
            continue
        name = analysis.name_of(*finding.subject)
        if text and text.casefold() not in f"{name} {finding.message} {finding.rule} {finding.subject.id}".casefold():
            continue
        system_name = analysis.name_of("system", system) if system else ""
        rows.append(FindingRow(finding, analysis.rules[finding.rule], name, system, system_name, workspace))
    orders = {
        "severity": lambda row: 0,  # the review's own order
        "rule": lambda row: row.finding.rule,
        "subject": lambda row: row.name.casefold(),
        "system": lambda row: row.system_name.casefold(),
    }
    sort, key = order_of(request, orders, default="severity")
    rows.sort(key=key)
    context = {
        "page": page_of(request, rows),
        "total": len(analysis.review.findings),
        "shown": len(rows),
        "severities": [(severity, analysis.review.summary.findings[severity]) for severity in SEVERITIES],
        "rules": sorted({*used, *rules}),
        "kinds": [kind for kind in KINDS if any(f.subject.kind == kind for f in analysis.review.findings)],
        "systems": analysis.architecture.systems,
        "chosen_systems": [(id_, analysis.name_of("system", id_)) for id_ in systems],
        "chosen_rules": rules,
        "kept": [("severity", value) for value in severities]
        + [("kind", value) for value in kinds]
        + ([("catalog", earlier.version.number)] if earlier else []),
        "earlier": earlier,
        "upcoming": upcoming_rules(analysis, partial(subject_url, workspace)),
        "q": text,
        "sort": sort,
        "filtered": bool(severities or rules or kinds or systems or text),
        "not_evaluated": analysis.review.not_evaluated,
    }
    return answer(request, page="reviews/findings.html", partial="reviews/_findings.html", context=context)


@require_safe
def questions(request: HtmxRequest, workspace: str) -> HttpResponse:
    """List what nobody has answered: filtered by kind, system and what waits, sorted by how much waits."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    kinds, systems = chosen(request, "kind", KINDS), chosen(request, "system", list(analysis.systems))
    waits = chosen(request, "waiting", ("matrix", "tree", "rules"))
    text = request.GET.get("q", "").strip()
    rows = []
    for question in analysis.review.questions:
        kind, id_ = question.subject
        if (kinds and kind not in kinds) or (systems and analysis.system_of(kind, id_) not in systems):
            continue
        if waits and not waits_for(question, waits):
            continue
        if text:
            words = (
                f"{analysis.name_of(kind, id_)} {wording(kind, question.fact)[0]} {id_} {' '.join(question.waiting)}"
            )
            if text.casefold() not in words.casefold():
                continue
        rows.append(question)
    sort, key = order_of(request, question_orders(analysis), default="weight")
    rows.sort(key=key)
    # Each row is a form of its own.
    page = page_of(request, rows, size=QUESTIONS_A_PAGE)
    context = {
        "page": page,
        "rows": shown_questions(analysis, found, list(page.object_list)),
        "back": request.GET.urlencode(),
        "total": len(analysis.review.questions),
        "shown": len(rows),
        "kinds": [kind for kind in KINDS if any(q.subject.kind == kind for q in analysis.review.questions)],
        "systems": analysis.architecture.systems,
        "chosen_systems": [(id_, analysis.name_of("system", id_)) for id_ in systems],
        "kept": [("waiting", value) for value in waits] + [("kind", value) for value in kinds],
        "waits": ("matrix", "tree", "rules"),
        "q": text,
        "sort": sort,
        "filtered": bool(kinds or systems or waits or text),
    }
    return answer(request, page="reviews/questions.html", partial="reviews/_questions.html", context=context)


def question_orders(analysis: Analysis) -> dict[str, Callable[[OpenQuestion], Any]]:
    """Give what the list can be sorted by. Where that is equal the review's order stays: by subject, then by fact."""
    weights = rule_weights(analysis)

    @cache  # thousands of questions wait for the same few things
    def weight(waiting: tuple[str, ...]) -> int:
        return sum(weights.get(code, 0) for code in waiting)

    def name(question: OpenQuestion) -> str:
        return analysis.name_of(*question.subject).casefold()

    return {
        "weight": lambda question: -weight(question.waiting),
        "subject": lambda question: (name(question), question.fact),
        "fact": lambda question: (question.fact, name(question)),
        "system": lambda question: (analysis.system_of(*question.subject) or "", name(question)),
    }


def waits_for(question: OpenQuestion, waits: list[str]) -> bool:
    """Say whether the matrix, the tree or some rule, as asked, waits for the question."""
    rules = any(code not in ("matrix", "tree") for code in question.waiting)
    return any(rules if kind == "rules" else kind in question.waiting for kind in waits)


def shown_questions(analysis: Analysis, workspace: Workspace, rows: Sequence[OpenQuestion]) -> list[ShownQuestion]:
    """Give the questions of one page of the list with their means of answering. One query."""
    doubts = doubts_about(workspace, [question.subject for question in rows])
    shown = []
    for subject, fact, waiting in rows:
        doubt = doubts.get((subject, fact))
        statements = [doubt] if doubt else ()
        asked = asked_fact(analysis, subject, fact, statements=statements, waiting=waiting, in_list=True)
        shown.append(shown_question(analysis, workspace, asked))
    return shown


def shown_question(analysis: Analysis, workspace: Workspace, asked: Asked, *, effect: str = "") -> ShownQuestion:
    """Give a question as a row of the list; `effect` says what its answer has changed."""
    subject = asked.subject
    system = analysis.system_of(*subject)
    url = subject_url(workspace.slug, *subject)
    return ShownQuestion(
        asked=asked,
        name=analysis.name_of(*subject),
        system=analysis.name_of("system", system) if system else "",
        url=f"{url}#{anchor_of(asked)}" if subject.kind == "edge" else url,
        effect=effect,
    )


@require_POST
def question_answer(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Take the answer to a question of the list, and show its row with what it has changed."""
    found = get_workspace(request, workspace, Role.REVIEWER)
    before = current_analysis(found)
    subject = Subject(request.POST.get("kind", ""), request.POST.get("id", ""))
    stated, form, error = take_statement(request, found, before, subject)
    back = QueryDict(request.POST.get("back", "")).urlencode()
    if not error and not request.htmx:
        messages.success(request, f"Saved: {before.name_of(*subject)}. {effect_of(before, found, subject)}")
        return redirect(f"{reverse('reviews:questions', args=[workspace])}?{back}")
    if error and not can_be_stated(subject.kind, form.fact):
        return HttpResponseBadRequest(error, content_type="text/plain; charset=utf-8")
    analysis = current_analysis(found)
    waiting = next((q.waiting for q in analysis.questions_about(*subject) if q.fact == form.fact), ())
    statements = history_of(stated).get(form.fact, [])
    asked = asked_fact(analysis, subject, form.fact, statements=statements, waiting=waiting, in_list=True)
    effect = "" if error else effect_of(before, found, subject)
    asked = refused(analysis, asked, form, error) if error else asked
    context = {"row": shown_question(analysis, found, asked, effect=effect), "back": back}
    response = answer(
        request,
        page="reviews/question.html",
        partial="reviews/_question_row.html",
        context=context,
        status=422 if error else 200,
    )
    return announce(response, error or f"Saved. {effect}")


def effect_of(before: Analysis, workspace: Workspace, subject: Subject) -> str:
    """Say what a statement has changed: of an edge its verdicts, of anything else how many findings there are."""
    after = current_analysis(workspace)
    if subject.kind == "edge":
        return telling.what_changed(before.edge_reviews[subject.id], after.edge_reviews[subject.id])
    change = len(after.review.findings) - len(before.review.findings)
    if not change:
        return "No finding comes or goes with it."
    return f"{abs(change)} finding{'s'[: abs(change) > 1]} {'more' if change > 0 else 'fewer'}."
