"""
What an analysis says about the entries of a list, as the lists show it.

The analysis lies above this room, so it brings its judgements here: whoever has them registers a function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from archreview.workspaces.models import Workspace

# In the URL, for an entry of which not enough is known to grade it.
NO_GRADE = "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """
    What is said about one edge, flow or service.

    `grade` is None where not enough is known; `within` says of a user-facing flow whether it is within the two-hop
    rule, and is None where that is open or not asked; `findings` counts its findings.
    """

    grade: str | None = None
    within: bool | None = None
    findings: int = 0


NOTHING = Judgement()
# Takes the workspace and the kind of entry; gives the judgements by id.
JudgeFunction = Callable[[Workspace, str], Mapping[str, Judgement]]

_functions: list[JudgeFunction] = []


def bring_judgements(function: JudgeFunction) -> JudgeFunction:
    """Let the function say what the analysis says about the entries of a list. Register it from the app's `ready`."""
    _functions[:] = [function]
    return function


def judgements_of(workspace: Workspace, kind: str) -> Mapping[str, Judgement] | None:
    """The judgements by id; None where nobody judges."""
    return _functions[0](workspace, kind) if _functions else None
