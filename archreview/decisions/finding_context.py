"""The first half of a decision about findings: what is wrong, where, by which facts, and what drives the choice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from archreview.decisions.context import harm, how_they_talk, place_of, who_said
from archreview.decisions.finding_situation import FindingSituation
from archreview.decisions.flow_context import flow_in_words, promised, what_it_is
from archreview.decisions.flow_numbers import calls_table
from archreview.decisions.phrases import SHORT_QUESTIONS, TECHNOLOGIES
from archreview.decisions.prose import (
    all_of,
    counted,
    escaped,
    first_few,
    in_words,
    listed,
    milliseconds,
    number,
    percent,
    quoted,
    table,
    upper_first,
)
from archreview.engine.catalog import Rule
from archreview.engine.results import SEVERITIES

MOST_PLACES = 12
MOST_NAMED = 3
# Facts that the analysis works out, and facts whose names in the rule language say too little.
COMPUTED = ("fit", "unneeded_in_sequence", "worst_wait_at_least_ms", "caller_timeout_ms")
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "fit": "Does the way they talk fit the answers?",
        "unneeded_in_sequence": "Calls in sequence whose results nobody needs",
        "worst_wait_at_least_ms": "The longest wait when services hang, at least",
        "caller_timeout_ms": "The timeout of whoever calls the caller",
    }
)
# Names of the rule language that only say again how the two talk, or that the rule applies at all.
IMPLIED = ("is_", "has_", "in_request", "hop_over", "uncovered")


def context(situation: FindingSituation, *, question: str) -> str:
    """The section "Context and Problem Statement", which ends with the question."""
    parts = [*_where(situation), *_wrong(situation), *_facts(situation), question]
    return "\n\n".join(part for part in parts if part)


def _where(situation: FindingSituation) -> Iterator[str]:
    count = counted(len(situation.findings), "finding")
    if situation.edge is not None:
        yield how_they_talk(situation.edge)
        yield from place_of(situation.edge)
    elif situation.flow is not None:
        yield what_it_is(situation.flow)
        yield calls_table(situation.ground, situation.flow.today, here={})
        yield from flow_in_words(situation.flow)
    elif situation.is_about_one:
        yield from _of_another(situation)
    if situation.is_about_one:
        yield f"This decision is about {count} on {situation.where}{_not_about(situation)}"
        return
    rule = situation.rules[0]
    places = counted(len(situation.findings), "place")
    yield f"The analysis finds the same thing, {rule.code} ({escaped(rule.title)}), in {places}:"
    more = len(situation.findings) - MOST_PLACES
    shown = situation.findings if more <= 1 else situation.findings[:MOST_PLACES]
    rows = [(situation.name_of(found.subject), found.severity, escaped(found.message)) for found in shown]
    yield table(("Where", "Severity", "What is wrong"), rows)
    if more > 1:
        yield f"{upper_first(counted(more, 'more place'))} are like these."


def _not_about(situation: FindingSituation) -> str:
    """The end of the sentence: how many more findings there are near, which a change may close too."""
    if situation.flow is None:
        return "."
    ground = situation.ground
    near = [
        *ground.findings_about("flow", situation.flow.flow.id),
        *(finding for edge in situation.flow.situations for finding in ground.findings_about("edge", edge)),
    ]
    more = sum(finding not in situation.findings for finding in near)
    if not more:
        return "."
    are = "is" if more == 1 else "are"
    return f"; {in_words(more)} more on the flow and its calls {are} not its matter, though some may go away with it."


def _of_another(situation: FindingSituation) -> Iterator[str]:
    """What a service, a channel or a system is, and how much hangs on it."""
    kind, id_ = situation.subjects[0]
    ground = situation.ground
    if kind == "service":
        found = next(service for service in ground.review.services if service.id == id_)
        service = ground.services[id_]
        tier = f" of tier {service.tier}" if service.tier is not None else ""
        count = found.blast_radius.services.count
        fails = f" When it fails, {counted(count, 'other service')} {'fails' if count == 1 else 'fail'} with it."
        yield (
            f"{ground.name_of(id_)} is a {escaped(service.kind)}{tier}: {counted(found.edges_in, 'connection')} in, "
            f"{counted(found.edges_out, 'connection')} out.{fails if count else ''}"
        )
    elif kind == "channel":
        channel = ground.channels[id_]
        used = next(channel for channel in ground.review.channels if channel.id == id_)
        carried = TECHNOLOGIES.get(channel.technology or "", "")
        sends, takes = (first_few([ground.name_of(end) for end in found]) for found in (used.producers, used.consumers))
        over = f" on {carried}" if carried else ""
        yield f"{situation.where} is a channel{over} from {sends or 'nobody'} to {takes or 'nobody'}."
    elif kind == "system":
        system = next(system for system in ground.review.systems if system.id == id_)
        share = system.synchronous_share
        waits = f", of which {percent(round(share * 100, 1))} wait for each other" if share is not None else ""
        yield (
            f"{situation.where} has {counted(system.services, 'service')} that begin "
            f"{counted(system.edges_out, 'connection')}{waits}."
        )


def _wrong(situation: FindingSituation) -> Iterator[str]:
    """Each rule that found something: what it says, and why that matters."""
    if not situation.is_about_one:
        yield _why(situation.rules[0])
        return
    messages = {finding.rule: finding for finding in situation.findings}
    for rule in situation.rules:
        finding = messages[rule.code]
        yield f"**{rule.code}, {finding.severity}:** {escaped(finding.message)} {_why(rule)}"


def _why(rule: Rule) -> str:
    return escaped(" ".join(rule.why.split()))


def _facts(situation: FindingSituation) -> Iterator[str]:
    """The facts behind the findings, each once, with who stated it."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for finding in situation.findings:
        edge = finding.subject.id if finding.subject.kind == "edge" else ""
        stated = situation.statements.get(edge) or (situation.ground.edges[edge].said if edge else {})
        for name, value in finding.facts.items():
            if finding.subject.kind == "flow" and isinstance(value, bool):
                continue  # the numbers that it is made of stand above
            if name.startswith("edge.has_") and value is False:
                name, value = name.replace("has_", "", 1), "none"
            kind, _, fact = name.partition(".")
            said = stated.get(fact) if kind == "edge" else None
            words = fact_in_words(name)
            if words and not isinstance(value, (list, tuple, dict)):
                origin = who_said(said) if said else "the analysis" if fact in COMPUTED else "the model"
                rows.setdefault((words, value_in_words(fact, value), origin), []).append(
                    situation.name_of(finding.subject)
                )
    if not rows:
        return
    yield "This is what it rests on:" if len(situation.findings) == 1 else "This is what they rest on:"
    if situation.is_about_one:
        yield table(("Fact", "Value", "Where from"), rows)
    else:
        cells = ((*row, _whose(situation, list(dict.fromkeys(names)))) for row, names in rows.items())
        yield table(("Fact", "Value", "Where from", "Of"), cells)


def _whose(situation: FindingSituation, names: list[str]) -> str:
    count = len(situation.subjects)
    return f"{all_of(count)} places" if len(names) == count > MOST_NAMED else first_few(names, most=MOST_NAMED)


def fact_in_words(name: str) -> str:
    """A name of the rule language as words; empty for what follows from others, and for the parameters of rules."""
    kind, _, fact = name.partition(".")
    if kind == "params" or fact.startswith(IMPLIED):
        return ""
    if fact.startswith("answers."):
        return SHORT_QUESTIONS.get(fact.removeprefix("answers."), "")
    if fact in LABELS:
        return LABELS[fact]
    words = fact.replace("_p99_ms", " at P99").replace("_p50_ms", " at P50").replace("_ms", "").replace("_", " ")
    owner = {"source": "the caller's ", "target": "the callee's "}.get(kind, "")
    return escaped(upper_first(f"{owner}{words}"))


def value_in_words(fact: str, value: object) -> str:
    """A known value as a table's cell."""
    if fact == "fit":
        return {"fits": "yes", "tolerable": "it will do", "misfit": "no"}.get(str(value), escaped(str(value)))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        if fact.endswith("_ms"):
            return milliseconds(value)
        return percent(value) if "availability" in fact else number(value)
    return escaped(str(value).replace("_", " "))


def drivers(situation: FindingSituation) -> Iterator[str]:
    """The section "Decision Drivers" as items."""
    yield _severities(situation)
    if situation.flow is not None:
        yield from promised(situation.flow)
    edges = [subject.id for subject in situation.subjects if subject.kind == "edge"]
    flows = [flow for flow in situation.ground.flows_with(edges) if flow.user_facing]
    if flows:
        names = first_few([quoted(flow.name or flow.id) for flow in flows])
        one = "waits" if len(edges) == 1 else "wait"
        yield f"Users wait for it in {names}." if len(edges) == 1 else f"Users {one} for these calls in {names}."
    for flow in flows:
        if flow.latency_budget_ms is not None:
            yield f"{quoted(flow.name or flow.id)} has a latency budget of {milliseconds(flow.latency_budget_ms)}."
        if flow.availability_target is not None:
            target = percent(flow.availability_target)
            yield f"{quoted(flow.name or flow.id)} must be available for {target} of the time."
    if situation.edge is not None:
        edge = situation.edge.edge
        yield from harm(edge.duplicate_impact, edge.loss_impact)
        if edge.expectation:
            yield f"What the user expects: {quoted(edge.expectation)}."
        if edge.delay_cost:
            yield f"What failure or delay costs: {quoted(edge.delay_cost)}."
        s, t = situation.edge.source, situation.edge.target
        if s.tier is not None and t.tier is not None:
            callee, caller = situation.edge.t, situation.edge.s
            yield f"{callee} is of tier {t.tier}, {caller} of tier {s.tier}; tier 1 is most critical."


def _severities(situation: FindingSituation) -> str:
    """How grave the findings are, as a sentence."""
    counts = Counter(finding.severity for finding in situation.findings)
    grave = [severity for severity in SEVERITIES if counts[severity]]
    if len(grave) == 1:
        place, count = SEVERITIES.index(grave[0]), len(situation.findings)
        are = "is" if place == 1 else "are"
        worse = f"only {listed(SEVERITIES[:place])} {are} worse" if place else "there is no worse"
        what = "The finding is" if count == 1 else f"{upper_first(all_of(count))} findings are"
        return f"{what} of {grave[0]} severity; {worse}."
    parts = [f"{counted(counts[severity], 'is', 'are')} {severity}" for severity in grave]
    return f"Of the {in_words(len(situation.findings))} findings {listed(parts)} in severity."
