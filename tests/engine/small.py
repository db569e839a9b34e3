"""
Small architectures for tests, said in a line each, as plain dicts in the form of `architecture.yaml`.

`architecture(call("a", "b"), call("b", "c", style="webhook"))` draws `a --> b ~~> c`; services that an edge names
and nobody describes are there with nothing known about them.
"""

import math

from archreview.engine.catalog import Catalog
from archreview.engine.fact_tables import CHANNEL_FACTS, EDGE_FACTS, SERVICE_FACTS, Kind
from archreview.engine.model import Answers, Architecture, Channel, Edge, Evidence, Flow, Service, Step
from archreview.engine.review import review
from archreview.interchange.writers.results import to_dict


def architecture(*edges, services=(), channels=(), flows=()):
    """Give an architecture of edges, of services and channels that are described, and of flows."""
    described = {service["id"]: service for service in services}
    for edge in edges:
        for end in ("from", "to"):
            described.setdefault(edge[end], {"id": edge[end]})
    named = {channel["id"]: channel for channel in channels}
    for edge in edges:
        if "channel" in edge:
            named.setdefault(edge["channel"], {"id": edge["channel"]})
    return {
        "archreview": 1,
        "services": list(described.values()),
        "channels": list(named.values()),
        "edges": list(edges),
        "flows": list(flows),
    }


def service(service_id, **facts):
    """Give a service."""
    return {"id": service_id, **facts}


def channel(channel_id, **facts):
    """Give a channel."""
    return {"id": channel_id, **facts}


def call(source, target, *, answers=None, **facts):
    """Give an edge, request_response unless a style is given (None: unknown); its id is `source-target` or as given."""
    edge = {"id": f"{source}-{target}", "from": source, "to": target, "style": "request_response", **facts}
    if edge["style"] is None:
        del edge["style"]
    if answers:
        edge["answers"] = answers
    return edge


def flow(entry, *steps, flow_id="flow", **facts):
    """Give a flow; a step is an edge's id, or what `step` and `together` give."""
    return {"id": flow_id, "entry": entry, "steps": [written(one) for one in steps], **facts}


def step(edge, *then):
    """Give a step over an edge, with what the callee does before it is done."""
    return {"edge": edge, "then": [written(one) for one in then]} if then else {"edge": edge}


def together(*branches):
    """Give a group of steps that run side by side."""
    return {"parallel": [written(one) for one in branches]}


def written(one):
    """Give a step as it is written in a file."""
    return {"edge": one} if isinstance(one, str) else one


# To the engine's values ------------------------------------------------------------------------


def engine_architecture(plain):
    """Give the engine's values for a plain architecture, built directly and not by the reader of files."""
    return Architecture(
        services=tuple(Service(**values(one, SERVICE_FACTS), id=one["id"]) for one in plain.get("services", [])),
        channels=tuple(Channel(**values(one, CHANNEL_FACTS), id=one["id"]) for one in plain.get("channels", [])),
        edges=tuple(engine_edge(one) for one in plain.get("edges", [])),
        flows=tuple(engine_flow(one) for one in plain.get("flows", [])),
    )


def engine_edge(plain):
    """Give the engine's value of a plain edge."""
    answers = {key: said["value"] if isinstance(said, dict) else said for key, said in plain.get("answers", {}).items()}
    return Edge(
        **values(plain, EDGE_FACTS),
        id=plain["id"],
        source=plain["from"],
        target=plain["to"],
        channel=plain.get("channel"),
        answers=Answers(**answers),
        evidence=tuple(Evidence(**piece) for piece in plain.get("evidence", [])),
    )


def engine_flow(plain):
    """Give the engine's value of a plain flow."""
    facts = {name: value for name, value in plain.items() if name != "steps"}
    return Flow(**facts, steps=engine_steps(plain["steps"]))


def engine_steps(plain):
    """Give the engine's values of plain steps."""
    return tuple(
        Step(
            edge=one.get("edge"),
            then=engine_steps(one.get("then", [])),
            parallel=engine_steps(one.get("parallel", [])),
        )
        for one in plain
    )


def values(plain, table):
    """Give the facts of a plain thing as the engine has them: none as endless or as the empty text."""
    given = {}
    for fact in table:
        value = plain.get(fact.name)
        if fact.none and (value == "none" or (fact.name == "timeout_ms" and value == 0)):
            value = math.inf if fact.kind in (Kind.NUMBER, Kind.COUNT) else ""
        if value is not None:
            given[fact.name] = value
    return given


def bare_catalog(*, hop_limit=2, default_availability=99.9):
    """Give a catalog without rules: what is left is what the engine computes itself."""
    return Catalog(version="test", rules=(), hop_limit=hop_limit, default_availability=default_availability)


# The result ------------------------------------------------------------------------------------


def reviewed(plain, **chosen):
    """Give the engine's result for a plain architecture in its JSON form, without rules."""
    return to_dict(review(engine_architecture(plain), bare_catalog(**chosen)))


def only(elements, name, key="id"):
    """Give the one element of a list of the result that has a name."""
    [element] = [element for element in elements if element[key] == name]
    return element


def edge_of(result, edge):
    """Give what a result says about an edge."""
    return only(result["edges"], edge)


def flow_of(result, flow_id="flow"):
    """Give what a result says about a flow."""
    return only(result["flows"], flow_id)


def service_of(result, service_id):
    """Give what a result says about a service."""
    return only(result["services"], service_id)


def answered(answers):
    """Give answers without those that are None."""
    return {question: answer for question, answer in answers.items() if answer is not None}
