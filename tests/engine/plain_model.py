"""
The plain form of an architecture for the second implementation: `architecture.yaml` as dicts and lists.

Numbers become fractions, so that a sum of latencies and a product of availabilities are exact and no
comparison with a limit hangs on rounding. A fact that is not there is None; `none` is `math.inf` for a time.
"""

import math
from fractions import Fraction

SYNCHRONOUS, HAND_OFF, ASYNCHRONOUS, IN_PROCESS = "synchronous", "hand-off", "asynchronous", "in-process"
FAMILIES = {
    "request_response": SYNCHRONOUS,
    "polling": HAND_OFF,
    "webhook": HAND_OFF,
    "queue": ASYNCHRONOUS,
    "pubsub": ASYNCHRONOUS,
    "stream": ASYNCHRONOUS,
    "request_reply": ASYNCHRONOUS,
    "batch": ASYNCHRONOUS,
    "in_process": IN_PROCESS,
}
# What the chain, and what is nested, goes on through.
PASSING = (SYNCHRONOUS, IN_PROCESS)
# What the two-hop rule counts.
CALLING = (SYNCHRONOUS, HAND_OFF)


class Plain:
    """An architecture to look things up in; `edges` are those that count, `all_edges` also those only suggested."""

    def __init__(self, architecture):
        self.services = {s["id"]: s for s in architecture.get("services", [])}
        self.channels = {c["id"]: c for c in architecture.get("channels", [])}
        self.all_edges = {e["id"]: e for e in architecture.get("edges", [])}
        self.edges = {e["id"]: e for e in architecture.get("edges", []) if counted(e)}
        self.flows = {f["id"]: f for f in architecture.get("flows", [])}

    def leaving(self, service):
        """Give the counted edges from a service that a chain may take: none from a datastore."""
        if self.is_datastore(service):
            return []
        return [e for e in self.edges.values() if e["from"] == service]

    def is_datastore(self, service):
        return self.services[service].get("kind") == "datastore"

    def steps(self, flow):
        """Give a flow's steps without those over an edge that does not count, and without what is below them."""
        return self._counted_steps(flow["steps"])

    def _counted_steps(self, steps):
        kept = []
        for step in steps:
            if "parallel" in step:
                kept.append({"parallel": self._counted_steps(step["parallel"])})
            elif step["edge"] in self.edges:
                kept.append({"edge": self.edges[step["edge"]], "then": self._counted_steps(step.get("then", []))})
        return kept

    # Families ---------------------------------------------------------------------------------

    def family(self, edge):
        """Give the family as the style table has it, None where it is unknown."""
        ours, theirs = (self.services[edge[end]].get("deployable") for end in ("from", "to"))
        if ours is not None and ours == theirs:
            return IN_PROCESS
        return FAMILIES.get(edge.get("style"))

    def chain_family(self, edge):
        """Give the family as chains, latency, waits and availability have it: a reply that is waited for is a call."""
        family = self.family(edge)
        if family == ASYNCHRONOUS and edge["style"] == "request_reply":
            return {True: SYNCHRONOUS, False: ASYNCHRONOUS, None: None}[edge.get("waits_for_reply")]
        return family

    def family_at_most(self, edge):
        """Give the family where an unknown one counts as request_response."""
        return self.chain_family(edge) or SYNCHRONOUS

    # Numbers ----------------------------------------------------------------------------------

    def own_latency(self, edge):
        """Give the edge's own p99 in milliseconds on whatever basis; else the target's."""
        if "latency_p99_ms" in edge:
            return number(edge, "latency_p99_ms")
        return number(self.services[edge["to"]], "latency_p99_ms")

    def own_latency_at_peak(self, edge):
        """Give the same, and None where the edge has a number that was not measured at peak."""
        if "latency_p99_ms" in edge and edge.get("latency_basis") != "peak":
            return None
        return self.own_latency(edge)


def counted(edge):
    """Tell whether more than hints speak for the edge."""
    evidence = edge.get("evidence", [])
    return not evidence or any(piece.get("confidence", "declared") != "suggested" for piece in evidence)


def number(thing, name):
    """Give a number as a fraction, `math.inf` for none, None where it is unknown."""
    value = thing.get(name)
    if value is None:
        return None
    if value == "none" or (name == "timeout_ms" and value == 0):
        return math.inf
    return Fraction(str(value))


def answer(edge, key):
    """Give what a person answered, whether it is written short or with who and why."""
    value = edge.get("answers", {}).get(key)
    return value.get("value") if isinstance(value, dict) else value
