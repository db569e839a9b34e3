"""
A second implementation of the analysis, made to be obviously right and compared with the engine.

It works on `architecture.yaml` as plain dicts and gives the JSON result's `edges`, `flows`, `entries`, `services`,
`channels` and `cycles` as plain dicts, without what the rules add (findings, obligations, scores). Nothing is
clever: it lists every chain, walks every flow's tree anew for each number, and tries every completion of what is
unknown. It is for small architectures. Nothing of the engine is used.
"""

from itertools import product
from typing import Any

from tests.engine.plain_flows import flow_review, nested_latency, positions
from tests.engine.plain_graph import (
    counted_cycles,
    downstream_latency,
    entry_points,
    entry_review,
    position,
    service_review,
)
from tests.engine.plain_model import ASYNCHRONOUS, IN_PROCESS, Plain, answer, number

SIDE_EFFECTS = (
    "notification",
    "analytics",
    "logging",
    "recommendation",
    "loyalty",
    "cache_invalidation",
    "search_index",
    "report",
    "webhook_delivery",
    "media_processing",
)

# The matrix's rows, in its order: immediate_feedback, votes, long_running, verdict, strength; None: any.
MATRIX = (
    (False, (3,), None, "async", "strong"),
    (False, (2,), None, "async", "leaning"),
    (False, (0, 1), None, "sync", "leaning"),
    (True, (3,), True, "hybrid", "strong"),
    (True, (0, 1, 2), True, "hybrid", "leaning"),
    (True, (2,), False, "hybrid", "leaning"),
    (True, (0,), False, "sync", "strong"),
    (True, (1,), False, "sync", "leaning"),
)
MATRIX_QUESTIONS = ("immediate_feedback", "long_running", "eventual_consistency_ok", "benefits_from_decoupling")
VERDICTS = ("async", "sync", "hybrid")

# question: what follows where it is answered true, and where false.
TREE = {
    "needs_result": ("fast_at_peak", "fan_out"),
    "fast_at_peak": ("callee_may_be_down", "can_poll"),
    "callee_may_be_down": ("sync_guarded", "sync"),
    "can_poll": ("callback", "queue_and_poll"),
    "fan_out": ("order_matters", "replay_needed"),
    "order_matters": ("ordered_stream", "pubsub"),
    "replay_needed": ("replayable_log", "exactly_once"),
    "exactly_once": ("transactional_queue", "standard_queue"),
}
OUTCOMES = (
    "sync",
    "sync_guarded",
    "callback",
    "queue_and_poll",
    "ordered_stream",
    "pubsub",
    "replayable_log",
    "transactional_queue",
    "standard_queue",
)


def review(architecture, *, hop_limit=2, default_availability=99.9):
    """Give the review of an architecture that is a plain dict, lists sorted by id."""
    plain = Plain(architecture)
    facts = {edge: facts_of(plain, plain.all_edges[edge]) for edge in sorted(plain.all_edges)}
    result_not_needed = {edge for edge in plain.edges if facts[edge]["needs_result"][0] is False}
    flows = [
        flow_review(
            plain,
            plain.flows[flow],
            hop_limit=hop_limit,
            default_availability=default_availability,
            result_not_needed=result_not_needed,
        )
        for flow in sorted(plain.flows)
    ]
    needs = {flow["id"]: flow["needs"] for flow in flows}
    user_facing = [flow for flow in flows if flow["user_facing"]]
    return {
        "summary": {
            "services": len(plain.services),
            "channels": len(plain.channels),
            "edges": len(plain.all_edges),
            "flows": len(flows),
            "flows_user_facing": len(user_facing),
            "flows_within_rule": sum(flow["within_rule"] is True for flow in user_facing),
        },
        "edges": [edge_review(plain, plain.all_edges[edge], facts[edge], hop_limit) for edge in facts],
        "flows": flows,
        "entries": [entry_review(plain, entry) for entry in entry_points(plain)],
        "services": [service_review(plain, service, needs) for service in sorted(plain.services)],
        "channels": [channel_review(plain, channel) for channel in sorted(plain.channels)],
        "cycles": sorted(sorted(members) for members in counted_cycles(plain, plain.chain_family)),
    }


def edge_review(plain, edge, facts, hop_limit):
    """Give one element of `edges`."""
    matrix, tree = matrix_of(facts), tree_of(facts)
    effective, _ = effective_latency(plain, edge)
    return {
        "id": edge["id"],
        "from": edge["from"],
        "to": edge["to"],
        "style": edge.get("style"),
        "family": plain.family(edge),
        "counted": edge["id"] in plain.edges,
        "matrix": matrix,
        "tree": tree,
        "agreement": agreement(matrix["verdict"], tree["outcome"]),
        "fit": fit(plain, edge, tree["possible"]),
        "technology": technology(plain, edge, facts),
        "hop": hop(plain, edge, hop_limit),
        "effective_latency_ms": None if effective is None else float(effective),
    }


def channel_review(plain, channel):
    """Give one element of `channels`."""
    over_it = [edge for edge in plain.edges.values() if edge.get("channel") == channel]
    return {
        "id": channel,
        "producers": sorted({edge["from"] for edge in over_it}),
        "consumers": sorted({edge["to"] for edge in over_it}),
    }


# 1. Facts -------------------------------------------------------------------------------------


def facts_of(plain, edge):
    """Give (answer, basis) by question, a person's answer before a derived one."""
    derived = derived_facts(plain, edge)
    facts: dict[str, Any] = {}
    for question in {*MATRIX_QUESTIONS, *TREE}:
        said, follows = answer(edge, question), derived.get(question)
        if said is not None:
            facts[question] = (said, "answered")
        else:
            facts[question] = (follows, None if follows is None else "derived")
    return facts


def derived_facts(plain, edge):
    """Give what follows from the model for the questions that something can follow for, None where nothing does."""
    strong_consistency = answer(edge, "strong_consistency") is True
    effective, at_most = effective_latency(plain, edge)

    fast = None
    if effective is not None and effective >= 1000:
        fast = False
    elif at_most is not None and at_most < 1000:
        fast = True

    at_peak = edge.get("latency_basis") == "peak"
    p50 = number(edge, "latency_p50_ms") if at_peak else None
    p99 = number(edge, "latency_p99_ms") if at_peak else None
    variable = None if p50 is None or p99 is None else p99 >= 100 and p99 >= 10 * p50
    long_running = None
    if (effective is not None and effective >= 1000) or variable:
        long_running = True
    elif fast is True and variable is False:
        long_running = False

    fan_out = None
    if edge.get("channel") is not None:
        same_channel = [e for e in plain.edges.values() if e.get("channel") == edge["channel"]]
        targets = {e["to"] for e in same_channel if e["from"] == edge["from"]}
        fan_out = {0: None, 1: False, 2: None}.get(len(targets), True)

    needs_result = None
    if strong_consistency:
        needs_result = True
    elif edge.get("purpose") in SIDE_EFFECTS:
        needs_result = False

    return {
        "fast_at_peak": fast,
        "long_running": long_running,
        "fan_out": fan_out,
        "needs_result": needs_result,
        "callee_may_be_down": True if edge.get("fallback") is True else None,
        "eventual_consistency_ok": False if strong_consistency else None,
    }


def effective_latency(plain, edge):
    """
    Give how long the operation takes until all is done, and the most that it can take, in milliseconds.

    From flows both are the same; from the graph one is along the slowest chain, the other over all calls.
    """
    own = plain.own_latency_at_peak(edge)
    in_flows, nested = nested_latency(plain, edge)
    slowest, total = (nested, nested) if in_flows else downstream_latency(plain, edge["to"])
    if own is None or slowest is None:
        return None, None
    return own + slowest, own + total


# 2. The two verdicts --------------------------------------------------------------------------


def completions(facts, questions):
    """Yield every way to answer what is unknown, as {question: answer}."""
    for choice in product(*[(True, False) if facts[q][0] is None else (facts[q][0],) for q in questions]):
        yield dict(zip(questions, choice, strict=True))


def matrix_row(answers):
    """Give verdict and strength of four answers."""
    votes = sum(answers[question] for question in MATRIX_QUESTIONS[1:])
    [row] = [
        row
        for row in MATRIX
        if row[0] == answers["immediate_feedback"]
        if votes in row[1]
        if row[2] in (None, answers["long_running"])
    ]
    return row[3], row[4]


def matrix_of(facts):
    """Give the four-question matrix's result."""
    rows = [matrix_row(answers) for answers in completions(facts, MATRIX_QUESTIONS)]
    possible = [verdict for verdict in VERDICTS if verdict in [row[0] for row in rows]]
    determined = len(possible) == 1
    if determined:
        strength = "leaning" if "leaning" in [row[1] for row in rows] else "strong"
    else:
        strength = None
    return {
        "verdict": possible[0] if determined else "undetermined",
        "strength": strength,
        "votes": sum(facts[question][0] is True for question in MATRIX_QUESTIONS[1:]),
        "possible": possible,
        "facts": [asked(facts, question) for question in MATRIX_QUESTIONS],
        "next_question": None if determined else matrix_question(facts),
    }


def matrix_question(facts):
    """Give the unknown whose answer leaves the fewest verdicts at worst."""

    def left_at_worst(question):
        return max(
            len({matrix_row(a)[0] for a in completions(facts, MATRIX_QUESTIONS) if a[question] is said})
            for said in (True, False)
        )

    return min((q for q in MATRIX_QUESTIONS if facts[q][0] is None), key=left_at_worst)


def asked(facts, question):
    """Give a question with its answer as the result shows it."""
    said, basis = facts[question]
    return {"question": question, "answer": said, "basis": basis}


def outcomes_from(facts, at):
    """Give the outcomes that can still be reached from a question (or an outcome) of the tree."""
    if at in OUTCOMES:
        return {at}
    if_true, if_false = (outcomes_from(facts, following) for following in TREE[at])
    return {True: if_true, False: if_false, None: if_true | if_false}[facts[at][0]]


def tree_of(facts):
    """Give the decision tree's result."""
    reached = outcomes_from(facts, "needs_result")
    path, at = [], "needs_result"
    while at in TREE:
        path.append(asked(facts, at))
        if facts[at][0] is None:
            break
        at = TREE[at][0] if facts[at][0] else TREE[at][1]
    return {
        "outcome": at if at in OUTCOMES else None,
        "possible": [outcome for outcome in OUTCOMES if outcome in reached],
        "path": path,
        "next_question": at if at in TREE else None,
    }


def agreement(verdict, outcome):
    """Tell whether the two opinions agree."""
    if verdict == "undetermined" or outcome is None:
        return "undetermined"
    agreeing = {
        "sync": ("sync", "sync_guarded"),
        "async": OUTCOMES[2:],
        "hybrid": OUTCOMES[1:],
    }
    return "agree" if outcome in agreeing[verdict] else "disagree"


# 3. Its position ------------------------------------------------------------------------------


def hop(plain, edge, hop_limit):
    """Give the edge's position by the rule, from flows or else from the graph."""
    if edge["id"] not in plain.edges:
        return None
    places = [
        (place, flow_id)
        for flow_id, flow in plain.flows.items()
        if flow.get("user_facing", True)
        for edge_id, place in positions(plain, plain.steps(flow))
        if edge_id == edge["id"]
    ]
    if places:
        largest = max(place for place, _ in places)
        first = min(flow_id for place, flow_id in places if place == largest)
        return {"position": largest, "over": largest > hop_limit, "basis": "flow", "flow": first}
    from_graph = position(plain, edge)
    if from_graph is None:
        return None
    return {"position": from_graph, "over": from_graph > hop_limit, "basis": "graph", "flow": None}


# 4. Fit ---------------------------------------------------------------------------------------


def fit(plain, edge, outcomes):
    """Give how today's style fits what the tree says, where all outcomes still possible say the same."""
    family = plain.family(edge)
    if family is None:
        return "undetermined"
    if family == IN_PROCESS:
        return "fits"
    cells = {cell(plain, edge, outcome) for outcome in outcomes}
    return cells.pop() if len(cells) == 1 else "undetermined"


def cell(plain, edge, outcome):
    """Give one cell of the table of fits."""
    style = edge["style"]
    fits, tolerable = {
        "sync": (["request_response"], ["polling", "webhook", "request_reply"]),
        "sync_guarded": (["polling", "webhook", "request_reply"], []),
        "callback": (["webhook", "polling", "request_reply"], ["queue"]),
        "queue_and_poll": (["polling", "request_reply", "queue"], []),
        "ordered_stream": (["stream"], []),
        "pubsub": (["pubsub"], ["stream"]),
        "replayable_log": (["stream"], ["batch"]),
        "transactional_queue": ([], []),
        "standard_queue": (["queue"], ["pubsub", "stream", "batch", "request_reply", "webhook"]),
    }[outcome]
    if style in fits:
        return "fits"
    if style in tolerable:
        return "tolerable"
    # What is left hangs on facts.
    has_timeout = None if number(edge, "timeout_ms") is None else number(edge, "timeout_ms") != float("inf")
    if outcome == "sync_guarded" and style == "request_response":
        guards = [edge.get("circuit_breaker"), has_timeout, edge.get("fallback")]
        return choose(all_of(guards), "fits", "tolerable")
    if outcome == "queue_and_poll" and style == "request_response":
        return choose(has_timeout, "tolerable", "misfit")
    if outcome == "ordered_stream" and style in ("queue", "pubsub"):
        ordering = plain.channels[edge["channel"]].get("ordering") if edge.get("channel") else None
        return {"per_entity": "fits", "global": "tolerable", "none": "misfit", None: "undetermined"}[ordering]
    if outcome == "transactional_queue" and style in ("queue", "stream"):
        delivery = edge.get("delivery")
        exactly_once = None if delivery is None else delivery == "exactly_once"
        return choose(any_of([exactly_once, edge.get("idempotent")]), "fits", "tolerable")
    return "misfit"


def choose(condition, if_true, if_false):
    """Give one of two, or undetermined."""
    return {True: if_true, False: if_false, None: "undetermined"}[condition]


def all_of(values):
    """Give whether all are true; None where that hangs on an unknown one."""
    return False if False in values else None if None in values else True


def any_of(values):
    """Give whether one is true; None where that hangs on an unknown one."""
    return True if True in values else None if None in values else False


# 5. Technology --------------------------------------------------------------------------------

CLASSES = {
    "queue": ("sqs", "azure_queue", "celery"),
    "fifo": ("sqs_fifo",),
    "pub/sub": ("sns", "eventbridge", "google_pubsub", "mqtt"),
    "log": ("kafka", "kinesis", "pulsar", "redis_streams", "nats_jetstream", "event_hubs"),
}
SIMPLEST_FIRST = ("queue", "fifo", "pub/sub", "log")
MEETS = {
    "fan_out": ("pub/sub", "log"),
    "replay_needed": ("log",),
    "order_matters": ("fifo", "log"),
    "throughput": ("log",),
}


def technology(plain, edge, facts):
    """Give whether the technology's class meets what is asked of it; None for an edge that is not asynchronous."""
    if plain.family(edge) != ASYNCHRONOUS:
        return None
    required = [fact for fact in ("fan_out", "replay_needed", "order_matters") if facts[fact][0] is True]
    if (number(edge, "throughput_per_s") or 0) > 100_000:
        required.append("throughput")
    enough = [name for name in SIMPLEST_FIRST if all(name in MEETS[need] for need in required)]
    recommended = ["pub/sub", "log"] if enough[0] == "pub/sub" else [enough[0]]

    used = technology_class(plain, edge)
    if used is None:
        verdict = "undetermined"
    elif used not in enough:
        verdict = "undersized"
    elif None in (facts["fan_out"][0], facts["replay_needed"][0], facts["order_matters"][0]):
        verdict = "undetermined"
    else:
        verdict = "oversized" if used != enough[0] else "fits"
    return {"verdict": verdict, "recommended": recommended}


def technology_class(plain, edge):
    """Give the class of what the edge runs on, None where it has none that is known."""
    if edge.get("channel") is not None:
        used = plain.channels[edge["channel"]].get("technology")
    else:
        used = edge.get("technology")
    if used in ("rabbitmq", "redis", "nats", "service_bus"):
        return "pub/sub" if edge["style"] == "pubsub" else "queue"
    for name, technologies in CLASSES.items():
        if used in technologies:
            return name
    return None
