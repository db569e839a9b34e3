"""One edge and what is around it; before and after."""

from dataclasses import replace

import pytest

from archreview.drawing import (
    Edge,
    Emphasis,
    Family,
    Map,
    Node,
    around,
    draw_before_and_after,
    draw_neighbourhood,
    map_table,
)
from tests.drawing.maps import delivery, retail
from tests.drawing.reading import classes_of, read, words_of


def test_it_shows_the_edge_and_what_touches_its_ends() -> None:
    words = words_of(read(draw_neighbourhood(retail(), edge="a")))
    assert {"Cart", "Inventory", "Pricing"} <= set(words)
    assert "Payment gateway" not in words


def test_the_edge_stands_out_and_the_rest_stands_back() -> None:
    assert {"d-strong", "d-quiet"} <= classes_of(read(draw_neighbourhood(retail(), edge="a")))
    assert "d-over" in classes_of(read(draw_neighbourhood(retail(), edge="c")))


def test_an_edge_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        draw_neighbourhood(retail(), edge="nowhere")


def test_of_very_many_neighbours_it_draws_some_and_counts_the_rest() -> None:
    ids = [f"s{nth:02}" for nth in range(60)]
    hub = Map(
        title="Hub",
        nodes=(Node(id="hub", name="Hub"), *(Node(id=id_, name=id_) for id_ in ids)),
        edges=tuple(Edge(id=id_, source="hub", target=id_, family=Family.SYNCHRONOUS) for id_ in ids),
    )
    words = words_of(read(draw_neighbourhood(hub, edge="s40")))
    assert "35 more edges of these two services are not drawn." in words
    assert "s40" in words


def test_around_follows_edges_both_ways_for_so_many_hops() -> None:
    def services(hops: int) -> set[str]:
        return {node.id for node in around(retail(), services=frozenset({"inventory"}), hops=hops).nodes}

    assert services(1) == {"cart", "inventory", "pricing"}
    assert services(2) == {"cart", "inventory", "pricing", "payment"}
    assert {edge.id for edge in around(retail(), services=frozenset({"cart"})).edges} == {"a"}
    assert around(delivery(), services=frozenset({"gateway"})).channels == ()


def test_before_and_after_have_one_size_and_colour_only_what_differs() -> None:
    before = retail()
    changed = replace(before.edges[1], family=Family.HAND_OFF)
    added = Edge(id="d", source="cart", target="payment", name="Charge", family=Family.SYNCHRONOUS)
    after = replace(before, edges=(before.edges[0], changed, added))
    first, second = (read(svg) for svg in draw_before_and_after(before, after))
    assert first.get("viewBox") == second.get("viewBox")
    changes = {"d-added", "d-removed", "d-changed"}
    assert classes_of(first) & changes == {"d-removed", "d-changed"}
    assert classes_of(second) & changes == {"d-added", "d-changed"}
    same = [read(svg) for svg in draw_before_and_after(before, before)]
    assert not any(classes_of(root) & changes for root in same)


def test_before_and_after_can_be_narrowed_to_what_is_near() -> None:
    first, _ = draw_before_and_after(retail(), retail(), near=frozenset({"cart"}), standalone=True)
    assert "Pricing" not in words_of(read(first))


def test_the_table_of_a_neighbourhood_is_that_of_its_part_of_the_map() -> None:
    near = around(retail(), services=frozenset({"pricing"}))
    assert [row[2] for row in map_table(near).rows] == ["Price", "Authorise"]
    assert all(edge.emphasis is Emphasis.NORMAL for edge in near.edges)
