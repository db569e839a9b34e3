"""
The steps of a flow rearranged: pure functions from a tree of steps to another one.

A place is told by its path: "1" is the second step, "1.0" the first one below it (nested, or a member of the group).
Whether the calls still fit together is for the action to check; what makes no sense here is refused with CannotArrange.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from archreview.engine.model import Step

Steps = tuple[Step, ...]

# What a file can hold (interchange/documents.py: nested lists and mappings), with room to spare.
DEEPEST = 15


class CannotArrange(Exception):
    """There is no such place, or the step cannot go there; the message is a sentence for a person."""


def below(step: Step) -> Steps:
    """The steps under a step: the members of a group, or what a call's callee does."""
    return step.parallel if step.edge is None else step.then


def add(steps: Steps, path: str, edge: str) -> Steps:
    """The steps with one more: the last under the step at the path, or the last of all where the path is empty."""
    new = Step(edge=edge)
    if not path:
        return (*steps, new)
    if path.count(".") + 2 > DEEPEST:
        raise CannotArrange(f"Steps nest at most {DEEPEST} deep.")
    return _at(steps, path, lambda siblings, index: _put(siblings, index, _with_below(siblings[index], new)))


def remove(steps: Steps, path: str) -> Steps:
    """The steps without the one at the path and all under it; a group that is left empty goes too."""
    left = _without_empty(_at(steps, path, lambda siblings, index: (*siblings[:index], *siblings[index + 1 :])))
    if not left:
        raise CannotArrange("A flow has at least one step. Delete the flow instead.")
    return left


def up(steps: Steps, path: str) -> Steps:
    """The steps with the one at the path before the one above it."""

    def change(siblings: Steps, index: int) -> Steps:
        if index == 0:
            raise CannotArrange("It is the first one already.")
        return (*siblings[: index - 1], siblings[index], siblings[index - 1], *siblings[index + 1 :])

    return _at(steps, path, change)


def down(steps: Steps, path: str) -> Steps:
    """The steps with the one at the path after the one below it."""

    def change(siblings: Steps, index: int) -> Steps:
        if index == len(siblings) - 1:
            raise CannotArrange("It is the last one already.")
        return (*siblings[:index], siblings[index + 1], siblings[index], *siblings[index + 2 :])

    return _at(steps, path, change)


def together(steps: Steps, path: str) -> Steps:
    """The steps with the one at the path and the next one side by side, in one parallel group."""

    def change(siblings: Steps, index: int) -> Steps:
        if index == len(siblings) - 1:
            raise CannotArrange("There is no next step to run beside it.")
        members = (*_members(siblings[index]), *_members(siblings[index + 1]))
        return (*siblings[:index], Step(parallel=members), *siblings[index + 2 :])

    if path and _is_member(steps, path):
        raise CannotArrange("It runs side by side with the others already.")
    return _at(steps, path, change)


def apart(steps: Steps, path: str) -> Steps:
    """The steps with the members of the group at the path one after the other."""

    def change(siblings: Steps, index: int) -> Steps:
        if siblings[index].edge is not None:
            raise CannotArrange("It is no parallel group.")
        return (*siblings[:index], *siblings[index].parallel, *siblings[index + 1 :])

    return _at(steps, path, change)


def into(steps: Steps, path: str) -> Steps:
    """The steps with the one at the path as the last member of the parallel group right above it."""

    def change(siblings: Steps, index: int) -> Steps:
        if index == 0 or siblings[index - 1].edge is not None:
            raise CannotArrange("There is no parallel group right above it.")
        group = replace(siblings[index - 1], parallel=(*siblings[index - 1].parallel, *_members(siblings[index])))
        return (*siblings[: index - 1], group, *siblings[index + 1 :])

    return _at(steps, path, change)


def out(steps: Steps, path: str) -> Steps:
    """The steps with the member at the path after the parallel group that it was in."""
    if not _is_member(steps, path):
        raise CannotArrange("It is in no parallel group.")
    parent, _, position = path.rpartition(".")

    def change(siblings: Steps, index: int) -> Steps:
        members = siblings[index].parallel
        place = _index(members, position)
        rest = (*members[:place], *members[place + 1 :])
        return (*siblings[:index], *((Step(parallel=rest),) if rest else ()), members[place], *siblings[index + 1 :])

    return _at(steps, parent, change)


MOVES: dict[str, Callable[[Steps, str], Steps]] = {
    "remove": remove,
    "up": up,
    "down": down,
    "together": together,
    "apart": apart,
    "into": into,
    "out": out,
}


def possible(steps: Steps, path: str) -> frozenset[str]:
    """The names of the moves that the step at the path can make."""
    names = set()
    for name, move in MOVES.items():
        try:
            move(steps, path)
        except CannotArrange:
            continue
        names.add(name)
    return frozenset(names)


def step_at(steps: Steps, path: str) -> Step:
    """The step at the path."""
    siblings = steps
    for part in path.split("."):
        step = siblings[_index(siblings, part)]
        siblings = below(step)
    return step


def _is_member(steps: Steps, path: str) -> bool:
    """Whether the step at the path stands in a parallel group."""
    parent = path.rpartition(".")[0]
    return bool(parent) and step_at(steps, parent).edge is None


def _index(siblings: Steps, part: str) -> int:
    index = int(part) if part.isascii() and part.isdigit() and len(part) < 6 else -1
    if not 0 <= index < len(siblings):
        raise CannotArrange("There is no such step any more.")
    return index


def _at(steps: Steps, path: str, change: Callable[[Steps, int], Steps]) -> Steps:
    """The steps with the list in which the path ends changed; `change` gets that list and the place in it."""
    head, dot, rest = path.partition(".")
    index = _index(steps, head)
    if not dot:
        return change(steps, index)
    step = steps[index]
    inner = _at(below(step), rest, change)
    return _put(steps, index, replace(step, parallel=inner) if step.edge is None else replace(step, then=inner))


def _put(siblings: Steps, index: int, step: Step) -> Steps:
    return (*siblings[:index], step, *siblings[index + 1 :])


def _with_below(step: Step, new: Step) -> Step:
    if step.edge is None:
        return replace(step, parallel=(*step.parallel, new))
    return replace(step, then=(*step.then, new))


def _members(step: Step) -> Steps:
    return step.parallel if step.edge is None else (step,)


def _without_empty(steps: Steps) -> Steps:
    kept = []
    for step in steps:
        if step.edge is None:
            members = _without_empty(step.parallel)
            if members:
                kept.append(replace(step, parallel=members))
        else:
            kept.append(replace(step, then=_without_empty(step.then)))
    return tuple(kept)
