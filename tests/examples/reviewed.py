"""The worked examples as reviews."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from archreview.engine.catalog import Catalog
from archreview.engine.model import Architecture
from archreview.engine.results import EdgeReview, Finding, FlowReview, Review, TechnologyResult
from archreview.engine.review import review
from archreview.interchange.catalogs import read_catalog
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
EXAMPLES = FIXTURES / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))


@cache
def catalog() -> Catalog:
    problems = Problems()
    path = FIXTURES / "catalog.yaml"
    read = read_catalog(path.read_bytes(), file=path.name, problems=problems)
    assert read is not None, [str(problem) for problem in problems]
    return read


@cache
def architecture(name: str) -> Architecture:
    problems = Problems()
    path = EXAMPLES / f"{name}.yaml"
    read = read_architecture([(path.name, path.read_bytes())], problems=problems)
    assert read is not None, [str(problem) for problem in problems]
    return read


@cache
def example(name: str) -> Review:
    return review(architecture(name), catalog())


def changed(name: str, edge_id: str, **facts) -> Review:
    """The review of an example in which one edge has other facts."""
    before = architecture(name)
    edges = tuple(replace(edge, **facts) if edge.id == edge_id else edge for edge in before.edges)
    assert edges != before.edges
    return review(replace(before, edges=edges), catalog())


def edge(found: Review, id_: str) -> EdgeReview:
    return next(edge for edge in found.edges if edge.id == id_)


def technology(found: Review, id_: str) -> TechnologyResult:
    """What is said about the technology of an edge that has one."""
    judged = edge(found, id_).technology
    assert judged is not None
    return judged


def flow(found: Review, id_: str | None = None) -> FlowReview:
    """The flow of that id, or the only one."""
    flows = [flow for flow in found.flows if id_ in (None, flow.id)]
    assert len(flows) == 1
    return flows[0]


def findings(found: Review, rule: str) -> list[Finding]:
    return [finding for finding in found.findings if finding.rule == rule]


def subjects(found: Review, rule: str) -> set[str]:
    """The ids that a rule found something about."""
    return {finding.subject.id for finding in findings(found, rule)}


def rules(found: Review) -> set[str]:
    return {finding.rule for finding in found.findings}


def severity(found: Review, rule: str, subject: str) -> str:
    return next(finding.severity for finding in findings(found, rule) if finding.subject.id == subject)
