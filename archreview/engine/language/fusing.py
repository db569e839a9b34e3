"""
Many conditions in one function.

What several of them need is read once, and conditions that begin with the same test are behind one `if`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from archreview.engine.language.checker import Checked
from archreview.engine.language.functions import Facts, function, reads
from archreview.engine.language.generator import Writer
from archreview.engine.language.references import NO_PARAMS
from archreview.engine.language.syntax import And

Missing = tuple[tuple[str, str, str], ...]
Ask = Callable[[Missing, int], None]
Judge = Callable[[Facts, Sequence[int], dict[str, int], Ask], list[int]]


@dataclass(frozen=True, slots=True)
class _Parted:
    """
    A condition in the parts that `&&` joins at its root, each as (certainly true, certainly false) expressions.

    The second is empty for a part that is never unknown.
    """

    at: int
    parts: tuple[tuple[str, str], ...]
    names: tuple[frozenset[str], ...]
    asking: tuple[str, ...]


@lru_cache(maxsize=50)
def fused(conditions: tuple[Checked, ...], scope: str) -> Judge:
    """
    Give one function for many conditions: of facts, the bit of each condition, `own` and `ask`.

    It gives the places of those that are true. For those that are unknown it sets the condition's bit at each fact that
    keeps it open: in `own` for facts of the subject itself, by `ask` for others.

    `&&` may be worked out in any order, so each condition is put behind that part of it which most conditions share,
    and conditions that share it stand behind one `if`. Facts that only one such group needs are read in it.
    """
    parted = [_part(at, checked) for at, checked in enumerate(conditions)]
    shared = Counter(part for condition in parted for part in set(condition.parts))
    groups: dict[tuple[str, str] | None, list[_Parted]] = {}
    for condition in parted:
        most_shared = max(condition.parts, key=lambda part: (shared[part], part))
        groups.setdefault(most_shared if shared[most_shared] > 1 else None, []).append(condition)

    needed = {
        gate: {name for condition in members for names in condition.names for name in names}
        for gate, members in groups.items()
    }
    times = Counter(name for names in needed.values() for name in names)
    gates = {
        name
        for gate, members in groups.items()
        if gate is not None
        for name in members[0].names[members[0].parts.index(gate)]
    }
    first = {name for name, count in times.items() if count > 1} | gates | needed.get(None, set())
    reader = Writer(scope, NO_PARAMS)
    lines = ["out = []", "get = own.get", *reads(reader, sorted(first))]
    for gate, members in groups.items():
        inside = [line for condition in members for line in _decide(condition, gate)]
        if gate is None:
            lines += inside
        else:
            own = reads(reader, sorted(needed[gate] - first))
            lines += [f"if {_not(gate)}:", *(f"    {line}" for line in (*own, *inside))]
    return function([*lines, "return out"], "f, bits, own, ask")


def _part(at: int, checked: Checked) -> _Parted:
    operands = checked.tree.operands if isinstance(checked.tree, And) else (checked.tree,)
    parts, names = [], []
    for operand in operands:
        writer = Writer(checked.scope, checked.params)
        parts.append((writer.true(operand), writer.false(operand) if writer.nullable(operand) else ""))
        names.append(frozenset(writer.used))
    asking = Writer(checked.scope, checked.params, counting=True).missing(checked.tree, "    ")
    return _Parted(at, tuple(parts), tuple(names), tuple(asking))


def _not(part: tuple[str, str]) -> str:
    """Give the expression that is true where a part is not certainly false."""
    true, false = part
    return f"not {false}" if false else true


def _decide(condition: _Parted, gate: tuple[str, str] | None) -> list[str]:
    """Give the statements that decide a condition where its gate is not false."""
    rest = [part for part in condition.parts if part != gate]
    true = [part[0] for part in condition.parts if part != gate or part[1]]
    false = [part[1] or f"not {part[0]}" for part in rest]
    hit = f"out.append({condition.at})"
    lines = [f"if {' and '.join(true)}: {hit}"] if true else [hit]
    if condition.asking:
        lines.append(f"elif not ({' or '.join(false)}):" if false else "else:")
        lines += [f"    bit = bits[{condition.at}]", *condition.asking]
    return lines
