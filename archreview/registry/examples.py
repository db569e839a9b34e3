"""The worked examples, for a workspace that begins with one."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.conf import settings

from archreview.engine.model import Architecture
from archreview.interchange.documents import Problems
from archreview.interchange.native import read_architecture
from archreview.interchange.prefixes import with_prefix
from archreview.interchange.writers.architecture import write_architecture

EXAMPLES: Path = settings.BASE_DIR / "fixtures" / "examples"


@cache
def example_choices() -> tuple[tuple[str, str], ...]:
    """The names of the examples with their titles, by title."""
    titles = []
    for file in EXAMPLES.glob("*.yaml"):
        systems = _read(file.stem).systems
        titles.append((file.stem, systems[0].name if systems else file.stem))
    return tuple(sorted(titles, key=lambda choice: (choice[1], choice[0])))


def example_text(name: str) -> str:
    """
    The example as a file, with its name before every id, so that it meets nothing of the workspace.

    `name` is one of `example_choices`.
    """
    return write_architecture(with_prefix(_read(name), prefix=f"{name}."))


def _read(name: str) -> Architecture:
    problems = Problems()
    file = EXAMPLES / f"{name}.yaml"
    architecture = read_architecture([(file.name, file.read_bytes())], problems=problems)
    if architecture is None:
        raise ValueError("\n".join(str(problem) for problem in problems.all()))
    return architecture
