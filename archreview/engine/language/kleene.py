"""
Logic with unknowns (Kleene's strong logic): `None` is unknown.

Compiled conditions inline what they can and call these for the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

Truth = bool | None
Number = float | None
Join = Callable[[Truth, Truth], Truth]
T = TypeVar("T")


def negate(value: Truth) -> Truth:
    """Give true for false and false for true; unknown stays unknown."""
    return None if value is None else not value


def both(one: Truth, other: Truth) -> Truth:
    """False where either is false, true where both are true, else unknown."""
    if one is False or other is False:
        return False
    return True if one and other else None


def either(one: Truth, other: Truth) -> Truth:
    """True where either is true, false where both are false, else unknown."""
    if one or other:
        return True
    return False if one is False and other is False else None


def all_of(*values: Truth) -> Truth:
    """False where one is false, true where all are true, else unknown."""
    unknown = False
    for value in values:
        if value is False:
            return False
        if value is None:
            unknown = True
    return None if unknown else True


def any_of(*values: Truth) -> Truth:
    """True where one is true, false where all are false, else unknown."""
    unknown = False
    for value in values:
        if value:
            return True
        if value is None:
            unknown = True
    return None if unknown else False


def choose(condition: Truth, yes: T | None, no: T | None) -> T | None:
    """Give the branch that the condition chooses; where it is unknown, what both agree on, else unknown."""
    if condition is None:
        return yes if yes == no else None
    return yes if condition else no


def exists(items: Iterable[T] | None, test: Callable[[T], Truth]) -> Truth:
    """True where the test is true of one item, unknown where it is true of none and unknown of one, else false."""
    return None if items is None else any_of(*map(test, items))


def every(items: Iterable[T] | None, test: Callable[[T], Truth]) -> Truth:
    """False where the test is false of one item, unknown where it is false of none and unknown of one, else true."""
    return None if items is None else all_of(*map(test, items))


def count(items: Iterable[T] | None, test: Callable[[T], Truth]) -> int | None:
    """Give for how many items the test is true; unknown where it is unknown of one."""
    if items is None:
        return None
    values = [test(item) for item in items]
    return None if None in values else sum(1 for value in values if value)


def minus(value: Number) -> Number:
    """Give the negative; unknown stays unknown."""
    return None if value is None else -value


def lowest(condition: Truth, yes: str, no: str, order: Sequence[str]) -> str:
    """Give the branch that the condition chooses; where it is unknown, the one that stands later in the order."""
    if condition is None:
        return max(yes, no, key=order.index)
    return yes if condition else no
