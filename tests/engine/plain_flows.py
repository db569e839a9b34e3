"""
The numbers of a flow, by recursion over its tree of steps: the second implementation of "In a flow".

`steps` are what `Plain.steps` gives: in order, each `{"edge", "then"}` or `{"parallel"}`.
"""

import math
from fractions import Fraction
from typing import Any

from tests.engine.plain_graph import weight
from tests.engine.plain_model import ASYNCHRONOUS, CALLING, HAND_OFF, IN_PROCESS, PASSING, SYNCHRONOUS, number


def foreground(plain, steps, above=()):
    """Yield the foreground steps, each with the steps above it."""
    for step in steps:
        if "parallel" in step:
            yield from foreground(plain, step["parallel"], above)
        else:
            yield step, above
            if plain.chain_family(step["edge"]) in PASSING:
                yield from foreground(plain, step["then"], (*above, step))


def everywhere(steps):
    """Yield all steps, foreground and background."""
    for step in steps:
        if "parallel" in step:
            yield from everywhere(step["parallel"])
        else:
            yield step
            yield from everywhere(step["then"])


def sequences(steps):
    """Yield the sequences: the edges that one caller uses one after another, parallel groups left out."""
    yield [step["edge"] for step in steps if "edge" in step]
    for step in steps:
        yield from sequences_below(step)


def sequences_below(step):
    """Yield the sequences under a step; the branches of a parallel group are no sequence themselves."""
    if "parallel" in step:
        for branch in step["parallel"]:
            yield from sequences_below(branch)
    else:
        yield from sequences(step["then"])


# Calls ----------------------------------------------------------------------------------------


def longest_calls(plain, steps, family_of):
    """Give the edges of the longest sequence of counted calls."""
    calls: list[dict[str, Any]] = []
    for step in steps:
        if "parallel" in step:
            branches = [longest_calls(plain, [branch], family_of) for branch in step["parallel"]]
            calls += max(branches, key=len, default=[])  # type: ignore[arg-type]
        else:
            calls += [step["edge"]] * weight(plain, step["edge"], family_of)
            if family_of(step["edge"]) in PASSING:
                calls += longest_calls(plain, step["then"], family_of)
    return calls


def positions(plain, steps, before=0):
    """Yield (edge id, position) of every counted foreground step."""
    for step in steps:
        if "parallel" in step:
            for branch in step["parallel"]:
                yield from positions(plain, [branch], before)
        else:
            here = before + weight(plain, step["edge"], plain.chain_family)
            if here > before:
                yield step["edge"]["id"], here
            if plain.chain_family(step["edge"]) in PASSING:
                yield from positions(plain, step["then"], here)
        before += len(longest_calls(plain, [step], plain.chain_family))


# Latency --------------------------------------------------------------------------------------


def latency(plain, steps):
    """Give the known part of the latency of steps, in milliseconds."""
    total = Fraction(0)
    for step in steps:
        if "parallel" in step:
            total += max((latency(plain, [branch]) for branch in step["parallel"]), default=Fraction(0))
        else:
            edge, family = step["edge"], plain.chain_family(step["edge"])
            if family in PASSING:
                total += (plain.own_latency(edge) or 0) + latency(plain, step["then"])
            elif family == HAND_OFF:
                total += number(edge, "handover_p99_ms") or 0
            else:
                total += number(edge, "publish_p99_ms") or 0
    return total


def lacks_latency(plain, edge, own_latency):
    """Tell whether a foreground step has no number where it needs one, or may need one."""
    family = plain.chain_family(edge)
    if family is None:
        return True
    if family in PASSING:
        return own_latency(edge) is None
    return family == HAND_OFF and number(edge, "handover_p99_ms") is None


def nested_latency(plain, edge):
    """
    Give (True, milliseconds at peak of the slowest that is nested under an edge in any flow, None where unknown).

    (False, None) where no flow uses the edge.
    """
    uses = [
        step
        for flow in plain.flows.values()
        for step in everywhere(plain.steps(flow))
        if step["edge"]["id"] == edge["id"]
    ]
    for use in uses:
        for step, _ in foreground(plain, use["then"]):
            if lacks_latency(plain, step["edge"], plain.own_latency_at_peak):
                return True, None
    return bool(uses), max((latency(plain, use["then"]) for use in uses), default=None)


# Waiting --------------------------------------------------------------------------------------


def worst_wait(plain, steps):
    """Give what a user can wait in milliseconds: `math.inf` for ever, None where it is unknown."""
    waits = []
    for step in steps:
        if "parallel" in step:
            waits.append(together([worst_wait(plain, [branch]) for branch in step["parallel"]], max))
        else:
            edge, family = step["edge"], plain.chain_family(step["edge"])
            if family in CALLING:
                timeout = number(edge, "timeout_ms")
                waits.append(None if timeout is None else timeout * (edge.get("retries", 0) + 1))
            elif family == IN_PROCESS:
                waits.append(worst_wait(plain, step["then"]))
            else:
                waits.append(0 if family == ASYNCHRONOUS else None)
    return together(waits, sum)


def together(waits, combine):
    """Combine waits: one that is for ever decides, then one that is unknown."""
    if math.inf in waits:
        return math.inf
    if None in waits:
        return None
    return combine(waits) if waits else 0


def wait_at_least(plain, steps):
    """Give the same with 0 for what is unknown, and for what has no end and so no number."""
    total = 0
    for step in steps:
        if "parallel" in step:
            total += max((wait_at_least(plain, [branch]) for branch in step["parallel"]), default=0)
        else:
            edge, family = step["edge"], plain.chain_family(step["edge"])
            if family in CALLING:
                timeout = number(edge, "timeout_ms")
                total += 0 if timeout in (None, math.inf) else timeout * (edge.get("retries", 0) + 1)
            elif family == IN_PROCESS:
                total += wait_at_least(plain, step["then"])
    return total


# Availability ---------------------------------------------------------------------------------


def not_below_fallback(plain, steps):
    """Yield the foreground steps that no step with a fallback stands above, each with the steps above it."""
    for step, above in foreground(plain, steps):
        if not any(upper["edge"].get("fallback") is True for upper in above):
            yield step, above


def needed_steps(plain, steps):
    """Yield the steps whose target must be up, each with the steps above it."""
    for step, above in not_below_fallback(plain, steps):
        if plain.chain_family(step["edge"]) in (*PASSING, HAND_OFF) and step["edge"].get("fallback") is not True:
            yield step, above


def failing_together(plain, steps, needs):
    """Give the groups of needed services that count once: one deployable, or joined by a needed in-process step."""
    joined = [
        {one, other}
        for one in needs
        for other in needs
        if one != other and plain.services[one].get("deployable") is not None
        if plain.services[one]["deployable"] == plain.services[other].get("deployable")
    ]
    for step, _ in needed_steps(plain, steps):
        if plain.chain_family(step["edge"]) == IN_PROCESS:
            joined.append({step["edge"]["from"], step["edge"]["to"]})
    groups = [{service} for service in needs]
    for pair in joined:
        touched = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [set().union(*touched)]
    return groups


def product(factors):
    """Give the product of availabilities, all as parts of 1."""
    result = Fraction(1)
    for factor in factors:
        result *= factor
    return result


def availabilities(plain, flow, steps, default_availability):
    """Give `needs`, `availability` in percent, `assumed_availability` and `below_target`."""
    needed = list(needed_steps(plain, steps))
    needs = sorted({flow["entry"], *(step["edge"]["to"] for step, _ in needed)})
    groups = failing_together(plain, steps, needs)
    promised = {service: number(plain.services[service], "availability") for service in needs}
    assumed = Fraction(str(default_availability))
    channels = {
        step["edge"]["channel"]
        for step, _ in not_below_fallback(plain, steps)
        if plain.chain_family(step["edge"]) in (ASYNCHRONOUS, None)
        if step["edge"].get("channel") is not None and step["edge"].get("outbox") is not True
        if number(plain.channels[step["edge"]["channel"]], "availability") is not None
    }
    whole = product(
        [min(assumed if promised[s] is None else promised[s] for s in group) / 100 for group in groups]
        + [number(plain.channels[channel], "availability") / 100 for channel in channels]
    )
    return {
        "needs": needs,
        "availability": float(whole * 100),
        "assumed_availability": [service for service in needs if promised[service] is None],
        "below_target": below_target(plain, flow, steps, groups, promised),
    }


def below_target(plain, flow, steps, groups, promised):
    """Tell whether the promises that the flow rests on are lower than its own; None where that is open."""
    certain = {flow["entry"]} | {
        step["edge"]["to"]
        for step, above in needed_steps(plain, steps)
        if all(s["edge"].get("fallback") is False for s in (*above, step))
    }

    def factor(group):
        return min([Fraction(100), *(promised[s] for s in group & certain if promised[s] is not None)]) / 100

    own = promised[flow["entry"]]
    target = number(flow, "availability_target")
    others = product(factor(group) for group in groups if flow["entry"] not in group)
    if own is not None and others < own / 100:
        return True
    if target is not None and product(factor(group) for group in groups) < target / 100:
        return True
    all_known = all(value is not None for value in promised.values()) and all(
        step["edge"].get("fallback") is True
        or (step["edge"].get("fallback") is False and plain.chain_family(step["edge"]) is not None)
        for step, _ in not_below_fallback(plain, steps)
    )
    return False if all_known else None


# The whole ------------------------------------------------------------------------------------


def attempts(plain, steps):
    """Give how often the last of a chain of nested calls can be tried for one request."""
    largest = 1
    for step in steps:
        if "parallel" in step:
            largest = max(largest, attempts(plain, step["parallel"]))
        else:
            family = plain.chain_family(step["edge"])
            if family == SYNCHRONOUS:
                largest = max(largest, (step["edge"].get("retries", 0) + 1) * attempts(plain, step["then"]))
            elif family == IN_PROCESS:
                largest = max(largest, attempts(plain, step["then"]))
    return largest


def flow_review(plain, flow, *, hop_limit, default_availability, result_not_needed):
    """Give one element of `flows`; `result_not_needed` are the ids of the edges whose needs_result is false."""
    steps = plain.steps(flow)
    user_facing = flow.get("user_facing", True)
    calls = [edge["id"] for edge in longest_calls(plain, steps, plain.chain_family)]
    at_most = len(longest_calls(plain, steps, plain.family_at_most))
    within_rule = True if not user_facing or at_most <= hop_limit else None
    if user_facing and len(calls) > hop_limit:
        within_rule = False

    in_front = [step["edge"] for step, _ in foreground(plain, steps)]
    entry_latency = number(plain.services[flow["entry"]], "latency_p99_ms")
    known_latency = latency(plain, steps) + (entry_latency or 0)
    unknown_latency = {edge["id"] for edge in in_front if lacks_latency(plain, edge, plain.own_latency)}
    complete = not unknown_latency and entry_latency is not None
    not_at_peak = {
        edge["id"]
        for edge in in_front
        if plain.chain_family(edge) in PASSING
        and plain.own_latency(edge) is not None
        and plain.own_latency_at_peak(edge) is None
    }
    budget = number(flow, "latency_budget_ms")
    over_budget = None
    if budget is not None and known_latency > budget:
        over_budget = True
    elif budget is not None and complete:
        over_budget = False

    wait = worst_wait(plain, steps)
    in_order = list(sequences(steps))
    unneeded = [
        {
            edge["to"]
            for edge in sequence
            if plain.chain_family(edge) == SYNCHRONOUS
            and not plain.is_datastore(edge["to"])
            and edge["id"] in result_not_needed
        }
        for sequence in in_order
    ]
    repeated = {
        edge["id"]
        for sequence in in_order
        for edge in sequence
        if [other["to"] for other in sequence].count(edge["to"]) > 1
    }
    return {
        "id": flow["id"],
        "entry": flow["entry"],
        "user_facing": user_facing,
        "limit": hop_limit,
        "sync_calls": len(calls),
        "sync_calls_at_most": at_most,
        "within_rule": within_rule,
        "calls": calls,
        "first_over": calls[hop_limit] if within_rule is False else None,
        "latency_p99_ms": float(known_latency),
        "latency_complete": complete,
        "unknown_latency_edges": sorted(unknown_latency),
        "not_at_peak_edges": sorted(not_at_peak),
        "tail_share": 1 - 0.99 ** sum(plain.chain_family(edge) in CALLING for edge in in_front),
        "over_budget": over_budget,
        "worst_wait_ms": None if wait in (None, math.inf) else float(wait),
        "worst_wait_at_least_ms": float(wait_at_least(plain, steps)),
        "waits_for_ever": None if wait is None else wait == math.inf,
        **availabilities(plain, flow, steps, default_availability),
        "attempts": attempts(plain, steps),
        "unneeded_in_sequence": max(len(services) for services in unneeded),
        "repeated_calls": sorted(repeated),
        "written_services": sorted(
            {
                plain.services[step["edge"]["to"]].get("deployable") or step["edge"]["to"]
                for step in everywhere(steps)
                if step["edge"].get("purpose") in ("write", "payment")
            }
        ),
    }
