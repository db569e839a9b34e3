"""What the page of one edge shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from archreview.drawing import draw_neighbourhood, draw_tree_path, map_table, tree_path_table
from archreview.drawing.neighbourhood import around
from archreview.drawing.reviewed import map_of, tree_path_of
from archreview.drawing.values import Table
from archreview.engine.catalog import Rule
from archreview.engine.derive import reason_for
from archreview.engine.model import ANSWERS, EDGE_FACTS, MATRIX_FACTS, QUESTION_BY_KEY, TREE_FACTS, Edge, Kind
from archreview.engine.results import EdgeReview, FactUse, Finding
from archreview.registry.fields import ANSWER_PREFIX, FIELD_BY_NAME, from_json
from archreview.registry.models import Statement
from archreview.reviews import telling
from archreview.reviews.analyses import Analysis

EDGE_FACT_BY_NAME = {fact.name: fact for fact in EDGE_FACTS}


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A question with its three answers.

    `fact` is its name as posted, `value` and `derived` are "true", "false", "unknown" or "" as the tri-state component
    takes them; `said` tells who, when and why, `earlier` what was said before, `waiting` what hangs on it.
    """

    fact: str
    text: str
    help: str
    value: str
    derived: str
    reason: str
    said: str
    note: str
    earlier: tuple[str, ...]
    waiting: tuple[str, ...]
    is_next: bool

    @property
    def name(self) -> str:
        """A prefix for ids that CSS and scripts can address."""
        return self.fact.replace(".", "-").replace("_", "-")


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
    def remedies(self) -> list[str]:
        """The remedy's points, the one to begin with first."""
        points = [point.strip() for point in re.split(r"^- ", self.rule.remedy, flags=re.MULTILINE)]
        return [" ".join(point.split()) for point in points if point]


def pitfalls(analysis: Analysis, findings: Sequence[Finding]) -> list[Pitfall]:
    """Give findings with their rules."""
    return [Pitfall(finding, analysis.rules[finding.rule]) for finding in findings]


def said(statement: Statement) -> str:
    """Give who said it and when, in a line."""
    who = statement.by or statement.source
    via = f" ({statement.source})" if statement.by and statement.source else ""
    when = statement.at or f"{statement.recorded_at:%-d %b %Y, %H:%M} UTC"
    return f"{who}{via}, {when}"


def _earlier(fact: str, statements: Sequence[Statement]) -> tuple[str, ...]:
    words = {"beside": "says otherwise", "replaced": "earlier"}
    field = FIELD_BY_NAME["edge"][fact]
    unit = field.fact.unit if field.fact else ""
    lines = []
    for statement in statements[:6]:
        if statement.state in words:
            value = telling.fact_value(from_json(field, statement.value), unit)
            lines.append(f"{words[statement.state]}: {value} ({said(statement)})")
    return tuple(lines)


def _tri(value: bool | None, known_unknown: bool = False) -> str:
    if value is None:
        return "unknown" if known_unknown else ""
    return "true" if value else "false"


class EdgePage:
    """Everything about one edge, put into the form in which the page shows it."""

    def __init__(
        self, analysis: Analysis, edge_id: str, *, workspace: str, history: Mapping[str, list[Statement]]
    ) -> None:
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
        on_path = [use.question for use in reviewed.tree.path]
        derived = sum(1 for use in reviewed.facts.values() if use.basis == "derived" and self._counts(use))
        return {
            "edge": self.edge,
            "reviewed": reviewed,
            "name": analysis.name_of("edge", self.id),
            "source_name": analysis.name_of("service", self.edge.source),
            "target_name": analysis.name_of("service", self.edge.target),
            "channel": analysis.channels.get(self.edge.channel or ""),
            "verdict": telling.verdict_line(reviewed),
            "next_questions": self.next_questions(),
            "matrix_questions": [self.asked(key) for key in MATRIX_FACTS],
            "tree_questions": [self.asked(key) for key in on_path],
            "tree_questions_off": [self.asked(key) for key in TREE_FACTS if key not in on_path],
            "other_questions": [self.asked(key) for key in ANSWERS if key not in (*MATRIX_FACTS, *TREE_FACTS)],
            "open_facts": self.open_facts(),
            "open_fields": self.open_fields(),
            "open_count": len(self.open_facts()) + len(self.open_fields()),
            "pitfalls": pitfalls(analysis, findings),
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
        stated = self._stated(key)
        return Asked(
            fact=fact,
            text=question.text,
            help=question.help,
            value=_tri(stated, known_unknown=current is not None),
            derived=_tri(use.answer) if use.basis == "derived" else "",
            reason=self.reason(key) if use.basis == "derived" else "",
            said=said(current) if current else "",
            note=current.note if current else "",
            earlier=_earlier(fact, statements),
            waiting=self.waiting.get(fact, ()),
            is_next=key in (self.reviewed.matrix.next_question, self.reviewed.tree.next_question),
        )

    def _stated(self, key: str) -> bool | None:
        value: bool | None = getattr(self.edge.answers, key)
        return value

    def reason(self, key: str) -> str:
        """Say where a derived answer comes from."""
        if self.reviewed.facts[key].basis != "derived":
            return ""
        return reason_for(key, self.edge, self.reviewed.effective_latency_ms, self.reviewed.reached)

    def open_facts(self) -> list[Asked]:
        """Give the yes-or-no facts that rules wait for; others are filled in the form."""
        found = []
        for fact, waiting in sorted(self.waiting.items()):
            table = EDGE_FACT_BY_NAME.get(fact)
            if table is None or table.kind != Kind.BOOLEAN:
                continue
            statements = self.history.get(fact, [])
            found.append(
                Asked(
                    fact=fact,
                    text=f"{telling.label(fact)}: {table.meaning}?",
                    help="",
                    value="unknown" if any(s.state == "current" for s in statements) else "",
                    derived="",
                    reason="",
                    said=next((said(s) for s in statements if s.state == "current"), ""),
                    note=next((s.note for s in statements if s.state == "current"), ""),
                    earlier=_earlier(fact, statements),
                    waiting=waiting,
                    is_next=False,
                )
            )
        return found

    def open_fields(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Give the other facts that rules wait for: label, meaning and what waits."""
        found = []
        for fact, waiting in sorted(self.waiting.items()):
            table = EDGE_FACT_BY_NAME.get(fact)
            if (table is not None and table.kind == Kind.BOOLEAN) or fact.startswith(ANSWER_PREFIX):
                continue
            found.append((telling.label(fact), table.meaning if table else "", waiting))
        return found

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
                    telling.fact_value(value, fact.unit),
                    fact.meaning,
                    (f"{said(current)}: {current.note}" if current.note else said(current)) if current else "",
                    _earlier(fact.name, statements),
                    fact.name in self.edge.differing,
                )
            )
        return list(groups.items())
