"""
What a change of the catalog would change in the workspaces, as the desk shows it before the change is published.

The analysis lies above this room, so it brings the dry run here: whoever has it registers a function.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from django.contrib.auth.models import User

from archreview.rules.values import Contents


@dataclass(slots=True)
class Counts:
    """How much differs, in a workspace or a part of it."""

    appearing: int = 0
    disappearing: int = 0
    weighed: int = 0
    reworded: int = 0
    asked: int = 0
    settled: int = 0
    failing: int = 0
    recovered: int = 0
    duties: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)

    def add(self, other: Counts) -> None:
        """Count another part along."""
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs: what it is about with the page of that, and what is said of it before and after."""

    kind: str
    name: str
    url: str
    text: str = ""
    rule: str = ""
    severity: str = ""
    was: str = ""
    is_upcoming: bool = False
    was_upcoming: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """All of one sort that differs in a workspace; `lines` are the first of `count`."""

    sort: str
    count: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class WorkspaceEffect:
    """What would change in a workspace of the person's: in all, by system, and one by one."""

    slug: str
    name: str
    counts: Counts
    systems: tuple[tuple[str, Counts], ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """
    What would change everywhere.

    Of workspaces in which the person is no member only numbers are told, all of them together. `left_out` are the
    slugs and names of workspaces that were too large to look at beside the others, `left_out_elsewhere` says how many
    others there are.
    """

    workspaces: tuple[WorkspaceEffect, ...] = ()
    elsewhere: Counts = field(default_factory=Counts)
    elsewhere_count: int = 0
    left_out: tuple[tuple[str, str], ...] = ()
    left_out_elsewhere: int = 0

    @property
    def total(self) -> Counts:
        """All that was looked at, counted together."""
        counts = Counts()
        for one in (*(effect.counts for effect in self.workspaces), self.elsewhere):
            counts.add(one)
        return counts

    @property
    def summary(self) -> str:
        """One sentence for those who do not see the page."""
        total = self.total
        if not total:
            return "Dry run: nothing would change."
        return (
            f"Dry run: {total.appearing} findings would appear, {total.disappearing} disappear, "
            f"{total.weighed} weigh otherwise; {total.asked} questions more, {total.settled} fewer."
        )


class DryRunFunction(Protocol):
    """Compares the workspaces under the catalog in force and under one in which `wanted` is in force too."""

    def __call__(self, wanted: Contents, *, person: User, only: str = "") -> DryRun: ...


_functions: list[DryRunFunction] = []


def bring_dry_run(function: DryRunFunction) -> DryRunFunction:
    """Let the function tell what a change would change. Register it from the app's `ready`."""
    _functions[:] = [function]
    return function


def dry_run(wanted: Contents, *, person: User, only: str = "") -> DryRun:
    """
    Tell what would change if the entries said what is wanted; with `only`, in that workspace of the person's alone.

    The contents must be sound. Raises ConditionError where they are not.
    """
    return _functions[0](wanted, person=person, only=only) if _functions else DryRun()
