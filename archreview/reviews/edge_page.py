"""What the page of one edge shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse

from archreview.drawing import draw_neighbourhood, draw_tree_path, map_table, tree_path_table
from archreview.drawing.neighbourhood import around
from archreview.drawing.reviewed import OUTCOME_NAMES, map_of, tree_path_of
from archreview.drawing.values import Table
from archreview.engine.catalog import Rule
from archreview.engine.derive import reason_for
from archreview.engine.fact_tables import EDGE_FACTS
from archreview.engine.model import Edge
from archreview.engine.questions import ANSWERS, MATRIX_FACTS, QUESTION_BY_KEY, TREE_FACTS
from archreview.engine.results import EdgeReview, FactUse, Finding, Subject
from archreview.registry.fields import ANSWER_PREFIX
from archreview.registry.models import Statement
from archreview.registry.words import style_name, technology_name
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis
from archreview.reviews.asking import Asked, asked_fact, earlier, open_facts_around, refused, said
from archreview.reviews.forms import StatementForm


@dataclass(frozen=True, slots=True)
class FactRow:
    """A known fact of the edge that is not one of the questions."""

    label: str
    value: str
    meaning: str
    said: str
    earlier: tuple[str, ...]
    differs: bool


@dataclass(frozen=True, slots=True)
class Pitfall:
    """A finding with what its rule says."""

    finding: Finding
    rule: Rule

    @property
    def remedies(self) -> tuple[str, ...]:
        """The remedy's points, the one to begin with first."""
        return _points(self.rule.remedy)


@lru_cache(maxsize=1_000)
def _points(text: str) -> tuple[str, ...]:
    points = [point.strip() for point in re.split(r"^- ", text, flags=re.MULTILINE)]
    return tuple(" ".join(point.split()) for point in points if point)


def pitfalls(analysis: Analysis, findings: Sequence[Finding]) -> list[Pitfall]:
    """Give findings with their rules."""
    return [Pitfall(finding, analysis.rules[finding.rule]) for finding in findings]


def _tri(value: bool | None, known_unknown: bool = False) -> str:
    if value is None:
        return "unknown" if known_unknown else ""
    return "true" if value else "false"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that could not be taken: what it was about, the form as it was filled in, and why."""

    subject: Subject
    form: StatementForm
    error: str


class EdgePage:
    """Everything about one edge, put into the form in which the page shows it."""

    def __init__(
        self,
        analysis: Analysis,
        edge_id: str,
        *,
        workspace: str,
        history: Mapping[str, list[Statement]],
        doubts: Mapping[tuple[Subject, str], Statement],
        refusal: Refusal | None = None,
    ) -> None:
        self.doubts = doubts
        self.refusal = refusal
        self.analysis = analysis
        self.id = edge_id
        self.workspace = workspace
        self.history = history
        self.edge: Edge = analysis.edges[edge_id]
        self.reviewed: EdgeReview = analysis.edge_reviews[edge_id]
        self.waiting = {question.fact: question.waiting for question in analysis.questions_about("edge", edge_id)}

    # -- verdicts -------------------------------------------------------------------------------------------------

    def context(self) -> dict[str, Any]:
        """Give all that the part of the page that changes with an answer needs."""
        reviewed, analysis = self.reviewed, self.analysis
        findings = analysis.findings_about("edge", self.id)
        technology = reviewed.technology
        open_facts = self.open_facts()
        on_path = [use.question for use in reviewed.tree.path]
        derived = sum(1 for use in reviewed.facts.values() if use.basis == "derived" and self._counts(use))
        return {
            "edge": self.edge,
            "reviewed": reviewed,
            "name": analysis.name_of("edge", self.id),
            "source_name": analysis.name_of("service", self.edge.source),
            "target_name": analysis.name_of("service", self.edge.target),
            "channel": analysis.channels.get(self.edge.channel or ""),
            "style_name": style_name(self.edge.style),
            "technology_name": self.technology_name(),
            "tree_outcome": OUTCOME_NAMES[reviewed.tree.outcome] if reviewed.tree.outcome else "undetermined",
            "verdict": telling.verdict_line(reviewed),
            "next_questions": self.next_questions(),
            "matrix_questions": [self.asked(key) for key in MATRIX_FACTS],
            "tree_questions": [self.asked(key) for key in on_path],
            "tree_questions_off": [self.asked(key) for key in TREE_FACTS if key not in on_path],
            "other_questions": [self.asked(key) for key in ANSWERS if key not in (*MATRIX_FACTS, *TREE_FACTS)],
            "open_facts": open_facts,
            "pitfalls": pitfalls(analysis, findings),
            "upcoming": pitfalls(analysis, analysis.upcoming_about("edge", self.id)),
            "recommended": telling.recommended(technology) if technology else "",
            "next_classes": telling.next_classes(technology) if technology else [],
            "tree_hole": telling.tree_hole(reviewed),
            "obligations": self.obligations(),
            "hop_flow": analysis.name_of("flow", reviewed.hop.flow) if reviewed.hop and reviewed.hop.flow else "",
            "flows": self.flows(),
            "limit": analysis.review.catalog.hop_limit,
            "effective_latency": telling.milliseconds(reviewed.effective_latency_ms),
            "evidence_known": reviewed.known - derived,
            "evidence_derived": derived,
            "evidence_unknown": reviewed.asked - reviewed.known,
            **self.tree_picture(),
        }

    def technology_name(self) -> str:
        """Give what the edge runs on: its channel's technology where it has a channel."""
        channel = self.analysis.channels.get(self.edge.channel or "")
        technology = channel.technology if channel is not None else self.edge.technology
        return technology_name(technology) if technology else ""

    def _counts(self, use: FactUse) -> bool:
        uses = (*self.reviewed.matrix.facts, *self.reviewed.tree.path)
        return any(other.question == use.question for other in uses)

    def next_questions(self) -> list[Asked]:
        """Give the questions worth asking next: the matrix's and the tree's."""
        keys = (self.reviewed.matrix.next_question, self.reviewed.tree.next_question)
        return [self.asked(key) for key in dict.fromkeys(key for key in keys if key)]

    def asked(self, key: str) -> Asked:
        """Give one of the questions that people answer about every edge."""
        fact = f"{ANSWER_PREFIX}{key}"
        question = QUESTION_BY_KEY[key]
        use = self.reviewed.facts[key]
        statements = self.history.get(fact, [])
        current = next((s for s in statements if s.state == "current"), None)
        return self._with_refusal(
            Asked(
                subject=Subject("edge", self.id),
                fact=fact,
                text=question.text,
                help=question.help,
                value=_tri(self._stated(key), known_unknown=current is not None),
                derived=_tri(use.answer) if use.basis == "derived" else "",
                reason=self.reason(key) if use.basis == "derived" else "",
                said=said(current) if current else "",
                note=current.note if current else "",
                earlier=earlier("edge", fact, statements),
                waiting=self.waiting.get(fact, ()),
            )
        )

    def _with_refusal(self, asked: Asked) -> Asked:
        refusal = self.refusal
        if refusal is None or (refusal.subject, refusal.form.fact) != (asked.subject, asked.fact):
            return asked
        return refused(self.analysis, asked, refusal.form, refusal.error)

    def unplaced_error(self) -> str:
        """Give the reason of a refusal that belongs to no question of the page."""
        refusal = self.refusal
        if refusal is None:
            return ""
        facts = {f"{ANSWER_PREFIX}{key}" for key in ANSWERS} | set(self.waiting)
        own = refusal.subject == ("edge", self.id)
        beside = {
            (question.subject, question.fact)
            for question in open_facts_around(self.analysis, self.id, doubts=self.doubts)
        }
        shown = refusal.form.fact in facts if own else (refusal.subject, refusal.form.fact) in beside
        return "" if shown else refusal.error

    def _stated(self, key: str) -> bool | None:
        value: bool | None = getattr(self.edge.answers, key)
        return value

    def reason(self, key: str) -> str:
        """Say where a derived answer comes from."""
        if self.reviewed.facts[key].basis != "derived":
            return ""
        return reason_for(key, self.edge, self.reviewed.effective_latency_ms, self.reviewed.reached)

    def open_facts(self) -> list[Asked]:
        """Give the other facts that rules wait for: the edge's own, then those of what is beside it."""
        own = [
            asked_fact(
                self.analysis,
                Subject("edge", self.id),
                fact,
                statements=self.history.get(fact, []),
                waiting=waiting,
            )
            for fact, waiting in sorted(self.waiting.items())
            if not fact.startswith(ANSWER_PREFIX)
        ]
        beside = open_facts_around(self.analysis, self.id, doubts=self.doubts)
        return [self._with_refusal(asked) for asked in (*own, *beside)]

    # -- beside the verdicts --------------------------------------------------------------------------------------

    def obligations(self) -> list[tuple[str, str]]:
        """Give the duties of the edge's style: text and state."""
        texts = {duty.duty: duty.text for duty in self.analysis.catalog.obligations}
        return [(texts.get(duty.duty, duty.duty), duty.state) for duty in self.reviewed.obligations]

    def flows(self) -> list[tuple[str, str, bool | None]]:
        """Give the flows that use the edge: id, name, whether within the rule."""
        return [
            (flow, self.analysis.name_of("flow", flow), self.analysis.flow_reviews[flow].within_rule)
            for flow in self.analysis.flows_of_edge.get(self.id, ())
        ]

    def tree_picture(self) -> dict[str, Any]:
        """Give the path through the tree as picture and table."""
        path = tree_path_of(
            self.reviewed.tree,
            title="The path through the decision tree",
            reason=self.reason,
            href=lambda key: f"#question-answers-{key.replace('_', '-')}",
        )
        return {"tree_svg": draw_tree_path(path), "tree_table": tree_path_table(path)}

    def neighbourhood(self) -> dict[str, Any]:
        """Give the edge with what is around it as picture and table."""
        ends = frozenset((self.edge.source, self.edge.target))
        near = {
            end
            for edge in self.analysis.architecture.edges
            if ends & {edge.source, edge.target}
            for end in (edge.source, edge.target)
        }
        picture = map_of(
            self.analysis.architecture,
            self.analysis.review,
            title=f"{self.analysis.name_of('edge', self.id)} and what is around it",
            services=near | ends,
            href=self.href,
        )
        if not self.edge.counted:
            return {"around_svg": "", "around_table": Table((), ())}
        return {
            "around_svg": draw_neighbourhood(picture, edge=self.id),
            "around_table": map_table(around(picture, services=ends)),
        }

    def href(self, kind: str, id_: str) -> str:
        """Give the page of a thing."""
        names = {
            "service": "reviews:service",
            "edge": "reviews:edge",
            "channel": "registry:channel",
            "system": "registry:system",
        }
        return reverse(names[kind], args=[self.workspace, id_]) if kind in names else ""

    def facts(self) -> list[tuple[str, list[FactRow]]]:
        """Give the known facts by group, with who said them."""
        groups: dict[str, list[FactRow]] = {}
        for fact in EDGE_FACTS:
            value = getattr(self.edge, fact.name)
            statements = self.history.get(fact.name, [])
            if value is None and not statements:
                continue
            current = next((s for s in statements if s.state == "current"), None)
            groups.setdefault(fact.group, []).append(
                FactRow(
                    telling.label(fact.name),
                    telling.said_of_fact(fact.name, value, fact.unit),
                    fact.meaning,
                    (f"{said(current)}: {current.note}" if current.note else said(current)) if current else "",
                    earlier("edge", fact.name, statements),
                    fact.name in self.edge.differing,
                )
            )
        return list(groups.items())
