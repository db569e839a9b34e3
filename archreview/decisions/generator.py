"""Writes a decision about an edge from what the analysis knows. Plain functions: the same input gives the same text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from archreview.decisions.arguments import arguments, good, is_message
from archreview.decisions.besides import left_open, to_decide_besides
from archreview.decisions.choice import Choice, Kind, agreed_on, choose, options
from archreview.decisions.consequences import consequences
from archreview.decisions.context import context, drivers, used_facts
from archreview.decisions.draft import Confirmation, Draft, FactOfDecision, People
from archreview.decisions.effects import CHOSEN, owners, question_of_reads, questions_of_callers, steps_of_callers
from archreview.decisions.flow_numbers import latency_of
from archreview.decisions.ground import flow_in
from archreview.decisions.matter import Change, Dissent
from archreview.decisions.outcome import (
    against,
    confirmation,
    method,
    more_information,
    reasons,
    what_would_change_it,
)
from archreview.decisions.phrases import TECHNOLOGIES
from archreview.decisions.prose import (
    bullets,
    in_words,
    listed,
    lower_first,
    milliseconds,
    percent,
    table,
    upper_first,
)
from archreview.decisions.rewiring import Rewired
from archreview.decisions.sections import Content
from archreview.decisions.situation import After, Situation
from archreview.decisions.steps import checklists, steps_of, with_next_steps
from archreview.decisions.surroundings import surroundings
from archreview.decisions.terms import explained
from archreview.decisions.titles import shortened
from archreview.decisions.ways import OF_OUTCOME, WAYS, Way, edge_as
from archreview.drawing import Map
from archreview.engine.catalog import Catalog
from archreview.engine.decisions import AcceptedDecision
from archreview.engine.model import ASYNCHRONOUS, FAMILY_OF_STYLE, SYNCHRONOUS, Architecture, Edge, Said
from archreview.engine.results import FlowReview, Review

# Facts of the edge that a decision rests on beside the answers.
MEASURED = (
    "style",
    "latency_p50_ms",
    "latency_p99_ms",
    "throughput_per_s",
    "spiky",
    "delay_hurts",
    "all_or_nothing",
    "duplicate_impact",
    "loss_impact",
)
# Titles of decisions that keep a message where it is, where that has a name.
KEPT_ON = {
    "queue": "Keep {name} on",
    "fifo": "Keep {name} on",
    "pubsub": "Keep publishing {name} on",
    "stream": "Keep publishing {name} on",
    "log": "Keep publishing {name} on",
}
# Way -> the flow's numbers with it; None where no flow uses the edge.
Flows = Mapping[str, FlowReview | None]
# The families of rules that say how an edge must be built; the others judge facts and verdicts.
CHECKED = ("CPL-", "RES-", "MSG-", "OBS-", "TEC-")


def draft_for_edge(
    architecture: Architecture,
    review: Review,
    catalog: Catalog,
    edge_id: str,
    *,
    statements: Mapping[str, Said] | None = None,
    today: date,
    people: People | None = None,
    changes: tuple[Change, ...] = (),
    dissent: tuple[Dissent, ...] = (),
    decisions: tuple[AcceptedDecision, ...] | None = None,
) -> Draft:
    """
    The draft of a decision about how one edge should talk.

    `review` is the review of `architecture` by `catalog`, told of `decisions`. `statements` say who or which source
    stated which fact of the edge ("answers.needs_result", "latency_p99_ms"); without them, what the edge itself says.
    `changes` are what was agreed on elsewhere and take the place of a choice of its own. Reviews the architecture once
    more where the decision changes something. KeyError where there is no such edge.
    """
    people = people or People()
    situation = Situation.of(
        architecture, review, catalog, edge_id, statements=statements, today=today, decisions=decisions
    )
    choice = agreed_on(situation, changes) or choose(situation)
    changed = edge_as(situation, choice.way)
    change = Rewired(()) if choice.kind == Kind.KEEP else situation.rewired(changed)
    after = _after(situation, change)
    ways = options(situation, choice)
    flows = {way.key: situation.flow_as(edge_as(situation, way)) for way in ways}
    flows[choice.way.key] = after.flow
    rules = _rules(situation, after, choice)
    draft = Draft(
        title=_title(situation, choice),
        sections=_sections(situation, choice, change, after, ways, flows, rules, dissent),
        facts=_facts(situation),
        confirmation=Confirmation(
            edge=edge_id,
            styles=(choice.way.style,),
            facts=tuple((name, getattr(changed, name)) for name in ("circuit_breaker", "fallback"))
            if choice.kind == Kind.GUARD
            else (),
            rules=rules,
            premises=_premises(situation),
        ),
        people=_with_those_who_answered(situation, people),
        before=surroundings(situation, situation.edge, situation.flow_review, beside=_moved(change)),
        after=_afterwards(situation, changed, change, after) if choice.kind != Kind.KEEP else None,
        catalog_version=catalog.version,
    )
    return explained(draft, catalog)


def _after(situation: Situation, change: Rewired) -> After:
    if not change.edges:
        return After(situation.review, situation.judged, situation.flow_review)
    later = situation.reviewed_with(*change.edges, flows=change.flows)
    judged = next(edge for edge in later.edges if edge.id == situation.edge.id)
    return After(later, judged, flow_in(later, situation.flow))


def _afterwards(situation: Situation, changed: Edge, change: Rewired, after: After) -> Map:
    return surroundings(situation, changed, after.flow, change=change, beside=_moved(change))


def _moved(change: Rewired) -> frozenset[str]:
    """The calls that somebody else makes then, which both pictures show."""
    return frozenset(caller.edge for caller in change.callers)


def _title(situation: Situation, choice: Choice) -> str:
    template = choice.way.kept if choice.kind == Kind.KEEP else choice.way.chosen
    carrier = TECHNOLOGIES.get(situation.technology or "", "")
    if choice.kind == Kind.KEEP and carrier and choice.way.key in KEPT_ON:
        template = f"{KEPT_ON[choice.way.key]} {carrier}"
    target = situation.target.name or situation.target.id
    return shortened(template.format(name=situation.plain_operation, target=target))


def _sections(
    situation: Situation,
    choice: Choice,
    change: Rewired,
    after: After,
    ways: tuple[Way, ...],
    flows: Flows,
    rules: tuple[str, ...],
    dissent: tuple[Dissent, ...],
) -> Content:
    compared = [
        _compared(situation, ways, flows),
        *(f"### {way.title}\n\n{_pros_and_cons(situation, way, ways, choice, flows)}" for way in ways),
    ]
    left = left_open(situation, choice, after)
    steps = steps_of(situation, choice, after)
    steps = replace(
        steps,
        missing=(*steps_of_callers(situation, change), *steps.missing),
        asked=(*questions_of_callers(situation, change), *_of_a_read(situation, change), *steps.asked),
        besides=tuple(to_decide_besides(situation, choice, after, left)),
    )
    todo = checklists(
        steps,
        changes=choice.kind != Kind.KEEP,
        whose=owners(situation, [situation.edge.id]),
        provisional=choice.provisional,
    )
    weighed = consequences(situation, choice, change, after, steps, left)
    return {
        "context": context(situation),
        "drivers": bullets(drivers(situation)),
        "options": bullets(way.title for way in ways),
        "outcome": "\n\n".join((reasons(situation, choice, ways, change, after), *against(dissent))),
        "consequences": with_next_steps(weighed, todo),
        "confirmation": confirmation(situation, choice, after, rules, left),
        "comparison": "\n\n".join(compared),
        "more": more_information(situation, what_would_change_it(situation, choice), judged=method(situation)),
    }


def _of_a_read(situation: Situation, change: Rewired) -> tuple[str, ...]:
    becomes = [edge.id for edge in change.edges if FAMILY_OF_STYLE.get(edge.style or "") == ASYNCHRONOUS]
    return () if situation.is_asynchronous else question_of_reads(situation, becomes)


def _compared(situation: Situation, ways: tuple[Way, ...], flows: Flows) -> str:
    """The ways side by side; a column for each thing that differs, and the flow's numbers where there is a flow."""
    header = ["Option", "Coupling", "Resilience", "Complexity", "Latency", "Scalability"]
    cells = [[way.title, way.coupling, way.resilience, way.complexity, way.latency, way.scalability] for way in ways]
    parts = [table(header, cells), _left_out(situation, ways), *_what_each_makes_of_the_flow(situation, ways, flows)]
    return "\n\n".join(part for part in parts if part)


def _left_out(situation: Situation, ways: tuple[Way, ...]) -> str:
    """The ways that are possible and not compared, since a relative of each is."""
    shown = {way.key for way in ways}
    possible = (OF_OUTCOME[outcome] for outcome in situation.judged.tree.possible)
    names = [lower_first(WAYS[key].title) for key in possible if key not in shown]
    if names == [lower_first(WAYS["polling"].title)] and "hybrid" in shown:
        return "The hybrid is a hand-over with polling in which what is certain is said at once."
    if not names:
        return ""
    stand = "stands" if len(names) == 1 else "stand"
    return f"{upper_first(listed(names))} {stand} so close to one of these that they are not compared here."


def _what_each_makes_of_the_flow(situation: Situation, ways: tuple[Way, ...], flows: Flows) -> Iterator[str]:
    found = [(way, flow) for way in ways if (flow := flows[way.key]) is not None]
    if situation.flow_review is None or not found:
        return
    alike: dict[tuple[str, str, str], list[str]] = {}
    for way, flow in found:
        made = (str(flow.sync_calls), latency_of(flow), percent(flow.availability))
        alike.setdefault(made, []).append(way.title)
    if len(alike) > 1:
        rows = [("; ".join(titles), *made) for made, titles in alike.items()]
        yield f"What each would make of {situation.f}:"
        header = ("Option", "Calls in sequence", "Latency (P99, estimate)", "Availability")
        yield table(header, rows, right=frozenset({1, 2, 3}))
    missed = []
    if all(flow.within_rule is False for _, flow in found) and found[0][1].user_facing:
        missed.append(f"limit of {in_words(found[0][1].limit)} sequential synchronous calls")
    if all(flow.over_budget for _, flow in found) and situation.flow is not None:
        missed.append(f"latency budget of {milliseconds(situation.flow.latency_budget_ms or 0)}")
    if missed:
        yield f"Not one of them keeps the {' or the '.join(missed)}."


def _pros_and_cons(situation: Situation, way: Way, ways: tuple[Way, ...], choice: Choice, flows: Flows) -> str:
    """What a way is and is best for, and how it differs from the chosen one; of that, all is told already."""
    what = f"{way.how.format(s=situation.s, t=situation.t)} Best for {way.best_for}."
    if way == choice.way:
        return f"{what}\n\n{CHOSEN}"
    compared_with = _told_already(way, ways, choice)
    alike = is_message(way) and is_message(compared_with)
    told = arguments(situation, compared_with, flows[compared_with.key], beyond=alike)
    own = [one for one in arguments(situation, way, flows[way.key], beyond=alike) if one not in told]
    if way == choice.today:
        own.insert(0, good("this is how they talk today: nothing has to be changed"))
    if not own:
        return what
    name = "the chosen option" if compared_with == choice.way else f"the {lower_first(compared_with.title)}"
    if alike:
        what = f"{what} {situation.s} does not wait, as with {name}."
    return f"{what} What differs from {name}:\n\n{bullets(str(argument) for argument in own)}"


def _told_already(way: Way, ways: tuple[Way, ...], choice: Choice) -> Way:
    """The way that another is best told apart from: the first of the messages, among messages, else the chosen one."""
    if is_message(way) and not is_message(choice.way):
        return next((other for other in ways[: ways.index(way)] if is_message(other)), choice.way)
    return choice.way


def _rules(situation: Situation, after: After, choice: Choice) -> tuple[str, ...]:
    """
    The rules about the edge that must find nothing.

    These are the ones that find something today or would then, and of those that wait for facts, the grave ones. Where
    all stays as it is, those that find something would say at once that it is not as decided; so they are left out.
    """
    subject = ("edge", situation.edge.id)
    found = {finding.rule for finding in (*situation.findings, *after.edge_findings)}
    if choice.kind == Kind.KEEP:
        found = set()
    asked = [question for question in after.review.questions if question.subject == subject]
    # A call without a fallback is what was decided where the way is a direct one.
    asked = [question for question in asked if choice.way.key != "direct" or question.fact != "fallback"]
    waiting = {code for question in asked for code in question.waiting}
    return tuple(
        sorted(
            rule.code
            for rule in situation.catalog.rules
            if rule.scope == "edge"
            and not rule.needs
            and rule.code.startswith(CHECKED)
            and not rule.code.startswith(_beside_the_point(after))
            and (rule.code in found or (rule.code in waiting and rule.severity not in ("medium", "low", "info")))
        )
    )


def _beside_the_point(after: After) -> tuple[str, ...]:
    """Rules that a way of this family can never break; and the one that compares the two verdicts."""
    if after.edge.family == ASYNCHRONOUS:
        return ("CPL-002", "RES-", "OBS-003")
    if after.edge.family == SYNCHRONOUS:
        return ("CPL-002", "MSG-", "TEC-", "OBS-001", "OBS-002")
    return ("CPL-002",)


def _premises(situation: Situation) -> tuple[str, ...]:
    """The facts whose change calls for another look: the answers on the tree's path, the P99, and who consumes."""
    answers = (f"answers.{fact.question}" for fact in situation.judged.tree.path if fact.answer is not None)
    latency = () if situation.edge.latency_p99_ms is None else ("latency_p99_ms",)
    consumers = (f"channel:{channel}:consumers",) if (channel := situation.edge.channel) else ()
    harm = ("delay_hurts",) if situation.edge.style == "batch" and situation.edge.delay_hurts else ()
    return (*answers, *latency, *harm, *consumers)


def _facts(situation: Situation) -> tuple[FactOfDecision, ...]:
    """What the decision rests on: the answers as used, the edge's measured facts, and the flow's numbers."""
    edge_id = situation.edge.id
    found = []
    for fact in used_facts(situation):
        said = situation.statements.get(f"answers.{fact.question}", Said())
        found.append(
            FactOfDecision(
                "edge",
                edge_id,
                f"answers.{fact.question}",
                fact.answer,
                fact.basis or "unknown",
                said.by,
                said.at,
                said.why,
            )
        )
    for name in MEASURED:
        value = getattr(situation.edge, name)
        if value is not None:
            said = situation.statements.get(name, Said())
            found.append(FactOfDecision("edge", edge_id, name, value, "registered", said.by, said.at, said.why))
    if situation.judged.effective_latency_ms is not None:
        value = situation.judged.effective_latency_ms
        found.append(FactOfDecision("edge", edge_id, "effective_latency_ms", value, "computed"))
    for channel in situation.review.channels:
        if channel.id == situation.edge.channel:
            found.append(FactOfDecision("channel", channel.id, "consumers", list(channel.consumers), "computed"))
    flow = situation.flow_review
    if flow is not None:
        numbers = {
            "sync_calls": flow.sync_calls,
            "latency_p99_ms": flow.latency_p99_ms,
            "availability": flow.availability,
        }
        found += [FactOfDecision("flow", flow.id, name, value, "computed") for name, value in numbers.items()]
    return tuple(found)


def _with_those_who_answered(situation: Situation, people: People) -> People:
    """Whoever answered a question that the decision rests on was consulted; a file that states an answer was not."""
    answered = [
        said.by
        for fact in used_facts(situation)
        if (said := situation.edge.said.get(f"answers.{fact.question}")) and said.by
    ]
    return people.and_consulted(answered)
