"""A decision as a file: Markdown with front matter, or PDF."""

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from archreview.decisions.draft import map_from_json
from archreview.decisions.layout import for_paper
from archreview.decisions.log import as_written
from archreview.decisions.models import Decision, Status
from archreview.drawing import draw_before_and_after, draw_map
from archreview.interchange.decisions.writing import write_decision
from archreview.rendering import html_to_pdf

# A picture in a document is lettered like the document.
FONT_OF_A_PICTURE = "Inter, sans-serif"


def as_markdown(decision: Decision) -> str:
    """The decision as MADR 4 has it: front matter, title, text. The same decision gives the same file."""
    superseded = sorted(decision.supersedes.all(), key=lambda other: other.number)
    beside = [*superseded, decision.superseded_by] if decision.superseded_by is not None else superseded
    return write_decision(as_written(decision, supersedes=superseded), beside=[as_written(other) for other in beside])


def as_pdf(decision: Decision) -> bytes:
    """The decision as a document to print. Takes seconds; raises RenderingFailed."""
    drawn = pictures(decision, standalone=True)
    context = {
        "decision": decision,
        "workspace": decision.workspace,
        "status": status_words(decision),
        "pictures": [(caption, mark_safe(svg)) for caption, svg in drawn],  # noqa: S308 - our own drawing
        "html": mark_safe(for_paper(decision.rendered)),  # noqa: S308 - nothing but what the allow-list lets through
    }
    return html_to_pdf(
        title=decision.title,
        body=render_to_string("decisions/pdf.html", context),
        subject=f"Decision {decision.label} of {decision.workspace.name}",
        author=decision.decision_makers,
        keywords=("architecture decision record", status_words(decision)),
    )


def status_words(decision: Decision) -> str:
    """The status as the front matter has it: `accepted`, `superseded by 0012`."""
    if decision.status == Status.SUPERSEDED and decision.superseded_by is not None:
        return f"superseded by {decision.superseded_by.label}"
    return str(decision.status)


def pictures(decision: Decision, *, standalone: bool = False) -> list[tuple[str, str]]:
    """The surroundings of the subject, each as caption and SVG: today and with the decision, or today alone."""
    stored = decision.pictures or {}
    if "before" not in stored:
        return []
    before = map_from_json(stored["before"])
    if "after" not in stored:
        return [("How it is, and stays", draw_map(before, standalone=standalone, font=FONT_OF_A_PICTURE))]
    after = map_from_json(stored["after"])
    drawn = draw_before_and_after(before, after, standalone=standalone, font=FONT_OF_A_PICTURE)
    return list(zip(("Before", "With this decision"), drawn, strict=True))
