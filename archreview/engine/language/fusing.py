"""
Many conditions in one function.

What several of them need is read once, and conditions that begin with the same test are behind one `if`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from archreview.engine.language.checker import Checked
from archreview.engine.language.functions import Facts, function, reads
from archreview.engine.language.generator import Writer
from archreview.engine.language.references import NO_PARAMS
from archreview.engine.language.syntax import And

Pair = tuple[int, bool | None]
Evaluate = Callable[[Facts], list[Pair]]


@dataclass(frozen=True, slots=True)
class _Parted:
    """
    A condition in the parts that `&&` joins at its root, each as (certainly true, certainly false) expressions.

    The second is empty for a part that is never unknown.
    """

    at: int
    parts: tuple[tuple[str, str], ...]
    names: tuple[frozenset[str], ...]


@lru_cache(maxsize=50)
def fused(conditions: tuple[Checked, ...], scope: str) -> Evaluate:
    """
    Give one function for many conditions.

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
    lines = ["out = []", *reads(reader, sorted(first))]
    names: dict[str, object] = {}
    for gate, members in groups.items():
        inside = [line for condition in members for line in _decide(condition, gate, names)]
        if gate is None:
            lines += inside
        else:
            own = reads(reader, sorted(needed[gate] - first))
            lines += [f"if {_not(gate)}:", *(f"    {line}" for line in (*own, *inside))]
    return function([*lines, "return out"], **names)


def _part(at: int, checked: Checked) -> _Parted:
    operands = checked.tree.operands if isinstance(checked.tree, And) else (checked.tree,)
    parts, names = [], []
    for operand in operands:
        writer = Writer(checked.scope, checked.params)
        parts.append((writer.true(operand), writer.false(operand) if writer.nullable(operand) else ""))
        names.append(frozenset(writer.used))
    return _Parted(at, tuple(parts), tuple(names))


def _not(part: tuple[str, str]) -> str:
    """Give the expression that is true where a part is not certainly false."""
    true, false = part
    return f"not {false}" if false else true


def _decide(condition: _Parted, gate: tuple[str, str] | None, names: dict[str, object]) -> list[str]:
    """Give the statements that put a condition into `out` where it is true or unknown and its gate is not false."""
    hit, ask = f"true{condition.at}", f"unknown{condition.at}"
    # The pairs are made once, so that nothing is made where a rule is true or unknown.
    names |= {hit: (condition.at, True), ask: (condition.at, None)}
    rest = [part for part in condition.parts if part != gate]
    true = [part[0] for part in condition.parts if part != gate or part[1]]
    false = [part[1] or f"not {part[0]}" for part in rest]
    unknown = any(part[1] for part in condition.parts)
    lines = [f"if {' and '.join(true)}: out.append({hit})"] if true else [f"out.append({hit})"]
    if unknown:
        lines.append(f"elif not ({' or '.join(false)}): out.append({ask})" if false else f"else: out.append({ask})")
    return lines
