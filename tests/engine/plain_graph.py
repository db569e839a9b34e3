"""
The graph's numbers, by listing every chain: the second implementation of "In the graph".

A chain is a list of edges, each leaving the service that the one before it leads to, in which every edge but the
last is synchronous or in-process, and which leaves no service twice. Its last edge may lead back to a service on it.
"""

from functools import lru_cache

from tests.engine.plain_model import CALLING, HAND_OFF, IN_PROCESS, PASSING, SYNCHRONOUS


@lru_cache(maxsize=256)  # the same few lists are asked for again and again
def chains(plain, start, family_of):
    """Give every chain from a service, shorter ones before those that go on from them."""

    def longer(chain, at, left):
        for edge in plain.leaving(at):
            family = family_of(edge)
            if family not in (*PASSING, HAND_OFF):
                continue
            yield [*chain, edge]
            if family in PASSING and edge["to"] not in {*left, at}:
                yield from longer([*chain, edge], edge["to"], {*left, at})

    return list(longer([], start, set()))


def weight(plain, edge, family_of):
    """Give 1 for an edge that counts as a call, 0 for one to a datastore and for the rest."""
    return int(family_of(edge) in CALLING and not plain.is_datastore(edge["to"]))


def calls_of(plain, chain, family_of):
    """Count the calls of a chain."""
    return sum(weight(plain, edge, family_of) for edge in chain)


def reached(plain, start, family_of):
    """Give the services that synchronous and in-process edges lead to, the start among them."""
    return {start} | {chain[-1]["to"] for chain in chains(plain, start, family_of) if family_of(chain[-1]) in PASSING}


@lru_cache(maxsize=8)
def components(plain, family_of):
    """Give the sets of services, two and more, that all lead to each other over synchronous and in-process edges."""
    onward = {service: reached(plain, service, family_of) for service in plain.services}
    found = {frozenset(other for other in onward[service] if service in onward[other]) for service in plain.services}
    return [members for members in found if len(members) > 1]


def counted_cycles(plain, family_of):
    """Give the components that contain a counted call."""
    return [
        members
        for members in components(plain, family_of)
        if any(
            edge["from"] in members and edge["to"] in members and family_of(edge) == SYNCHRONOUS
            for edge in plain.edges.values()
        )
    ]


def is_entry(plain, service_id):
    """Tell whether user requests come in here, as said or by the looks of it."""
    service = plain.services[service_id]
    if service.get("entry_point") is not None:
        return service["entry_point"]
    kind = service.get("kind", "service")
    if kind in ("gateway", "frontend"):
        return True
    makes_call = any(e["from"] == service_id and plain.chain_family(e) in CALLING for e in plain.edges.values())
    is_called = any(e["to"] == service_id for e in plain.edges.values())
    return kind == "service" and makes_call and not is_called


def entry_points(plain):
    """Give the ids of the entry points."""
    return [service for service in sorted(plain.services) if is_entry(plain, service)]


def depth(plain, entry, family_of):
    """Give the largest number of calls on a chain from an entry point, None where a cycle makes it endless."""
    on_cycles = set().union(*counted_cycles(plain, family_of))
    if reached(plain, entry, family_of) & on_cycles:
        return None
    return max((calls_of(plain, chain, family_of) for chain in chains(plain, entry, family_of)), default=0)


def entry_review(plain, entry):
    """Give one element of `entries`."""
    sync_depth = depth(plain, entry, plain.chain_family)
    deepest: list[str] = []
    if sync_depth is not None:
        deepest = min(
            (
                services_of(chain)
                for chain in chains(plain, entry, plain.chain_family)
                if weight(plain, chain[-1], plain.chain_family)
                and calls_of(plain, chain, plain.chain_family) == sync_depth
            ),
            default=[entry],
        )
    return {
        "service": entry,
        "sync_depth": sync_depth,
        "sync_depth_at_most": depth(plain, entry, plain.family_at_most),
        "unbounded": sync_depth is None,
        "deepest": deepest,
    }


def services_of(chain):
    """Give the services that a chain leads along."""
    return [chain[0]["from"], *(edge["to"] for edge in chain)]


def position(plain, edge):
    """Give the largest number of calls on a chain from an entry point up to and including an edge."""
    if not weight(plain, edge, plain.chain_family):
        return None
    on_cycles = set().union(*counted_cycles(plain, plain.chain_family))
    positions = []
    for entry in entry_points(plain):
        before = reached(plain, entry, plain.chain_family)
        if any(edge["from"] in reached(plain, member, plain.chain_family) for member in before & on_cycles):
            return None
        positions += [
            calls_of(plain, chain, plain.chain_family)
            for chain in chains(plain, entry, plain.chain_family)
            if chain[-1]["id"] == edge["id"]
        ]
    return max(positions, default=None)


def downstream_latency(plain, service):
    """Give `slowest` and `total` of what a callee calls, in milliseconds at peak; a pair of None where unknown."""
    ahead = reached(plain, service, plain.chain_family)
    if any(ahead & members for members in components(plain, plain.chain_family)):
        return None, None
    if any(plain.chain_family(edge) is None for at in ahead for edge in plain.leaving(at)):
        return None, None
    found = chains(plain, service, plain.chain_family)
    if any(plain.own_latency_at_peak(chain[-1]) is None for chain in found):
        return None, None
    slowest = max((sum(plain.own_latency_at_peak(edge) for edge in chain) for chain in found), default=0)
    # Each chain is one call made at its end; together they are all calls that the callee sets off.
    total = sum(plain.own_latency_at_peak(chain[-1]) for chain in found)
    return slowest, total


def falling(plain, failed, *, unknown_fallback):
    """Give the services that fail with one that fails, an unknown fallback being as told."""

    def holds(edge):
        return unknown_fallback if edge.get("fallback") is None else edge["fallback"]

    return sorted(
        service
        for service in plain.services
        if service != failed
        and any(
            chain[-1]["to"] == failed and not any(holds(edge) for edge in chain)
            for chain in chains(plain, service, plain.chain_family)
        )
    )


def service_review(plain, service, needs_of_flows):
    """Give one element of `services`; `needs_of_flows` are the needed services by flow."""
    leaving = [e for e in plain.edges.values() if e["from"] == service]
    outward = [plain.chain_family(e) for e in leaving if plain.chain_family(e) not in (None, IN_PROCESS)]
    with_it = falling(plain, service, unknown_fallback=False)
    return {
        "id": service,
        "edges_in": sum(e["to"] == service for e in plain.edges.values()),
        "edges_out": len(leaving),
        "synchronous_share": sum(f in CALLING for f in outward) / len(outward) if outward else None,
        "blast_radius": {
            "certain": len(falling(plain, service, unknown_fallback=True)),
            "services": listed(with_it),
            "entries": listed(e for e in entry_points(plain) if e == service or e in with_it),
            "flows": listed(flow for flow, needs in needs_of_flows.items() if service in needs),
        },
    }


def listed(ids):
    """Give a count and at most 200 ids."""
    ids = sorted(ids)
    return {"count": len(ids), "ids": ids[:200]}
