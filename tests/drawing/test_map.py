"""The map: what each service and each kind of communication looks like, and what it says."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from archreview.drawing import (
    FOLD_ABOVE,
    Call,
    Channel,
    Colour,
    Edge,
    Emphasis,
    Family,
    Group,
    Kind,
    Map,
    Node,
    draw_legend,
    draw_map,
    map_table,
    starts_folded,
)
from archreview.drawing.folding import fold
from tests.drawing.maps import delivery, layered, maps, retail
from tests.drawing.reading import SVG, classes_of, read, titles_of, words_of


def one_edge(**fields: object) -> Map:
    edge = Edge(id="e", source="a", target="b", name="Ask", **fields)  # type: ignore[arg-type]
    channels = (Channel(id="c", name="Asked", technology="kafka"),) if edge.channel else ()
    return Map(title="One", nodes=(Node(id="a", name="A"), Node(id="b", name="B")), edges=(edge,), channels=channels)


def one_node(**fields: object) -> Map:
    return Map(title="One", nodes=(Node(id="a", name="Ann", **fields),))  # type: ignore[arg-type]


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(picture=maps())
@pytest.mark.parametrize("standalone", [False, True])
def test_every_map_is_well_formed_and_the_same_twice(picture: Map, standalone: bool) -> None:
    svg = draw_map(picture, colour=Colour.GRADE, standalone=standalone)
    read(svg)
    assert draw_map(picture, colour=Colour.GRADE, standalone=standalone) == svg


@pytest.mark.parametrize(
    ("family", "look"),
    [
        (Family.SYNCHRONOUS, "d-tip"),
        (Family.HAND_OFF, "d-bar"),
        (Family.ASYNCHRONOUS, "d-async"),
        (Family.IN_PROCESS, "d-inside"),
        (Family.UNKNOWN, "d-unknown"),
    ],
)
def test_each_family_has_a_look_of_its_own(family: Family, look: str) -> None:
    telling = {"d-bar", "d-async", "d-inside", "d-unknown"}
    found = classes_of(read(draw_map(one_edge(family=family))))
    assert found & telling == {look} & telling
    assert look in found


def test_unknown_communication_asks() -> None:
    assert "?" in words_of(read(draw_map(one_edge(family=Family.UNKNOWN))))


def test_a_call_over_the_limit_has_its_number_in_a_filled_circle_on_a_thicker_line() -> None:
    root = read(draw_map(retail()))
    filled = [element for element in root.iter(f"{SVG}circle") if "d-over-bead" in (element.get("class") or "")]
    assert len(filled) == 1
    assert [word for word in words_of(root) if word.isdigit()] == ["1", "2", "3"]
    thick = [element for element in root.iter(f"{SVG}path") if "d-over" in (element.get("class") or "").split()]
    assert len(thick) == 1
    assert any(title == "Pricing to Payment gateway: Authorise, synchronous, call 3, over the limit, grade F"
               for title in titles_of(root))  # fmt: skip


def test_what_travels_over_one_channel_meets_in_one_box() -> None:
    root = read(draw_map(delivery()))
    assert words_of(root).count("OrderPlaced") == 1
    assert "sns" in words_of(root)
    dashed = [element for element in root.iter(f"{SVG}path") if "d-async" in (element.get("class") or "")]
    assert len(dashed) == 4, "one from the producer, three to the consumers"


def test_an_asynchronous_edge_without_a_channel_has_a_box_of_its_own() -> None:
    root = read(draw_map(one_edge(family=Family.ASYNCHRONOUS)))
    assert "d-channel" in classes_of(root)
    assert "Ask" in words_of(root)


@pytest.mark.parametrize(
    ("fields", "look", "word"),
    [
        ({"entry_point": True}, "d-inner", "Ann"),
        ({"kind": Kind.EXTERNAL}, "d-outside", "external"),
        ({"kind": Kind.WORKER}, "d-box", "worker"),
        ({"kind": Kind.GATEWAY}, "d-box", "gateway"),
        ({"kind": Kind.DATASTORE}, "d-box", "datastore"),
    ],
)
def test_a_service_looks_like_what_it_is(fields: dict[str, object], look: str, word: str) -> None:
    root = read(draw_map(one_node(**fields)))
    assert look in classes_of(root)
    assert word in words_of(root)


@pytest.mark.parametrize(("colour", "written"), [(Colour.GRADE, "D"), (Colour.TIER, "1"), (Colour.NONE, "")])
def test_colour_never_stands_alone(colour: Colour, written: str) -> None:
    root = read(draw_map(one_node(grade="D", tier=1), colour=colour))
    chips = {name for name in classes_of(root) if name.startswith("d-chip")}
    assert chips == ({f"d-chip-{written.lower()}"} if written else set())
    assert set(words_of(root)) == {"Ann", written} - {""}


def test_a_change_is_written_beside_its_colour() -> None:
    added = replace(one_edge(family=Family.SYNCHRONOUS).edges[0], emphasis=Emphasis.ADDED)
    assert "+" in words_of(read(draw_map(replace(one_edge(), edges=(added,)))))
    removed = one_node(emphasis=Emphasis.REMOVED)
    assert "removed" in words_of(read(draw_map(removed)))


def test_links_lead_where_the_caller_says_and_carry_its_data() -> None:
    root = read(draw_map(retail()))
    links = {link.get("href"): link for link in root.iter(f"{SVG}a")}
    assert set(links) == {"/services/cart/", "/edges/c/"}
    assert links["/edges/c/"].get("data-hx-get") == "/edges/c/card/"
    assert "over the limit" in (links["/edges/c/"].get("aria-label") or "")
    assert root.get("role") == "group", "an image would hide its links"


def test_a_drawing_that_stands_alone_has_no_links_and_no_classes() -> None:
    root = read(draw_map(retail(), standalone=True))
    assert root.get("role") == "img"
    assert not list(root.iter(f"{SVG}a"))
    assert classes_of(root) == set()
    assert {element.get("fill") for element in root.iter(f"{SVG}text")} >= {"#15181c"}


@pytest.mark.parametrize("href", ["javascript:alert(1)", " java\tscript:alert(1)", "data:text/html,x", "vbscript:x"])
def test_it_refuses_links_that_run_something(href: str) -> None:
    with pytest.raises(ValueError, match="links to pages"):
        draw_map(one_node(href=href))


def test_it_refuses_attributes_that_are_none() -> None:
    with pytest.raises(ValueError, match="name of a data attribute"):
        draw_map(one_node(href="/", data=(('x" onload="', "1"),)))


def test_hostile_names_stay_words() -> None:
    name = "</text><script>alert('1')</script>\u202e\x00&amp;"
    root = read(draw_map(replace(one_edge(), nodes=(Node(id="a", name=name), Node(id="b", name="]]>")), title=name)))
    title = "</text><script>alert('1')</script>&amp;"
    assert root[0].text == title
    assert any(shown.startswith("</text><script>") for shown in words_of(root))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"edges": (Edge(id="e", source="a", target="x"),)}, "not in the map"),
        ({"edges": (Edge(id="e", source="a", target="a"),)}, "leads back"),
        ({"edges": (Edge(id="e", source="a", target="b", channel="x"),)}, "channel that is not"),
        ({"edges": (Edge(id="e", source="a", target="b"), Edge(id="e", source="b", target="a"))}, "one id"),
        ({"nodes": (Node(id="a", name="A"), Node(id="a", name="B")), "edges": ()}, "one id"),
    ],
)
def test_it_refuses_a_map_that_does_not_hold_together(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        draw_map(replace(one_edge(), **change))  # type: ignore[arg-type]


def test_the_whole_name_is_in_the_title_where_it_does_not_fit() -> None:
    name = "The recommendation service of the company, second edition"
    root = read(draw_map(one_node() if not name else Map(title="One", nodes=(Node(id="a", name=name),))))
    assert words_of(root)[0].endswith("…")
    assert name in titles_of(root)


def test_a_small_map_starts_open_and_a_large_one_folded() -> None:
    small, large = layered(FOLD_ABOVE, 90, groups=4), layered(FOLD_ABOVE + 1, 90, groups=4)
    assert not starts_folded(small)
    assert starts_folded(large)
    assert "service-1" in words_of(read(draw_map(small)))
    words = words_of(read(draw_map(large)))
    assert "service-1" not in words
    assert {"Team 0", "Team 1", "Team 2", "Team 3"} <= set(words)


def test_a_folded_map_opens_the_groups_that_are_named() -> None:
    picture = layered(20, 30, groups=4)
    words = words_of(read(draw_map(picture, unfolded={"g1"})))
    assert "service-1" in words and "service-2" not in words
    assert "5 services" in words


def test_folding_loses_no_edge_between_groups() -> None:
    def node(id_: str, group: str | None) -> Node:
        return Node(id=id_, name=id_.upper(), group=group)

    picture = Map(
        title="Two groups",
        nodes=(node("a", "x"), node("b", "x"), node("c", "y"), node("d", None)),
        edges=(
            Edge(id="ab", source="a", target="b", family=Family.SYNCHRONOUS),
            Edge(id="ac", source="a", target="c", family=Family.SYNCHRONOUS, over=True, calls=(Call(3, over=True),)),
            Edge(id="bc", source="b", target="c", family=Family.ASYNCHRONOUS),
            Edge(id="cd", source="c", target="d", name="Tell", family=Family.HAND_OFF),
        ),
        groups=(Group(id="x", name="X"), Group(id="y", name="Y")),
    )
    folded = fold(picture)
    assert {node.name for node in folded.nodes} == {"X", "Y", "D"}
    assert [(edge.name, edge.family, edge.over) for edge in folded.edges] == [
        ("2 edges, 1 over", Family.SYNCHRONOUS, True),
        ("Tell", Family.HAND_OFF, False),
    ]


def test_a_map_too_large_for_lines_says_so_and_shows_boxes() -> None:
    root = read(draw_map(layered(500, 1500)))
    words = words_of(root)
    assert words[0].startswith("1,500 edges are too many to draw, and 100 services with them")
    assert sum(word.startswith("service-") for word in words) == 400


def test_a_map_of_nothing_is_still_a_picture() -> None:
    read(draw_map(Map(title="Empty", nodes=())))


def test_the_table_says_what_the_picture_says() -> None:
    table = map_table(retail())
    assert table.header == ("From", "To", "Name", "How", "Channel", "Call", "Grade")
    assert table.rows == (
        ("Cart", "Inventory", "Reserve stock", "synchronous", "", "1", ""),
        ("Inventory", "Pricing", "Price", "synchronous", "", "2", ""),
        ("Pricing", "Payment gateway", "Authorise", "synchronous", "", "3, over the limit", "F"),
    )
    assert table.hrefs == ("", "", "/edges/c/")
    assert {row[4] for row in map_table(delivery()).rows} == {"", "OrderPlaced (sns)"}


@pytest.mark.parametrize("colour", list(Colour))
def test_the_legend_explains_what_is_drawn(colour: Colour) -> None:
    words = words_of(read(draw_legend(colour=colour, columns=2)))
    assert {"over the limit", "nobody has said how", "datastore"} <= set(words)
    assert any(word.startswith("grade A") for word in words) == (colour is Colour.GRADE)
    assert any(word.startswith("tier 1") for word in words) == (colour is Colour.TIER)


def test_a_drawing_that_stands_alone_is_lettered_as_asked() -> None:
    assert read(draw_map(retail(), standalone=True, font="Inter")).get("font-family") == "Inter"
    assert read(draw_map(retail())).get("font-family") is None, "in a page the style sheet decides"


def test_a_call_that_a_flow_makes_twice_has_both_its_numbers() -> None:
    calls = (Call(1), Call(3, over=True))
    twice = replace(retail().edges[0], calls=calls, over=True)
    picture = replace(retail(), edges=(twice,))

    assert {"1", "3"} <= set(words_of(read(draw_map(picture))))
    assert map_table(picture).rows[0][5] == "1, 3, over the limit"


def test_of_many_numbers_the_first_and_the_last_are_written() -> None:
    often = replace(retail().edges[0], calls=tuple(Call(number) for number in range(1, 9)))
    words = words_of(read(draw_map(replace(retail(), edges=(often,)))))

    assert [word for word in words if word in {*"12345678", "…"}] == ["1", "2", "…", "8"]


def test_without_a_number_what_is_over_the_limit_is_marked_all_the_same() -> None:
    over = replace(retail().edges[0], calls=(), over=True)
    picture = replace(retail(), edges=(over,))

    assert "!" in words_of(read(draw_map(picture)))
    assert map_table(picture).rows[0][5] == "over the limit"
