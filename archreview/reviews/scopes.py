"""What a session is about: which edges its agenda is proposed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from archreview.engine.agenda import Topic, agenda
from archreview.interchange.fields import NAME_MOST
from archreview.reviews import telling
from archreview.reviews.actions.planning import Proposal
from archreview.reviews.analyses import Analysis

Choices = list[tuple[str, str]]

VERDICTS: Mapping[str, str] = {
    "undetermined": "Matrix or tree undetermined",
    "disagree": "Matrix and tree disagree",
    "misfit": "Misfit",
}


@dataclass(frozen=True, slots=True)
class ScopeChoices:
    """What there is to choose from, as (id, name)."""

    systems: Choices
    flows: Choices
    teams: Choices

    @classmethod
    def of(cls, analysis: Analysis) -> ScopeChoices:
        """What the model has; a flow is named with its system, for two may have one of the same name."""
        architecture = analysis.architecture
        flows = [(flow.id, _flow_name(analysis, flow.id)) for flow in architecture.flows]
        return cls(
            systems=_named([(system.id, system.name) for system in architecture.systems]),
            flows=_named(flows),
            teams=_named([(team.id, team.name) for team in architecture.teams]),
        )


@dataclass(frozen=True, slots=True)
class Scope:
    """Which edges: of any of the systems, of any of the flows, and so on; what is empty asks for nothing."""

    systems: Sequence[str] = ()
    flows: Sequence[str] = ()
    teams: Sequence[str] = ()
    severities: Sequence[str] = ()
    verdicts: Sequence[str] = ()
    text: str = ""

    def edges(self, analysis: Analysis) -> set[str]:
        """Give the ids of the edges of the scope."""
        return {edge.id for edge in analysis.architecture.edges if self._holds(analysis, edge.id)}

    def _holds(self, analysis: Analysis, edge_id: str) -> bool:
        edge, reviewed = analysis.edges[edge_id], analysis.edge_reviews[edge_id]
        ends = [analysis.services[end] for end in (edge.source, edge.target)]
        found = {finding.severity for finding in analysis.findings_about("edge", edge_id)}
        of_verdicts = {
            "undetermined": reviewed.matrix.strength is None or reviewed.tree.outcome is None,
            "disagree": reviewed.agreement == "disagree",
            "misfit": reviewed.fit == "misfit",
        }
        words = f"{analysis.name_of('edge', edge_id)} {edge.name} {edge_id}".casefold()
        return (
            (not self.systems or any(end.system in self.systems for end in ends))
            and (not self.flows or bool(set(self.flows) & set(analysis.flows_of_edge.get(edge_id, ()))))
            and (not self.teams or any(end.team in self.teams for end in ends))
            and (not self.severities or bool(found & set(self.severities)))
            and (not self.verdicts or any(of_verdicts[name] for name in self.verdicts))
            and self.text.strip().casefold() in words
        )

    def in_words(self, analysis: Analysis) -> str:
        """Say what was chosen."""
        return "; ".join(self._parts(analysis))[:NAME_MOST] or "everything"

    def _parts(self, analysis: Analysis) -> Iterator[str]:
        if self.systems:
            yield telling.listed([analysis.name_of("system", id_) for id_ in self.systems])
        if self.flows:
            yield f"flows {telling.listed([analysis.name_of('flow', id_) for id_ in self.flows])}"
        if self.teams:
            names = {team.id: team.name or team.id for team in analysis.architecture.teams}
            yield f"services of {telling.listed([names[id_] for id_ in self.teams])}"
        if self.severities:
            yield f"{telling.listed(self.severities, 'or')} findings"
        if self.verdicts:
            yield telling.listed([VERDICTS[name].lower() for name in self.verdicts], "or")
        if self.text.strip():
            yield f"“{self.text.strip()}”"


def proposals(analysis: Analysis, edges: set[str] | None = None) -> list[Proposal]:
    """Give the topics among the edges, the weightiest first, with their names."""
    topics = agenda(analysis.architecture, analysis.review, analysis.catalog, edges=edges)
    return [proposal_for(analysis, topic) for topic in topics]


def proposal_for(analysis: Analysis, topic: Topic) -> Proposal:
    """Give the topic with the name of its edge."""
    return Proposal(topic, analysis.name_of("edge", topic.edge))


def topic_of(analysis: Analysis, edge: str) -> Topic:
    """Give the topic of one edge, also where nothing but a person's wish puts it on the agenda."""
    found = agenda(analysis.architecture, analysis.review, analysis.catalog, edges={edge})
    return found[0] if found else Topic(edge, 0.0, None, (), 4)


def reason_in_words(analysis: Analysis, reason: Mapping[str, object]) -> str:
    """Say one reason of an item as it is stored."""
    kind, detail = str(reason["kind"]), str(reason["detail"])
    words = {
        "findings": f"findings: {detail}",
        "flow": f"first call over the limit of {analysis.name_of('flow', detail)}",
        "matrix": "matrix undetermined",
        "tree": f"tree undetermined, {detail} outcomes possible",
        "disagreement": "matrix and tree disagree",
        "misfit": "today’s style is a misfit",
        "questions": f"{detail} open question{'' if detail == '1' else 's'}",
    }
    return words.get(kind, kind)


def _flow_name(analysis: Analysis, flow: str) -> str:
    system = analysis.system_of("flow", flow)
    name = analysis.name_of("flow", flow)
    return f"{name} ({analysis.name_of('system', system)})" if system else name


def _named(pairs: Choices) -> Choices:
    return sorted(((id_, name or id_) for id_, name in pairs), key=lambda pair: pair[1].casefold())
