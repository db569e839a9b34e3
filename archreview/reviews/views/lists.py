"""The findings and the open questions, filtered and sorted by what stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from archreview.engine.model import QUESTION_BY_KEY
from archreview.engine.results import SEVERITIES, OpenQuestion
from archreview.registry.fields import ANSWER_PREFIX
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.edge_page import Pitfall
from archreview.web.answers import answer
from archreview.web.lists import chosen, order_of, page_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace

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
    workspace: str

    @property
    def url(self) -> str:
        """The page of what it is about; worked out for the rows that are shown only."""
        return subject_url(self.workspace, *self.finding.subject)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """An open question with whom it asks and what waits for it."""

    question: OpenQuestion
    name: str
    system: str
    weight: int
    workspace: str

    @property
    def text(self) -> str:
        """The question as a person asks it."""
        return question_text(self.question)

    @property
    def url(self) -> str:
        """The place where it is answered; worked out for the rows that are shown only."""
        return f"{subject_url(self.workspace, *self.question.subject)}{anchor(self.question)}"


def subject_url(workspace: str, kind: str, id_: str) -> str:
    """Give the page of what a finding or a question is about."""
    return reverse(_PAGES[kind], args=[workspace, id_])


@require_safe
def findings(request: HtmxRequest, workspace: str) -> HttpResponse:
    """List the findings: filtered by severity, rule, kind and system, searched, sorted."""
    found = get_workspace(request, workspace)
    analysis = current_analysis(found)
    used = sorted({finding.rule for finding in analysis.review.findings})
    severities, rules = chosen(request, "severity", SEVERITIES), chosen(request, "rule", used)
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
        rows.append(FindingRow(finding, analysis.rules[finding.rule], name, system, workspace))
    orders = {
        "severity": lambda row: 0,  # the review's own order
        "rule": lambda row: row.finding.rule,
        "subject": lambda row: row.name.casefold(),
        "system": lambda row: row.system,
    }
    sort, key = order_of(request, orders, default="severity")
    rows.sort(key=key)
    context = {
        "page": page_of(request, rows),
        "total": len(analysis.review.findings),
        "shown": len(rows),
        "severities": [(severity, analysis.review.summary.findings[severity]) for severity in SEVERITIES],
        "rules": used,
        "kinds": [kind for kind in KINDS if any(f.subject.kind == kind for f in analysis.review.findings)],
        "systems": analysis.architecture.systems,
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
    weights = rule_weights(analysis)
    rows = []
    for question in analysis.review.questions:
        kind, id_ = question.subject
        system = analysis.system_of(kind, id_) or ""
        if (kinds and kind not in kinds) or (systems and system not in systems):
            continue
        if waits and not waits_for(question, waits):
            continue
        name = analysis.name_of(kind, id_)
        if text:
            words = f"{name} {question_text(question)} {id_} {' '.join(question.waiting)}"
            if text.casefold() not in words.casefold():
                continue
        weight = sum(weights.get(code, 0) for code in question.waiting)
        rows.append(QuestionRow(question, name, system, weight, workspace))
    orders = {
        "weight": lambda row: (-row.weight, row.question.subject, row.question.fact),
        "subject": lambda row: (row.name.casefold(), row.question.fact),
        "fact": lambda row: (row.question.fact, row.name.casefold()),
        "system": lambda row: (row.system, row.name.casefold()),
    }
    sort, key = order_of(request, orders, default="weight")
    rows.sort(key=key)
    context = {
        "page": page_of(request, rows),
        "total": len(analysis.review.questions),
        "shown": len(rows),
        "kinds": [kind for kind in KINDS if any(q.subject.kind == kind for q in analysis.review.questions)],
        "systems": analysis.architecture.systems,
        "waits": ("matrix", "tree", "rules"),
        "q": text,
        "sort": sort,
        "filtered": bool(kinds or systems or waits or text),
    }
    return answer(request, page="reviews/questions.html", partial="reviews/_questions.html", context=context)


def waits_for(question: OpenQuestion, waits: list[str]) -> bool:
    """Say whether the matrix, the tree or some rule, as asked, waits for the question."""
    rules = any(code not in ("matrix", "tree") for code in question.waiting)
    return any(rules if kind == "rules" else kind in question.waiting for kind in waits)


def rule_weights(analysis: Analysis) -> dict[str, int]:
    """Give how much an answer is worth to what waits for it: to a rule by its severity."""
    worth = {"critical": 40, "high": 20, "medium": 8, "low": 3, "info": 1}
    weights = {code: worth.get(rule.severity, 20) for code, rule in analysis.rules.items()}
    return {**weights, "matrix": 30, "tree": 30}


def question_text(question: OpenQuestion) -> str:
    """Give the question as a person asks it."""
    if question.fact.startswith(ANSWER_PREFIX):
        return QUESTION_BY_KEY[question.fact.removeprefix(ANSWER_PREFIX)].text
    return f"{telling.label(question.fact)}?"


def anchor(question: OpenQuestion) -> str:
    """Give the place of the question on its subject's page."""
    if question.subject.kind != "edge":
        return ""
    return f"#question-{question.fact.replace('.', '-').replace('_', '-')}"
