"""A smaller map of the same: each folded group becomes one box, and what ran between two groups one line."""

from collections.abc import Set
from dataclasses import replace

from archreview.drawing.values import Edge, Emphasis, Family, Group, Kind, Map, Node

_LISTED = 12
_CLOSENESS = (Family.SYNCHRONOUS, Family.HAND_OFF, Family.UNKNOWN, Family.IN_PROCESS, Family.ASYNCHRONOUS)


def fold(picture: Map, *, unfolded: Set[str] = frozenset()) -> Map:
    """The map with every group folded but those named; services without a group stay as they are."""
    groups = {group.id: group for group in picture.groups if group.id not in unfolded}
    home = {node.id: node.group for node in picture.nodes if node.group in groups}
    inside: dict[str, list[Node]] = {}
    for node in picture.nodes:
        if node.group in groups:
            inside.setdefault(node.group or "", []).append(node)
    boxes = [_folded(groups[key], inside[key]) for key in sorted(inside)]
    kept = [node for node in picture.nodes if node.id not in home]

    together: dict[tuple[str, str], list[Edge]] = {}
    edges: list[Edge] = []
    for edge in sorted(picture.edges, key=lambda edge: edge.id):
        source, target = home.get(edge.source), home.get(edge.target)
        if source is None and target is None:
            edges.append(edge)
        elif source != target:
            ends = _box_id(source) if source else edge.source, _box_id(target) if target else edge.target
            together.setdefault(ends, []).append(edge)
    for (source_id, target_id), found in sorted(together.items()):
        edges.append(_joined(source_id, target_id, found))
    used = {edge.channel for edge in edges}
    return replace(
        picture,
        nodes=(*boxes, *kept),
        edges=tuple(edges),
        channels=tuple(channel for channel in picture.channels if channel.id in used),
    )


def _box_id(group: str) -> str:
    # A blank cannot stand in an id, so no service has this one.
    return f"group {group}"


def _folded(group: Group, inside: list[Node]) -> Node:
    count = f"{len(inside)} service" + ("s" if len(inside) != 1 else "")
    names = sorted(node.name for node in inside)
    listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
    return Node(
        id=_box_id(group.id),
        name=group.name,
        kind=Kind.FOLDED,
        entry_point=any(node.entry_point for node in inside),
        note=count,
        title=group.title or f"{group.name}: {count}: {listed}",
        href=group.href,
        data=group.data,
        emphasis=Emphasis.STRONG if any(node.emphasis is Emphasis.STRONG for node in inside) else Emphasis.NORMAL,
    )


def _joined(source: str, target: str, found: list[Edge]) -> Edge:
    """
    One line for all the edges from one box to another, drawn as what binds the two most closely.

    An edge alone keeps its words and its link.
    """
    if len(found) == 1:
        return replace(found[0], source=source, target=target)
    over = sum(edge.over for edge in found)
    family = min((edge.family for edge in found), key=_CLOSENESS.index)
    channels = {edge.channel for edge in found if edge.family is family}
    name = f"{len(found)} edges" + (f", {over} over" if over else "")
    listed = "; ".join(f"{edge.source} to {edge.target}" for edge in found[:_LISTED])
    more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
    emphases = {edge.emphasis for edge in found}
    return Edge(
        id=f"{source} {target}",
        source=source,
        target=target,
        name=name,
        family=family,
        channel=channels.pop() if len(channels) == 1 else None,
        over=over > 0,
        grade=max((edge.grade for edge in found if edge.grade), default=None),
        title=f"{name}: {listed}{more}",
        emphasis=emphases.pop() if len(emphases) == 1 else Emphasis.NORMAL,
    )
