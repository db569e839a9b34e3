"""Random maps for the laws of drawing, and a few that people would draw."""

import random

from hypothesis import strategies as st

from archreview.drawing import Call, Channel, Edge, Family, Group, Kind, Map, Node

NAMES = st.text(max_size=40)


@st.composite
def maps(draw: st.DrawFn, *, services: int = 12, edges: int = 18) -> Map:
    """Maps with cycles, channels with several producers and consumers, groups, and names of any length."""
    count = draw(st.integers(1, services))
    ids = [f"s{nth:02}" for nth in range(count)]
    groups = [f"g{nth}" for nth in range(draw(st.integers(0, 4)))]
    channels = [f"c{nth}" for nth in range(draw(st.integers(0, 3)))]
    nodes = tuple(
        Node(
            id=id_,
            name=draw(NAMES),
            kind=draw(st.sampled_from(Kind)),
            entry_point=draw(st.booleans()),
            group=draw(st.sampled_from([None, *groups])),
            tier=draw(st.sampled_from([None, 1, 4])),
            note=draw(st.sampled_from(["", "a note"])),
        )
        for id_ in ids
    )
    drawn = []
    for nth in range(draw(st.integers(0, edges)) if count > 1 else 0):
        source, target = draw(st.permutations(ids))[:2]
        family = draw(st.sampled_from(Family))
        over = family is Family.SYNCHRONOUS and draw(st.booleans())
        drawn.append(
            Edge(
                id=f"e{nth:02}",
                source=source,
                target=target,
                name=draw(NAMES),
                family=family,
                channel=draw(st.sampled_from([None, *channels])) if family is Family.ASYNCHRONOUS else None,
                calls=tuple(Call(number, over) for number in sorted(draw(st.sets(st.integers(1, 12))))) if over else (),
                over=over,
                grade=draw(st.sampled_from([None, "A", "F"])),
            )
        )
    return Map(
        title="A random map",
        nodes=nodes,
        edges=tuple(drawn),
        channels=tuple(Channel(id=id_, name=draw(NAMES), technology=draw(NAMES)) for id_ in channels),
        groups=tuple(Group(id=id_, name=draw(NAMES)) for id_ in groups),
    )


def layered(services: int, edges: int, *, groups: int = 0, seed: int = 1) -> Map:
    """A mostly layered map of this size, a few of its edges turned back."""
    draw = random.Random(seed)
    layer = [draw.randrange(6) for _ in range(services)]
    pairs: set[tuple[int, int]] = set()
    while len(pairs) < edges:
        source, target = draw.sample(range(services), 2)
        if layer[source] > layer[target] and draw.random() < 0.97:
            source, target = target, source
        pairs.add((source, target))
    families = draw.choices(list(Family), weights=(60, 5, 25, 4, 6), k=edges)
    return Map(
        title="A layered map",
        nodes=tuple(
            Node(id=f"s{nth:03}", name=f"service-{nth}", group=f"g{nth % groups}" if groups else None)
            for nth in range(services)
        ),
        edges=tuple(
            Edge(
                id=f"e{nth:04}",
                source=f"s{source:03}",
                target=f"s{target:03}",
                name="Reserve stock",
                family=family,
                channel=f"c{nth % 9}" if family is Family.ASYNCHRONOUS else None,
            )
            for nth, ((source, target), family) in enumerate(zip(sorted(pairs), families, strict=True))
        ),
        channels=tuple(Channel(id=f"c{nth}", name=f"Topic{nth}", technology="kafka") for nth in range(9)),
        groups=tuple(Group(id=f"g{nth}", name=f"Team {nth}") for nth in range(groups)),
    )


def retail() -> Map:
    """cart --1--> inventory --2--> pricing --3, over--> payment"""
    return Map(
        title="RetailFlow",
        nodes=(
            Node(id="cart", name="Cart", entry_point=True, tier=1, href="/services/cart/"),
            Node(id="inventory", name="Inventory"),
            Node(id="pricing", name="Pricing"),
            Node(id="payment", name="Payment gateway", kind=Kind.EXTERNAL),
        ),
        edges=(
            Edge(
                id="a",
                source="cart",
                target="inventory",
                name="Reserve stock",
                family=Family.SYNCHRONOUS,
                calls=(Call(1),),
            ),
            Edge(
                id="b", source="inventory", target="pricing", name="Price", family=Family.SYNCHRONOUS, calls=(Call(2),)
            ),
            Edge(
                id="c",
                source="pricing",
                target="payment",
                name="Authorise",
                family=Family.SYNCHRONOUS,
                calls=(Call(3, over=True),),
                over=True,
                grade="F",
                href="/edges/c/",
                data=(("hx-get", "/edges/c/card/"),),
            ),
        ),
    )


def delivery() -> Map:
    """gateway --> order ~~> OrderPlaced ~~> restaurant, notification, dispatch"""
    return Map(
        title="Food delivery",
        nodes=(
            Node(id="gateway", name="Gateway", kind=Kind.GATEWAY, entry_point=True),
            Node(id="order", name="Order"),
            *(Node(id=id_, name=id_.title()) for id_ in ("dispatch", "notification", "restaurant")),
        ),
        edges=(
            Edge(id="place", source="gateway", target="order", name="Place order", family=Family.SYNCHRONOUS),
            *(
                Edge(id=id_, source="order", target=id_, family=Family.ASYNCHRONOUS, channel="placed", grade=grade)
                for id_, grade in (("dispatch", "B"), ("notification", "C"), ("restaurant", "A"))
            ),
        ),
        channels=(Channel(id="placed", name="OrderPlaced", technology="sns"),),
    )
