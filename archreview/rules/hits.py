"""
What the rules found in a workspace, as the catalog's pages show it.

The analysis lies above this room, so it brings its findings here: whoever has them registers a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archreview.engine.catalog import Catalog
from archreview.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Hit:
    """A finding: what it says, about what, and the page of that."""

    severity: str
    message: str
    kind: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """
    What one rule says in a workspace: its findings, the worst first, and how many facts it asks for.

    Of a rule that is `upcoming` both do not count yet.
    """

    hits: tuple[Hit, ...] = ()
    questions: int = 0
    not_evaluated: str = ""
    upcoming: bool = False


NOTHING = Found()
FoundFunction = Callable[[Workspace, Catalog | None], Mapping[str, Found]]

_functions: list[FoundFunction] = []


def bring_findings(function: FoundFunction) -> FoundFunction:
    """Let the function say what each rule, by its code, found in a workspace. Register it from the app's `ready`."""
    _functions[:] = [function]
    return function


def found_in(workspace: Workspace, catalog: Catalog | None = None) -> Mapping[str, Found]:
    """
    What each rule found, by its code; a rule that found nothing and asks nothing may be missing.

    By the catalog in force, or by the one that is given.
    """
    return _functions[0](workspace, catalog) if _functions else {}
