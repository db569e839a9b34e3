"""What a report holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

PDF, HTML = "pdf", "html"
FORMS = ((PDF, "PDF, to print and to send"), (HTML, "One HTML page"))

# The chapters that can be left out, in the order of the report; the summary is always there.
CHAPTERS = (
    ("flows", "Flows, each with its waterfall and its arithmetic"),
    ("findings", "Findings by severity, with remedies"),
    ("questions", "Open questions, first those on which most hangs"),
    ("decisions", "Decisions, with their texts"),
    ("map", "Map"),
    ("edges", "Edges, a sheet for each: verdict, path, facts, who said what"),
)
NAMES = tuple(name for name, _ in CHAPTERS)


@dataclass(frozen=True, slots=True)
class Options:
    """
    What was asked for: one system or, with "", all; the chapters in their order; PDF or HTML.

    `findings_only` leaves out the sheets of edges without a finding.
    """

    system: str = ""
    chapters: tuple[str, ...] = NAMES
    findings_only: bool = False
    form: str = PDF

    def as_json(self) -> dict[str, object]:
        """Give the options as a job keeps them."""
        return {**asdict(self), "chapters": list(self.chapters)}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Options:
        """Give the options that a job has kept; what this release does not know is left out."""
        chapters = stored.get("chapters")
        asked = chapters if isinstance(chapters, list) else NAMES
        return cls(
            system=str(stored.get("system", "")),
            chapters=tuple(name for name in NAMES if name in asked),
            findings_only=stored.get("findings_only") is True,
            form=HTML if stored.get("form") == HTML else PDF,
        )
