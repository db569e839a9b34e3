"""What a decision asks for next: what its way needs and lacks, what nobody has stated, what is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from archreview.decisions.arguments import awaited_behind, is_message
from archreview.decisions.carriers import CARRIED_BY, in_use
from archreview.decisions.choice import Choice, Kind, open_questions
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.ground import Ground
from archreview.decisions.phrases import CLASSES, SHORT_QUESTIONS, TECHNOLOGIES
from archreview.decisions.plan import plans
from archreview.decisions.prose import counted, escaped, first_few, listed, milliseconds
from archreview.decisions.situation import After, Situation
from archreview.decisions.ways import edge_as, way_of
from archreview.engine.model import Edge
from archreview.engine.results import Duty, Finding, Review

# Duty -> the facts of an edge that make it met.
MET_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "breaker": ("circuit_breaker",),
        "published": ("outbox",),
        "queued": ("lag_monitored",),
        "picked_up": ("tracing",),
        "processed": ("correlation_id", "dead_letter_procedure"),
    }
    | {
        duty: (duty,)
        for duty in (
            "fallback",
            "tracing",
            "idempotent",
            "dead_letter_queue",
            "dead_letter_procedure",
            "lag_monitored",
            "correlation_id",
            "callee_isolated",
            "callback_auth",
            "callback_retry",
            "callback_expiry",
            "callback_state_kept",
            "status_visible",
            "compensation",
        )
    }
)
# The catalog asks where a message went as four answers; as a step, each says what is to be built.
WHERE_IT_WENT: Mapping[str, str] = MappingProxyType(
    {
        "published": "A message that is stored together with the change that it tells of (outbox): none gets lost.",
        "queued": "A depth or a lag that tells how long the line of waiting messages is.",
        "picked_up": "A trace that shows who took the message, and when.",
        "processed": "A way to find what became of a message: an id, and a procedure for what was set aside.",
    }
)
# Each of these says nothing that the others do not say, where all of them are asked for.
SAID_ALREADY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"queued": ("lag_monitored",), "processed": ("correlation_id", "dead_letter_procedure")}
)


@dataclass(frozen=True, slots=True)
class Steps:
    """
    What a way asks for, as Markdown: what is missing, what nobody has stated, and what is there.

    `asked` is to be answered first, `besides` is to be decided elsewhere.
    """

    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    met: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


def steps_of(situation: Situation, choice: Choice, after: After) -> Steps:
    """What the way asks for, beginning with what the change itself takes."""
    by_state: dict[str, list[str]] = {"missing": [], "unknown": [], "met": []}
    for duty in _told_once(after.edge.obligations):
        by_state[duty.state].append(_as_a_step(situation, choice, duty))
    asked = [SHORT_QUESTIONS[question] for question, _, _ in open_questions(situation)] if choice.provisional else []
    missing = [*_of_the_change(situation, choice, after), *by_state["missing"]]
    if (
        situation.edge.purpose == "payment"
        and choice.way.key in ("direct", "guarded")
        and not situation.edge.idempotent
    ):
        missing.append(
            f"A key by which {situation.t} recognises a repeat, so that {situation.s} may ask again after a timeout."
        )
    return Steps(tuple(missing), tuple(by_state["unknown"]), tuple(by_state["met"]), tuple(asked))


def _repeats_move_money(situation: Situation, choice: Choice) -> bool:
    a_call = choice.way.key in ("direct", "guarded")
    return a_call and situation.edge.purpose == "payment" and not situation.edge.idempotent


def _told_once(duties: Iterable[Duty]) -> Iterator[Duty]:
    known = {duty.duty: duty.state for duty in duties}
    for duty in duties:
        others = SAID_ALREADY.get(duty.duty)
        if others is None or any(other not in known for other in others):
            yield duty


def _as_a_step(situation: Situation, choice: Choice, duty: Duty) -> str:
    text = next(found.text for found in situation.catalog.obligations if found.duty == duty.duty)
    if duty.duty == "fallback" and is_without_alternative(situation, choice):
        return (
            f"A defined answer to the user while {situation.t} is down, kept tested: as nothing can stand in for "
            f"{situation.t}, a clear error, and a way to try again."
        )
    if duty.duty in WHERE_IT_WENT and text.startswith("Where did my message go?"):
        return WHERE_IT_WENT[duty.duty]
    return escaped(text)


def is_without_alternative(situation: Situation, choice: Choice) -> bool:
    """Whether the caller waits for an answer in whose place no other can be given."""
    return choice.way.key == "direct" and situation.fact("callee_may_be_down") is False


def _of_the_change(situation: Situation, choice: Choice, after: After) -> Iterator[str]:
    """What the change itself takes, before anything that the new way asks for."""
    if choice.kind != Kind.CHANGE:
        return
    s, t = situation.s, situation.t
    becomes_a_message = is_message(choice.way) and not situation.is_asynchronous
    if becomes_a_message:
        yield "A name for the message (an event says what happened, a command what to do), and its schema."
    behind = awaited_behind(situation, after.flow)
    if behind:
        yield f"{first_few(behind)} taken out from behind {t}, because the user waits for it."
    changed = edge_as(situation, choice.way)
    if is_message(choice.way) and changed.technology is None and changed.channel is None:
        yield _carrier(situation, choice)
    if becomes_a_message:
        yield f"The way across: {t} takes the messages before {s} stops calling, and nothing is done twice meanwhile."
    elif situation.is_asynchronous and is_message(choice.way):
        yield f"The way across: {t} takes from the old and the new side by side until the old brings nothing any more."
    elif choice.way.key in ("polling", "hybrid"):
        if choice.way.key == "hybrid":
            yield "What must be right at once told apart from what may be finished, or fail, later."
        yield f"A job number that {t} gives at once, and a place where one asks how far it is."
    elif choice.way.key == "callback":
        yield f"A job number that {t} gives at once, and an address at which {s} takes the result."


def _carrier(situation: Situation, choice: Choice) -> str:
    wanted = CARRIED_BY[choice.way.key]
    found = in_use(situation, wanted, besides=situation.edge)
    if found is None:
        return f"A product that carries it: {CLASSES[wanted]}. The model shows none in use yet."
    technology, edge = found
    return (
        f"A channel for it: {CLASSES[wanted]}. {TECHNOLOGIES.get(technology, escaped(technology))} is in use already, "
        f"for {situation.name_of_edge(edge)}."
    )


# -- what stays when all of it is done --------------------------------------------------------------------------------


def left_open(situation: Situation, choice: Choice, after: After) -> tuple[Finding, ...]:
    """The findings about the edge that are there even when every step is done, the worst first."""
    if not after.edge_findings:
        return ()
    edge = edge_as(situation, choice.way)
    given: dict[str, object] = {}
    for duty in after.edge.obligations:
        if duty.state == "met" or (duty.duty == "fallback" and is_without_alternative(situation, choice)):
            continue
        given |= dict.fromkeys(MET_BY.get(duty.duty, ()), True)
        if duty.duty == "timeout" and edge.timeout_ms is not None:
            given["timeout_ms"] = None  # there will be one; how long it is, somebody has to say
    # The names are those of an edge's facts, so each value fits; the type checker sees only a mapping.
    done = replace(edge, **given)  # type: ignore[arg-type]
    later = {finding.fingerprint for finding in situation.reviewed_with(done).findings}
    return tuple(finding for finding in after.edge_findings if finding.fingerprint in later)


def to_decide_besides(situation: Situation, choice: Choice, after: After, left: tuple[Finding, ...]) -> Iterator[str]:
    """What is to be decided about the findings `left`, which no step closes, and about the flow."""
    hops = [finding for finding in left if finding.rule.startswith("HOP-")]
    alone = [finding for finding in left if "edge.fallback" in finding.facts and finding not in hops]
    others = [finding for finding in left if finding not in (*hops, *alone)]
    if hops:
        yield _about_the_flow(situation, listed([finding.rule for finding in hops]))
    elif choice.kind != Kind.KEEP:
        yield from _about_the_flow_then(situation, after)
    if alone:
        codes = listed([finding.rule for finding in alone])
        yield f"The risk of {codes} accepted, with a reason and a date: nothing can stand in for {situation.t}."
    for finding in others:
        title = next(rule.title for rule in situation.catalog.rules if rule.code == finding.rule)
        what = f"{finding.rule} ({escaped(title)}), which no step above closes"
        yield f"{what}: mended, or accepted with a reason and a date."


def _about_the_flow_then(situation: Situation, after: After) -> Iterator[str]:
    """What the flow still misses when this is done."""
    flow, then = situation.flow, after.flow
    if flow is None or then is None or not flow.user_facing:
        return
    misses = []
    if then.within_rule is False:
        calls = counted(then.sync_calls, "sequential synchronous call")
        misses.append(f"makes {calls}, where {counted(then.limit, 'is', 'are')} allowed")
    if then.over_budget and flow.latency_budget_ms is not None:
        took, budget = milliseconds(then.latency_p99_ms), milliseconds(flow.latency_budget_ms)
        misses.append(f"takes {took} at least of the {budget} that it may")
    if misses:
        yield f"{situation.f} as a whole: it still {listed(misses)}; this decision alone does not mend that."


def _about_the_flow(situation: Situation, codes: str) -> str:
    flow, review = situation.flow, situation.flow_review
    accepted = f"or {codes} accepted with a reason and a date"
    if flow is None or review is None or review.within_rule is not False:
        return f"A decision about {codes}: a shorter chain of calls, {accepted}."
    calls = f"{counted(review.sync_calls, 'call')} where {counted(review.limit, 'is', 'are')} allowed"
    of_the_flow = FlowSituation(situation, flow, {})
    found = plans(situation, flow, review, of_the_flow.situations)
    plan = next((plan for plan in found if situation.edge.id not in plan.edges), None)
    if plan is None:
        return f"A decision about {situation.f}, which makes {calls}: another call taken out of it, {accepted}."
    names = of_the_flow.names(leaving.edge for leaving in plan.leaving)
    return (
        f"A decision about {situation.f}, which makes {calls}: {names} taken out of the request, which is the lightest "
        f"way to keep the limit, {accepted}."
    )


# -- of several edges -------------------------------------------------------------------------------------------------


def steps_for(ground: Ground, later: Review, edges: Iterable[Edge]) -> Steps:
    """What several edges ask for as they would be: each thing once, with the calls it is for where not for all."""
    edges = tuple(edges)
    judged = {edge.id: edge for edge in later.edges}
    wanted: dict[str, dict[str, list[str]]] = {"missing": {}, "unknown": {}, "met": {}}
    for edge in edges:
        situation = Situation.on(ground, edge.id)
        choice = Choice(way_of(edge), Kind.CHANGE, False, None)
        steps = steps_of(situation, choice, After(later, judged[edge.id], None))
        for state, texts in (("missing", steps.missing), ("unknown", steps.unknown), ("met", steps.met)):
            for text in texts:
                wanted[state].setdefault(text, []).append(edge.id)

    def lines(state: str) -> tuple[str, ...]:
        return tuple(
            text
            if len(ids) == len(edges)
            else f"{text.rstrip('.')}: for {first_few([ground.name_of_edge(id_) for id_ in ids])}"
            for text, ids in wanted[state].items()
        )

    return Steps(lines("missing"), lines("unknown"), lines("met"))


# -- as text ----------------------------------------------------------------------------------------------------------


def checklists(steps: Steps, *, changes: bool, whose: str = "") -> str:
    """
    The steps under a line each that says what they are; `changes` where the decision changes something.

    `whose` is a sentence that says who owns what is to be changed, where that is known.
    """
    parts = []
    if len(steps.asked) > 1:
        parts += ["To be answered before this is accepted, in this order; an answer may make others needless:"]
    elif steps.asked:
        parts += ["To be answered before this is accepted:"]
    if steps.asked:
        parts += [_checklist(steps.asked)]
    if steps.missing:
        when = "To be done before the change goes live:" if changes else "Missing today, to be done:"
        parts += [when, _checklist(steps.missing)]
    if steps.unknown:
        parts += ["Nobody has said whether these are there. Look, and see to what is not:", _checklist(steps.unknown)]
    if steps.besides:
        parts += ["To be decided besides:", _checklist(steps.besides)]
    if parts:
        who = "Who does each of these, and by when, is to be written here before this is accepted."
        parts.append(f"{whose} {who}" if whose else who)
    elif steps.met:
        parts.append("Nothing has to be done: all that this way asks for is there.")
    if steps.met:
        parts += ["Already there:", _checklist(steps.met, box="[x]")]
    return "\n\n".join(parts)


def whose_they_are(ground: Ground, services: Iterable[str]) -> str:
    """A sentence that says which teams own the services; empty where the model knows of none."""
    teams = {team.id: escaped(team.name or team.id) for team in ground.architecture.teams}
    owned: dict[str, list[str]] = {}
    for id_ in dict.fromkeys(services):
        team = ground.services[id_].team
        if team:
            owned.setdefault(teams.get(team, escaped(team)), []).append(ground.name_of(id_))
    if not owned:
        return ""
    belong = (
        f"{listed(names)} {'belongs' if len(names) == 1 else 'belong'} to {team}" for team, names in owned.items()
    )
    return f"{'; '.join(belong)}."


def _checklist(items: Iterable[str], *, box: str = "[ ]") -> str:
    return "\n".join(f"* {box} {item if item.endswith(('.', '?')) else f'{item}.'}" for item in items)
