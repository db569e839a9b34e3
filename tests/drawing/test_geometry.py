"""What a map promises to the eye: nothing covers anything, and every line starts and ends where it belongs."""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from archreview.drawing import Call, Colour, Edge, Map, Node
from archreview.drawing.layered import closing_edges, lay_in_layers
from archreview.drawing.notation import BEAD
from archreview.drawing.scene import Box, Line, Scene, arrange
from tests.drawing.maps import layered, maps
from tests.work import within

HAIR = 0.01
"""Less than the eye sees, and more than arithmetic gets wrong."""

random_maps = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))


def overlap(one: Box, other: Box) -> bool:
    return (
        one.left < other.right - HAIR
        and other.left < one.right - HAIR
        and one.top < other.bottom - HAIR
        and other.top < one.bottom - HAIR
    )


def points(line: Line) -> Iterator[tuple[float, float]]:
    """Points along a line, close enough to one another to meet whatever it runs through."""
    for one, other in pairwise(line.stretches):
        for step in range(21):
            part = step / 20
            yield one.start + (one.end - one.start) * part, one.y
            # The curve leaves and arrives level, its handles at half way.
            bend = (one.end + other.start) / 2
            rest = 1 - part
            x = rest**3 * one.end + 3 * rest * part * bend + part**3 * other.start
            y = rest**2 * (rest + 3 * part) * one.y + part**2 * (part + 3 * rest) * other.y
            yield x, y
    last = line.stretches[-1]
    yield from ((last.start + (last.end - last.start) * step / 20, last.y) for step in range(21))


def inside(box: Box, x: float, y: float) -> bool:
    return box.left + HAIR < x < box.right - HAIR and box.top + HAIR < y < box.bottom - HAIR


def boxes_of(scene: Scene) -> list[Box]:
    return [box for _, box in scene.nodes] + [box for _, box in scene.channels]


def labels_of(scene: Scene) -> list[Box]:
    return [line.label_box for line in scene.lines if line.label and line.label_box is not None]


def beads_of(scene: Scene) -> list[tuple[Line, Box]]:
    half = BEAD / 2
    return [(line, Box(bead.x - half, bead.y - half, BEAD, BEAD)) for line in scene.lines for bead in line.beads]


def check(scene: Scene) -> None:
    boxes, labels, beads = boxes_of(scene), labels_of(scene), [box for _, box in beads_of(scene)]
    written = boxes + labels + beads
    for nth, one in enumerate(written):
        for other in written[nth + 1 :]:
            assert not overlap(one, other), "something covers something else"
        assert one.left >= -HAIR and one.top >= -HAIR, "something stands outside the picture"
        assert one.right <= scene.width + HAIR and one.bottom <= scene.height + HAIR, "the same, right or below"
    box_of = {node.id: box for node, box in scene.nodes}
    channel_box = {channel.id: box for channel, box in scene.channels}
    for line in scene.lines:
        for edge in line.edges:
            if line.part != "publish":
                assert on_side(box_of[edge.target], *line.end), "a line ends elsewhere than at its service"
            if line.part != "consume":
                assert on_side(box_of[edge.source], *line.start), "a line starts elsewhere than at its service"
        if line.part == "publish":
            assert any(on_side(box, *line.end) for box in channel_box.values())
        if line.part == "consume":
            assert any(on_side(box, *line.start) for box in channel_box.values())
        foreign = [box for owner, box in beads_of(scene) if owner is not line]
        for x, y in points(line):
            for box in [*boxes, *labels, *foreign]:
                assert not inside(box, x, y), "a line runs through something"
    frames = [
        Box(frame.left, frame.top, frame.right - frame.left, frame.bottom - frame.top) for _, frame in scene.groups
    ]
    for nth, frame in enumerate(frames):
        assert not any(overlap(frame, other) for other in frames[nth + 1 :]), "two groups overlap"
        assert frame.left >= -HAIR and frame.right <= scene.width + HAIR
        assert frame.top >= -HAIR and frame.bottom <= scene.height + HAIR
    frame_of = {group.id: frame for (group, _), frame in zip(scene.groups, frames, strict=True)}
    for node, box in scene.nodes:
        for group, frame in frame_of.items():
            within = frame.left < box.left and box.right < frame.right and frame.top < box.top < frame.bottom
            assert within == (node.group == group), "a service stands in the wrong group"
            assert within or not overlap(frame, box)
    for _, group_frame in scene.groups:
        heading = Box(group_frame.heading_left, group_frame.top + 8, group_frame.heading_width, 14)
        assert not any(inside(heading, x, y) for line in scene.lines for x, y in points(line)), (
            "a line through a heading"
        )


def on_side(box: Box, x: float, y: float) -> bool:
    """Whether the point is on the left or the right border of the box."""
    return min(abs(x - box.left), abs(x - box.right)) < HAIR and box.top - HAIR <= y <= box.bottom + HAIR


@random_maps
@given(picture=maps())
@pytest.mark.parametrize("colour", list(Colour))
def test_nothing_covers_anything(picture: Map, colour: Colour) -> None:
    check(arrange(picture, colour=colour))


@pytest.mark.parametrize("seed", range(4))
def test_nothing_covers_anything_in_a_map_of_sixty_services(seed: int) -> None:
    check(arrange(layered(60, 100, seed=seed)))
    check(arrange(layered(40, 60, groups=4, seed=seed)))


def test_a_map_of_200_services_and_500_edges_is_arranged_within_seconds() -> None:
    for groups in (0, 8):
        scene = within(30, partial(arrange, layered(200, 500, groups=groups)))
        assert len(scene.nodes) == 200


@random_maps
@given(picture=maps())
def test_the_order_in_which_things_are_given_changes_nothing(picture: Map) -> None:
    turned = Map(
        title=picture.title,
        nodes=picture.nodes[::-1],
        edges=picture.edges[::-1],
        channels=picture.channels[::-1],
        groups=picture.groups[::-1],
    )
    assert arrange(turned) == arrange(picture)


@random_maps
@given(picture=maps())
def test_layers_lead_every_edge_from_column_to_column(picture: Map) -> None:
    number = {node.id: nth for nth, node in enumerate(picture.nodes)}
    edges = [(number[edge.source], number[edge.target]) for edge in picture.edges]
    layers = lay_in_layers(len(number), edges)
    for (start, end), chain in zip(edges, layers.chains, strict=True):
        assert (chain[0], chain[-1]) == (start, end)
        steps = {layers.spots[after].column - layers.spots[before].column for before, after in pairwise(chain)}
        assert steps in ({1}, {-1})
    standing = [(spot.part, spot.column, spot.down) for spot in layers.spots.values()]
    assert len(set(standing)) == len(standing), "two vertices stand in one place"


def test_an_edge_that_closes_a_cycle_runs_back() -> None:
    assert closing_edges(3, [(0, 1), (1, 2), (2, 0)]) == {2}
    layers = lay_in_layers(3, [(0, 1), (1, 2), (2, 0)])
    assert layers.chains[2][0] == 2 and layers.chains[2][-1] == 0


def test_it_refuses_an_edge_that_leads_back_to_its_start() -> None:
    with pytest.raises(ValueError, match="itself"):
        lay_in_layers(2, [(0, 1), (1, 1)])


def test_of_two_mirrored_layouts_it_takes_the_one_that_reads_downwards() -> None:
    fan = Map(
        title="Fan",
        nodes=tuple(Node(id=id_, name=id_) for id_ in ("a", *"bcdef", "z")),
        edges=tuple(
            Edge(id=source + target, source=source, target=target)
            for source, target in (*(("a", id_) for id_ in "bcdef"), *((id_, "z") for id_ in "bcdef"))
        ),
    )
    tops = {node.id: box.top for node, box in arrange(fan).nodes}
    assert tops["b"] < tops["f"]


def test_calls_in_sequence_stand_in_their_order() -> None:
    steps = ["one", "two", "three", "four"]
    picture = Map(
        title="Sequence",
        nodes=tuple(Node(id=id_, name=id_) for id_ in ("entry", *steps)),
        edges=tuple(Edge(id=id_, source="entry", target=id_, calls=(Call(nth),)) for nth, id_ in enumerate(steps, 1)),
    )
    tops = {node.id: box.top for node, box in arrange(picture).nodes}
    assert sorted(steps, key=lambda id_: tops[id_]) == steps
