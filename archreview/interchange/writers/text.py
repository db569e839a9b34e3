"""A review for a person at a terminal: what is worst first, with the reason and the remedy."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from archreview.engine.catalog import Catalog, Rule
from archreview.engine.results import SEVERITIES, Finding, FlowReview, OpenQuestion, Review
from archreview.interchange.documents import plain

MOST_QUESTIONS = 10
MOST_OF_A_RULE = 20

_COLOURS = {
    "critical": "1;35",
    "high": "1;31",
    "medium": "33",
    "low": "36",
    "info": "2",
    "strong": "1",
    "faint": "2",
    "good": "32",
}


def to_text(
    review: Review, catalog: Catalog, *, colours: bool = False, width: int = 100, gone: Sequence[str] = ()
) -> str:
    """
    Give the review as lines of text; `gone` says in words which findings of a baseline are no more.

    Findings of one rule stand together, so that its reason and its remedy are read once.
    """
    return "\n".join(_Text(review, catalog, colours=colours, width=width).lines(gone)) + "\n"


class _Text:
    def __init__(self, review: Review, catalog: Catalog, *, colours: bool, width: int) -> None:
        self._review = review
        self._rules = {rule.code: rule for rule in catalog.rules}
        self._colours = colours
        self._width = max(40, min(width, 120))

    def lines(self, gone: Sequence[str]) -> Iterator[str]:
        yield from self._head()
        for (severity, code), findings in groupby(self._review.findings, key=lambda f: (f.severity, f.rule)):
            yield ""
            yield from self._rule(severity, self._rules.get(code), code, list(findings))
        if not self._review.findings:
            yield ""
            yield self._paint("No pitfall was found in what is known.", "good")
        yield from self._upcoming()
        yield from self._questions(self._review.questions)
        if gone:
            yield ""
            yield self._paint(f"Gone since the baseline: {len(gone)}", "good")
            yield from (f"  {plain(line)}" for line in gone)
        if self._review.not_evaluated:
            yield ""
            codes = ", ".join(skipped.rule for skipped in self._review.not_evaluated)
            yield from self._wrapped(f"Not evaluated: {codes}", "  ", first="")

    def _head(self) -> Iterator[str]:
        summary = self._review.summary
        counts = (
            (summary.services, "service"),
            (summary.channels, "channel"),
            (summary.edges, "edge"),
            (summary.flows, "flow"),
        )
        yield self._paint(", ".join(f"{count} {word}{'' if count == 1 else 's'}" for count, word in counts), "strong")
        found = [f"{summary.findings.get(name, 0)} {name}" for name in SEVERITIES if summary.findings.get(name)]
        yield f"Findings: {', '.join(found) or 'none'}"
        if summary.flows_user_facing:
            within = f"{summary.flows_within_rule} of {summary.flows_user_facing}"
            yield f"User-facing flows within {self._review.catalog.hop_limit} sequential synchronous calls: {within}"
        for flow in self._review.flows:
            yield from self._flow(flow)

    def _flow(self, flow: FlowReview) -> Iterator[str]:
        if not flow.user_facing:
            return
        calls = str(flow.sync_calls)
        if flow.sync_calls_at_most != flow.sync_calls:
            calls = f"{flow.sync_calls} to {flow.sync_calls_at_most}"
        word = "call" if calls == "1" else "calls"
        least = "" if flow.latency_complete else "at least "
        known = flow.latency_complete or flow.latency_p99_ms > 0
        latency = f"{least}{flow.latency_p99_ms:g} ms (estimate)" if known else "latency unknown"
        line = f"  {flow.id}: {calls} {word}, {latency}, {flow.availability:.6g} % available"
        yield plain(line)

    def _upcoming(self) -> Iterator[str]:
        upcoming = self._review.upcoming
        if upcoming is None:
            return
        counts = Counter(finding.rule for finding in upcoming.findings)
        yield ""
        yield self._paint(f"Upcoming, counted from their day on: {len(upcoming.findings)}", "strong")
        for rule in upcoming.rules:
            known = self._rules.get(rule.rule)
            title = f" {known.title}" if known else ""
            note = f" ({rule.note})" if rule.note else ""
            line = f"{rule.rule}{title}: {counts[rule.rule]} from {rule.until.isoformat()}{note}"
            yield from self._wrapped(line, "      ", first="  ")

    def _rule(self, severity: str, rule: Rule | None, code: str, findings: list[Finding]) -> Iterator[str]:
        title = f"  {rule.title}" if rule else ""
        yield f"{self._paint(severity.upper(), severity)}  {self._paint(code, 'strong')}{title}"
        for finding in findings[:MOST_OF_A_RULE]:
            place = f" ({finding.location.file}:{finding.location.line})" if finding.location else ""
            known = " [known]" if finding.known else ""
            about = plain(f"{finding.subject.kind} {finding.subject.id}{place}{known}")
            yield f"  {self._paint(about, 'faint')}"
            yield from self._wrapped(finding.message, "    ")
        if len(findings) > MOST_OF_A_RULE:
            yield f"  and {len(findings) - MOST_OF_A_RULE} more"
        if rule:
            yield from self._told("Why: ", rule.why)
            yield from self._told("Remedy: ", rule.remedy)

    def _told(self, label: str, text: str) -> Iterator[str]:
        """Give a text under its label; what stands as a list stays one."""
        pad = "  " + " " * len(label)
        for number, part in enumerate(_parts(text)):
            indent = pad + "  " if part.startswith("- ") else pad
            yield from self._wrapped(part, indent, first=pad if number else f"  {label}")

    def _questions(self, questions: Sequence[OpenQuestion]) -> Iterator[str]:
        if not questions:
            return
        yield ""
        yield self._paint(f"Open questions: {len(questions)}", "strong")
        # Those that most waits for are the ones to answer first.
        urgent = sorted(questions, key=lambda question: -len(question.waiting))
        for question in urgent[:MOST_QUESTIONS]:
            waiting = ", ".join(question.waiting)
            line = f"{question.subject.kind} {question.subject.id}: {question.fact}  (for {waiting})"
            yield from self._wrapped(line, "      ", first="  ")
        if len(questions) > MOST_QUESTIONS:
            yield f"  and {len(questions) - MOST_QUESTIONS} more"

    def _wrapped(self, text: str, indent: str, *, first: str | None = None) -> Iterator[str]:
        yield from textwrap.wrap(
            plain(text),
            self._width,
            initial_indent=indent if first is None else first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )

    def _paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._colours else text


_MARKS = re.compile(r"\*\*|`")


def _parts(text: str) -> list[str]:
    """Give the paragraphs and the list items of a Markdown text, each on one line, without marks."""
    parts: list[str] = []
    goes_on = False
    for line in text.splitlines():
        words = _MARKS.sub("", " ".join(line.split()))
        if not words:
            goes_on = False
        elif goes_on and not words.startswith("- "):
            parts[-1] += f" {words}"
        else:
            parts.append(words)
            goes_on = True
    return parts
