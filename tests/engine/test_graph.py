"""The numbers of the graph of all edges: entry points, depth, cycles, blast radius."""

import pytest
from hypothesis import given

from tests.engine.random_architectures import plain_architectures
from tests.engine.small import architecture, call, edge_of, only, reviewed, service, service_of


def entries(*edges, services=()):
    """Give the entry points of an architecture."""
    return [entry["service"] for entry in reviewed(architecture(*edges, services=services))["entries"]]


def entry(*edges, services=(), name="a"):
    """Give what the review says about an entry point."""
    return only(reviewed(architecture(*edges, services=services))["entries"], name, "service")


# Entry points ---------------------------------------------------------------------------------


def test_a_service_that_calls_and_is_not_called_is_an_entry():
    assert entries(call("a", "b"), call("b", "c")) == ["a"]


def test_what_only_sends_messages_is_no_entry():
    assert entries(call("a", "b", style="queue")) == []


def test_a_hand_off_or_a_call_to_a_datastore_is_a_call_too():
    assert entries(call("a", "b", style="webhook")) == ["a"]
    assert entries(call("a", "db"), services=[service("db", kind="datastore")]) == ["a"]


@pytest.mark.parametrize(
    ("kind", "is_entry"), [("gateway", True), ("frontend", True), ("worker", False), ("external", False)]
)
def test_the_kind_decides_where_nobody_has_said(kind, is_entry):
    assert ("a" in entries(call("a", "b"), services=[service("a", kind=kind)])) is is_entry


def test_what_was_said_wins():
    assert entries(
        call("a", "b"), services=[service("a", entry_point=False), service("b", entry_point=True, kind="worker")]
    ) == ["b"]


def test_an_edge_that_is_only_suggested_does_not_lead_to_a_service():
    hint = [{"source": "compose.yaml", "confidence": "suggested"}]
    assert entries(call("x", "a", evidence=hint), call("a", "b")) == ["a"]


# Depth ----------------------------------------------------------------------------------------


def test_the_depth_is_that_of_the_longest_chain():
    """a -> b -> c -> d, and a -> d."""
    found = entry(call("a", "b"), call("b", "c"), call("c", "d"), call("a", "d"))
    assert (found["sync_depth"], found["deepest"]) == (3, ["a", "b", "c", "d"])


def test_a_chain_ends_with_a_hand_off_and_does_not_pass_a_message():
    """a -> b ~webhook~> c -> d, and a ~queue~> x -> y -> z."""
    found = entry(
        call("a", "b"),
        call("b", "c", style="webhook"),
        call("c", "d"),
        call("a", "x", style="queue"),
        call("x", "y"),
        call("y", "z"),
    )
    assert (found["sync_depth"], found["deepest"]) == (2, ["a", "b", "c"])


def test_in_process_edges_pass_and_count_nothing():
    found = entry(call("a", "b", style="in_process"), call("b", "c"), services=[service("a", entry_point=True)])
    assert (found["sync_depth"], found["deepest"]) == (1, ["a", "b", "c"])


def test_a_datastore_counts_nothing_and_ends_the_chain():
    found = entry(call("a", "b"), call("b", "db"), services=[service("db", kind="datastore")])
    assert (found["sync_depth"], found["deepest"]) == (1, ["a", "b"])


def test_of_equal_chains_the_first_by_ids_is_shown():
    """a -> c -> d and a -> b -> e."""
    found = entry(call("a", "c"), call("c", "d"), call("a", "b"), call("b", "e"))
    assert found["deepest"] == ["a", "b", "e"]


def test_an_unknown_family_counts_at_most():
    """a -> b -?-> c -> d."""
    found = entry(call("a", "b"), call("b", "c", style=None), call("c", "d"))
    assert (found["sync_depth"], found["sync_depth_at_most"]) == (1, 3)


def test_a_cycle_that_can_be_entered_makes_the_depth_endless():
    """a -> b -> c -> b."""
    found = entry(call("a", "b"), call("b", "c"), call("c", "b"))
    assert (found["sync_depth"], found["sync_depth_at_most"]) == (None, None)
    assert (found["unbounded"], found["deepest"]) == (True, [])


def test_a_cycle_that_may_be_there_leaves_only_the_upper_bound_open():
    """a -> b -?-> a."""
    found = entry(call("a", "b"), call("b", "a", style=None), services=[service("a", entry_point=True)])
    assert (found["sync_depth"], found["sync_depth_at_most"], found["unbounded"]) == (1, None, False)


def test_a_cycle_behind_a_message_is_not_entered():
    """a -> b ~queue~> c <-> d."""
    found = entry(call("a", "b"), call("b", "c", style="queue"), call("c", "d"), call("d", "c"))
    assert (found["sync_depth"], found["unbounded"]) == (1, False)


# Cycles ---------------------------------------------------------------------------------------


def test_cycles_are_components_with_a_counted_call():
    """b -> c = d -> b is one; x = y = x in one process is none; m -> n ~queue~> m is none."""
    result = reviewed(
        architecture(
            call("b", "c"),
            call("c", "d", style="in_process"),
            call("d", "b"),
            call("x", "y", style="in_process"),
            call("y", "x", style="in_process"),
            call("m", "n"),
            call("n", "m", style="queue"),
        )
    )
    assert result["cycles"] == [["b", "c", "d"]]


def test_edges_behind_a_cycle_have_no_position():
    """a -> b <-> c, c -> d, and a -> e."""
    result = reviewed(architecture(call("a", "b"), call("b", "c"), call("c", "b"), call("c", "d"), call("a", "e")))
    assert edge_of(result, "c-d")["hop"] is None
    assert edge_of(result, "a-e")["hop"] == {"position": 1, "over": False, "basis": "graph", "flow": None}


def test_an_edge_that_no_entry_reaches_has_no_position():
    result = reviewed(architecture(call("a", "b"), services=[service("a", kind="worker")]))
    assert edge_of(result, "a-b")["hop"] is None


def test_positions_from_the_graph_take_the_longest_way():
    """a -> b -> c -> d and a -> c."""
    result = reviewed(architecture(call("a", "b"), call("b", "c"), call("a", "c"), call("c", "d")))
    assert edge_of(result, "c-d")["hop"] == {"position": 3, "over": True, "basis": "graph", "flow": None}


# Blast radius ---------------------------------------------------------------------------------


def radius(name, *edges, services=()):
    """Give (ids of those that fail with a service, how many certainly)."""
    found = service_of(reviewed(architecture(*edges, services=services)), name)["blast_radius"]
    assert found["services"]["count"] == len(found["services"]["ids"])
    return found["services"]["ids"], found["certain"]


def test_all_that_call_it_fail_with_it_and_all_that_call_those():
    no = {"fallback": False}
    assert radius("c", call("a", "b", **no), call("b", "c", **no), call("x", "c", **no)) == (["a", "b", "x"], 3)


def test_a_fallback_stops_it_and_an_unknown_one_may():
    edges = [call("a", "b"), call("b", "c", fallback=False), call("x", "c", fallback=True)]
    assert radius("c", *edges) == (["a", "b"], 1)


def test_a_hand_off_fails_with_its_callee_but_not_with_what_that_calls():
    """a ~webhook~> b -> c."""
    edges = [call("a", "b", style="webhook"), call("b", "c")]
    assert radius("b", *edges)[0] == ["a"]
    assert radius("c", *edges)[0] == ["b"]


def test_messages_stop_it():
    assert radius("b", call("a", "b", style="queue"), call("x", "b", style=None)) == ([], 0)


def test_a_datastore_takes_its_callers_down_and_nothing_passes_on_through_one():
    """a -> db ~stream~> c."""
    edges = [call("a", "db"), call("db", "c", style="stream")]
    db = [service("db", kind="datastore")]
    assert radius("db", *edges, services=db)[0] == ["a"]
    assert radius("c", *edges, services=db)[0] == []


def test_the_entry_points_among_them_and_itself_are_told():
    result = reviewed(architecture(call("a", "b"), call("x", "b")))
    assert service_of(result, "b")["blast_radius"]["entries"] == {"count": 2, "ids": ["a", "x"]}
    assert service_of(result, "a")["blast_radius"]["entries"] == {"count": 1, "ids": ["a"]}


def test_at_most_two_hundred_are_named():
    edges = [call(f"s{n:03}", "hub") for n in range(205)]
    found = service_of(reviewed(architecture(*edges)), "hub")["blast_radius"]["services"]
    assert (found["count"], len(found["ids"]), found["ids"][-1]) == (205, 200, "s199")


# Shares ---------------------------------------------------------------------------------------


def test_the_synchronous_share_is_taken_of_known_families_outside_the_process():
    edges = [
        call("a", "b"),
        call("a", "c", style="webhook"),
        call("a", "d", style="queue"),
        call("a", "e", style="in_process"),
        call("a", "f", style=None),
    ]
    found = service_of(reviewed(architecture(*edges)), "a")
    assert (found["edges_in"], found["edges_out"]) == (0, 5)
    assert found["synchronous_share"] == pytest.approx(2 / 3)


def test_where_there_is_nothing_to_share_there_is_no_share():
    result = reviewed(architecture(call("a", "b", style="in_process")))
    assert service_of(result, "a")["synchronous_share"] is None
    assert service_of(result, "b")["synchronous_share"] is None


# Properties -----------------------------------------------------------------------------------


@given(plain_architectures())
def test_what_fails_certainly_fails(plain):
    for found in reviewed(plain)["services"]:
        assert found["blast_radius"]["certain"] <= found["blast_radius"]["services"]["count"]


@given(plain_architectures())
def test_no_position_from_the_graph_is_deeper_than_the_deepest_entry(plain):
    result = reviewed(plain)
    depths = [found["sync_depth"] for found in result["entries"] if found["sync_depth"] is not None]
    for edge in result["edges"]:
        if edge["hop"] and edge["hop"]["basis"] == "graph" and len(depths) == len(result["entries"]):
            assert edge["hop"]["position"] <= max(depths)


@given(plain_architectures())
def test_an_edge_that_is_only_suggested_changes_nothing_but_the_list(plain):
    hint = [{"source": "compose.yaml", "confidence": "suggested"}]
    names = [one["id"] for one in plain["services"] if one.get("kind") != "datastore"]
    if len(names) < 2:
        return
    more = plain | {"edges": [*plain["edges"], call(names[0], names[-1], id="zz", evidence=hint)]}
    ours, theirs = reviewed(plain), reviewed(more)
    assert ours["edges"] == [edge for edge in theirs["edges"] if edge["id"] != "zz"]
    for kind in ("flows", "entries", "services", "channels", "cycles"):
        assert ours[kind] == theirs[kind]


def test_no_chain_goes_on_from_a_datastore():
    """a -> db ~request_reply, waited for~> c: whatever db sets off, no request from a makes that call."""
    edges = [call("a", "db"), call("db", "c", style="request_reply", waits_for_reply=True)]
    result = reviewed(architecture(*edges, services=[service("db", kind="datastore")]))
    assert edge_of(result, "db-c")["hop"] is None
