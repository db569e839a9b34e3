"""The making of a report, in a worker: analysis, chapters, one HTML, and from it the PDF."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.text import slugify

from archreview.decisions.models import Decision
from archreview.decisions.queries import decisions_of
from archreview.jobs.documents import PREPARED, following_pages
from archreview.jobs.kinds import JobFailed, Kind, Made, Progress
from archreview.jobs.models import Job
from archreview.registry.queries import histories_of_edges
from archreview.rendering import RenderingFailed, long_html_to_pdf
from archreview.reviews import telling
from archreview.reviews.analyses import current_analysis
from archreview.reviews.report.chapters import (
    Chapter,
    decisions_chapter,
    findings_chapter,
    flows_chapter,
    map_chapter,
    questions_chapter,
)
from archreview.reviews.report.options import HTML, Options
from archreview.reviews.report.pictures import Pictures
from archreview.reviews.report.scope import Scope
from archreview.reviews.report.sheets import edges_chapter, sheets_shown
from archreview.reviews.report.summary import summarise
from archreview.workspaces.models import Workspace

REPORT = "report"
STYLES = settings.BASE_DIR / "static" / "css"
# What all PDFs share, what reports add, and what one HTML page needs beside them.
PAPER, OWN, SCREEN = "pdf.css", "report.css", "report_screen.css"
# A page holds about so many characters of HTML; only the bar believes it.
CHARACTERS_A_PAGE = 7_000


def make_report(job: Job, progress: Progress) -> Made:
    """Do what the job asks for. Raises JobFailed where the report is too large, or its system is gone."""
    options = Options.from_json(job.options)
    report = Report(job.workspace, options, by=_name_of(job), at=timezone.now())
    progress.step("Judging the architecture", 0, 100)
    body = report.body(progress)
    if options.form == HTML:
        return Made(f"{report.file_stem}.html", "text/html; charset=utf-8", report.page(body).encode())
    return Made(f"{report.file_stem}.pdf", "application/pdf", _pdf(report, body, progress))


REPORT_KIND = Kind(name=REPORT, place="reviews:reports", place_name="Reports", run=make_report)


class Report:
    """One report on its way: its scope, its pictures, its chapters."""

    def __init__(self, workspace: Workspace, options: Options, *, by: str, at: datetime) -> None:
        self.workspace = workspace
        self.options = options
        self.by = by
        self.at = at
        self.pictures = Pictures(inline=options.form == HTML)
        self.analysis = current_analysis(workspace)
        if options.system and options.system not in self.analysis.systems:
            raise JobFailed("The system is no longer in the workspace. Choose another one.")
        self.scope = Scope(self.analysis, system=options.system)
        self.subject = self.analysis.name_of("system", options.system) if options.system else workspace.name

    @property
    def title(self) -> str:
        return f"Architecture review of {self.subject}"

    @property
    def description(self) -> str:
        """What the cover says about its subject."""
        system = self.analysis.systems.get(self.options.system)
        return (system.description if system else "") or self.workspace.description

    @property
    def file_stem(self) -> str:
        """A file's name of small letters, digits and dashes."""
        system = f"-{slugify(self.options.system.replace('.', '-'))[:60]}" if self.options.system else ""
        return f"{slugify(self.workspace.slug)}{system}-review-{self.at:%Y-%m-%d}"

    def body(self, progress: Progress) -> str:
        """Give the whole as HTML, without its style."""
        decisions = self._decisions()
        chapters: list[Chapter] = []
        for name in self.options.chapters:
            progress.step(f"Preparing the chapter on {name}", 2 + 2 * len(chapters), 100)
            if self._has(name, decisions):
                chapters.append(self._chapter(name, decisions))
        progress.step("Putting the chapters together", PREPARED - 3, 100)
        context = {
            "workspace": self.workspace,
            "report": self,
            "summary": summarise(self.scope, _by_status(decisions)),
            "review": self.analysis.review,
            "default_availability": telling.number(self.analysis.catalog.default_availability),
            "chapters": chapters,
        }
        return render_to_string("reviews/report/report.html", context)

    def page(self, body: str) -> str:
        """Give the body as one HTML page that needs nothing else, and may load nothing."""
        style = "\n".join(map(_style, (PAPER, OWN, SCREEN)))
        policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        return (
            f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(self.title)}</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{style}</style></head><body>{body}</body></html>"
        )

    def _has(self, name: str, decisions: list[Decision]) -> bool:
        """Whether there is anything for the chapter; that there is nothing, the summary says."""
        scope = self.scope
        if name == "edges":
            return bool(sheets_shown(scope, findings_only=self.options.findings_only))
        things: dict[str, Sequence[object]] = {
            "flows": scope.flows,
            "findings": scope.findings,
            "questions": scope.questions,
            "decisions": decisions,
            "map": scope.services,
        }
        return bool(things[name])

    def _chapter(self, name: str, decisions: list[Decision]) -> Chapter:
        scope, pictures = self.scope, self.pictures
        if name == "edges":
            ids = [edge.id for edge in sheets_shown(scope, findings_only=self.options.findings_only)]
            return edges_chapter(
                scope,
                pictures,
                findings_only=self.options.findings_only,
                histories=histories_of_edges(self.workspace, ids),
                decisions=decisions,
            )
        if name == "flows":
            return flows_chapter(scope, pictures)
        if name == "map":
            return map_chapter(scope, pictures)
        if name == "decisions":
            return decisions_chapter(decisions)
        return findings_chapter(scope) if name == "findings" else questions_chapter(scope)

    def _decisions(self) -> list[Decision]:
        """The decisions of the workspace, or those about what belongs to the system; in the order of their numbers."""
        found = decisions_of(self.workspace).order_by("number").defer("body", "generated_body", "pictures")
        if not self.options.system:
            return list(found)
        return [decision for decision in found if self._is_about_the_system(decision)]

    def _is_about_the_system(self, decision: Decision) -> bool:
        kind, id_ = decision.subject_kind, decision.subject_id
        things: dict[str, Iterable[str]] = {
            "edge": self.analysis.edges,
            "flow": self.analysis.flows,
            "service": self.analysis.services,
            "channel": self.analysis.channels,
            "system": self.analysis.systems,
        }
        return id_ in things.get(kind, ()) and self.analysis.system_of(kind, id_) == self.options.system


def _pdf(report: Report, body: str, progress: Progress) -> bytes:
    try:
        return long_html_to_pdf(
            title=report.title,
            body=body,
            pictures=report.pictures.svgs,
            css=(_style(OWN),),
            subject=f"{report.subject}, {report.at:%d %B %Y}",
            author=report.by,
            keywords=("architecture review",),
            follow=following_pages(progress, expected=len(body) // CHARACTERS_A_PAGE),
        )
    except RenderingFailed as failure:
        raise JobFailed(str(failure)) from failure


def _by_status(decisions: list[Decision]) -> Counter[str]:
    return Counter(str(decision.status) for decision in decisions)


def _style(name: str) -> str:
    return (STYLES / name).read_text(encoding="utf-8")


def _name_of(job: Job) -> str:
    person = job.asked_by
    return (person.get_full_name() or person.get_username()) if person is not None else ""
