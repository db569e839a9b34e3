"""What a decision about an edge leaves to others: the findings that none of its steps closes, and its flow."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.choice import Choice, Kind
from archreview.decisions.duties import with_all_met
from archreview.decisions.effects import callers_in_words
from archreview.decisions.flow_situation import FlowSituation
from archreview.decisions.plan import plans
from archreview.decisions.prose import clauses, counted, escaped, listed, milliseconds
from archreview.decisions.situation import After, Situation
from archreview.decisions.ways import edge_as
from archreview.engine.results import Finding


def left_open(situation: Situation, choice: Choice, after: After) -> tuple[Finding, ...]:
    """The findings about the edge that are there even when every step is done, the worst first."""
    if not after.edge_findings:
        return ()
    done = with_all_met(situation, choice, edge_as(situation, choice.way), after.edge.obligations)
    change = situation.rewired(done)
    later = {finding.fingerprint for finding in situation.reviewed_with(*change.edges, flows=change.flows).findings}
    left = (finding for finding in after.edge_findings if finding.fingerprint in later)
    # What the facts contradict is asked before anything else, where the decision changes something.
    return tuple(finding for finding in left if choice.kind == Kind.KEEP or not finding.rule.startswith("EVD-"))


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
        yield (
            f"The risk of {codes}, which stays because no other answer will do: somebody accepts it, with a reason and "
            "the day on which it is looked at again."
        )
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
        misses.append(f"takes {took}, where {budget} are allowed")
    if misses:
        yield f"{situation.f} as a whole: it still {clauses(misses)}; this decision alone does not mend that."


def _about_the_flow(situation: Situation, codes: str) -> str:
    flow, review = situation.flow, situation.flow_review
    accepted = f"or {codes} accepted, with a reason and the day on which it is looked at again"
    if flow is None or review is None or review.within_rule is not False:
        return f"A decision about {codes}: a shorter chain of calls, {accepted}."
    calls = f"{counted(review.sync_calls, 'call')} where {counted(review.limit, 'is', 'are')} allowed"
    of_the_flow = FlowSituation(situation, flow, {})
    found = plans(situation, flow, review, of_the_flow.situations)
    plan = next((plan for plan in found if situation.edge.id not in plan.edges), None)
    if plan is None:
        return f"A decision about {situation.f}, which makes {calls}: another call taken out of it, {accepted}."
    names = of_the_flow.names(leaving.edge for leaving in plan.leaving)
    callers = callers_in_words(situation, plan.change)
    then = f" ({callers.rstrip('.')})" if callers else ""
    return (
        f"A decision about {situation.f}, which makes {calls}: {names} taken out of the request{then}, which is the "
        f"lightest way to keep the limit, {accepted}."
    )
