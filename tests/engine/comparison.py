"""
Compare two reviews field by field, and shrink an architecture about which they differ.

A difference is a text, `path: ours is A, theirs is B`. Numbers agree within a relative 1e-9.
"""

import copy
import math


def differences(ours, theirs, path=""):
    """Yield where two results differ; what only theirs has is not looked at, except elements of lists."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            if key not in theirs:
                yield f"{path}.{key}: theirs has no such field"
            else:
                yield from differences(value, theirs[key], f"{path}.{key}")
    elif isinstance(ours, list) and isinstance(theirs, list | tuple) and len(ours) == len(theirs):
        for index, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differences(one, other, f"{path}[{name_of(one, index)}]")
    elif not same(ours, theirs):
        yield f"{path}: ours is {ours!r}, theirs is {theirs!r}"


def name_of(element, index):
    """Give what an element of a list is called: its id, or its place."""
    if isinstance(element, dict):
        return element.get("id", element.get("service", element.get("question", index)))
    return index


def same(one, other):
    """Tell whether two values are the same, numbers within rounding; true is not 1."""
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in (one, other)):
        return math.isclose(one, other, rel_tol=1e-9)
    return type(one) is type(other) and one == other


# Shrinking ------------------------------------------------------------------------------------


def shrunk(architecture, still_differs):
    """Give a smallest architecture for which `still_differs(architecture)` holds: nothing more can be taken away."""
    again = True
    while again:
        again = False
        for smaller in with_less(architecture):
            if still_differs(smaller):
                architecture, again = smaller, True
                break
    return architecture


def with_less(architecture):
    """Yield valid architectures with one thing less."""
    for index in range(len(architecture["flows"])):
        yield without(architecture, "flows", index)
    for index, edge in enumerate(architecture["edges"]):
        smaller = without(architecture, "edges", index)
        for flow in smaller["flows"]:
            flow["steps"] = steps_without(flow["steps"], edge["id"])
        smaller["flows"] = [flow for flow in smaller["flows"] if flow["steps"]]
        yield smaller
    for index, channel in enumerate(architecture["channels"]):
        smaller = without(architecture, "channels", index)
        for edge in smaller["edges"]:
            if edge.get("channel") == channel["id"]:
                del edge["channel"]
        yield smaller
    used = {edge[end] for edge in architecture["edges"] for end in ("from", "to")}
    used |= {flow["entry"] for flow in architecture["flows"]}
    for index, service in enumerate(architecture["services"]):
        if service["id"] not in used:
            yield without(architecture, "services", index)
    yield from with_flows_cut(architecture)
    for number in range(len(step_lists(architecture))):
        for index in range(len(step_lists(architecture)[number])):
            smaller = copy.deepcopy(architecture)
            if step_lists(smaller)[number][index].pop("then", None):
                yield smaller
            smaller = copy.deepcopy(architecture)
            steps = step_lists(smaller)[number]
            del steps[index]
            if steps:
                yield smaller
    datastores = {service["id"] for service in architecture["services"] if service.get("kind") == "datastore"}
    for kind in ("services", "channels", "edges", "flows"):
        for index, thing in enumerate(architecture[kind]):
            for name in sorted(set(thing) - {"id", "from", "to", "entry", "steps"}):
                if name == "style" and thing["from"] in datastores:
                    continue  # what leaves a datastore is asynchronous
                smaller = copy.deepcopy(architecture)
                del smaller[kind][index][name]
                yield smaller
    for index, edge in enumerate(architecture["edges"]):
        for key in edge.get("answers", {}):
            smaller = copy.deepcopy(architecture)
            del smaller["edges"][index]["answers"][key]
            yield smaller


def with_flows_cut(architecture):
    """Yield architectures in which a flow is only what is nested under one of its first steps."""
    ends = {edge["id"]: edge["to"] for edge in architecture["edges"]}
    for number, flow in enumerate(architecture["flows"]):
        for step in flow["steps"]:
            cuts = [(flow["entry"], step["parallel"])] if "parallel" in step else []
            cuts += [(ends[step["edge"]], step["then"])] if step.get("then") else []
            for entry, steps in cuts:
                smaller = copy.deepcopy(architecture)
                smaller["flows"][number] |= {"entry": entry, "steps": copy.deepcopy(steps)}
                yield smaller


def without(architecture, kind, index):
    """Give a copy without one element of a list."""
    smaller = copy.deepcopy(architecture)
    del smaller[kind][index]
    return smaller


def steps_without(steps, edge):
    """Give steps without those over an edge, and without groups that are empty then."""
    kept = []
    for step in steps:
        if "parallel" in step:
            branches = steps_without(step["parallel"], edge)
            if branches:
                kept.append({"parallel": branches})
        elif step["edge"] != edge:
            then = steps_without(step.get("then", []), edge)
            kept.append({"edge": step["edge"], "then": then} if then else {"edge": step["edge"]})
    return kept


def step_lists(architecture):
    """Give all lists of steps of all flows, in a fixed order."""
    lists = []

    def collect(steps):
        lists.append(steps)
        for step in steps:
            for inner in ("then", "parallel"):
                if step.get(inner):
                    collect(step[inner])

    for flow in architecture["flows"]:
        collect(flow["steps"])
    return lists


# Telling --------------------------------------------------------------------------------------


def told(architecture):
    """Give an architecture as text in the manner of `architecture.yaml`, one line a thing."""
    lines = []
    for kind in ("services", "channels", "edges", "flows"):
        if architecture[kind]:
            lines.append(f"{kind}:")
            lines += [f"  - {inline(thing)}" for thing in architecture[kind]]
    return "\n".join(lines)


def inline(value):
    """Give a value in YAML's one-line form."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
