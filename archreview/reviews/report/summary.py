"""The report in plain sentences, with the numbers in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from archreview.decisions.models import Status
from archreview.decisions.prose import NUMBER_WORDS, counted, first_few, listed, upper_first
from archreview.engine.results import Finding, OpenQuestion
from archreview.reviews import telling
from archreview.reviews.asking import wording
from archreview.reviews.edge_page import Pitfall, pitfalls
from archreview.reviews.report.scope import Scope

WORST = 5
SETTLING = 5
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that a reader looks for first."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class AskedAlike:
    """One question about many things of a kind: in which words, about what, and what waits for the answers."""

    text: str
    help: str
    kind: str
    count: int
    about: str
    waiting: str


@dataclass(frozen=True, slots=True)
class Summary:
    """The first chapter: figures, paragraphs under their headings, the worst findings, the questions that matter."""

    figures: Sequence[Figure]
    paragraphs: Sequence[tuple[str, str]]
    worst: Sequence[tuple[Pitfall, str]]
    settling: Sequence[AskedAlike]


def summarise(scope: Scope, decisions: Mapping[str, int]) -> Summary:
    """Tell what was found; `decisions` are counted by status."""
    analysis = scope.analysis
    paragraphs = [
        ("What was looked at", looked_at(scope)),
        ("The two-hop rule", two_hops(scope)),
        ("What was found", found(scope)),
        ("How the services talk", verdicts(scope)),
        ("What is not known", unknown(scope)),
        ("Decisions", decided(decisions) if scope.services else ""),
    ]
    return Summary(
        figures=figures(scope),
        paragraphs=[(heading, text) for heading, text in paragraphs if text],
        worst=[
            (pitfall, analysis.name_of(*pitfall.finding.subject))
            for pitfall in pitfalls(analysis, worst_of_each_rule(scope)[:WORST])
        ],
        settling=[asked_alike(scope, questions, names=3) for questions in scope.alike_questions[:SETTLING]],
    )


def figures(scope: Scope) -> list[Figure]:
    """Give the four numbers of the top."""
    flows = scope.user_flows
    within = sum(flow.within_rule is True for flow in flows)
    counts = dict(scope.severities)
    serious = counts["critical"] + counts["high"]
    known, asked = scope.evidence
    return [
        Figure("Flows within the two-hop rule", f"{within} of {len(flows)}" if flows else "none registered"),
        Figure("Findings", f"{len(scope.findings):,}", f"{serious:,} critical or high"),
        Figure("Open questions", f"{len(scope.questions):,}"),
        Figure("Facts known about edges", f"{round(100 * known / asked)} %" if asked else "none asked"),
    ]


def looked_at(scope: Scope) -> str:
    """Say how much there is."""
    if not scope.services:
        return "Nothing is registered yet, so there is nothing to judge."
    of_systems = f" in {counted(len(scope.systems), 'system')}" if len(scope.systems) > 1 else ""
    parts = [
        counted(len(scope.services), "service"),
        f"{counted(len(scope.edges), 'edge')} between them",
        counted(len(scope.flows), "flow"),
    ]
    text = f"{upper_first(listed(parts))}{of_systems}. An edge is one communication from one service to another, a "
    text += "flow is what happens in one request."
    if scope.suggested:
        text += (
            f" {upper_first(counted(scope.suggested, 'more edge'))} {'is' if scope.suggested == 1 else 'are'} only "
            "suggested by a hint, and left out until somebody confirms them."
        )
    return text


def two_hops(scope: Scope) -> str:
    """Say how many flows keep the rule, and which do not."""
    flows = scope.user_flows
    limit = scope.analysis.review.catalog.hop_limit
    if not flows:
        return (
            "No request of a user is registered as a flow, so nobody can say whether requests stay within the limit of "
            f"{counted(limit, 'synchronous call')} in sequence."
            if scope.services
            else ""
        )
    over = [flow for flow in flows if flow.within_rule is False]
    unclear = [flow for flow in flows if flow.within_rule is None]
    within = len(flows) - len(over) - len(unclear)
    most = f"at most {counted(limit, 'synchronous call')} in sequence"
    if len(flows) == 1:
        verb = "makes" if within else "does not make do with" if over else "is not known to make"
        text = f"The one user-facing flow {verb} {most}."
    else:
        many = "All" if within == len(flows) else NUMBER_WORDS[within] if within < len(NUMBER_WORDS) else f"{within:,}"
        many = "None" if not within else upper_first(many)
        verb = "make" if within > 1 else "makes"
        text = f"{many} of the {counted(len(flows), 'user-facing flow')} {verb} {most}."
    if over:
        named = [f"{_name(scope, flow.id)} ({flow.sync_calls})" for flow in over]
        text += f" Over the limit, with their number of calls: {first_few(named)}."
    if unclear:
        named = [_name(scope, flow.id) for flow in unclear]
        text += f" It cannot be told of {first_few(named)}, because how some services talk is not known."
    return text


def found(scope: Scope) -> str:
    """Say how many findings there are, of which weight, and where most of them lie."""
    if not scope.findings:
        if not scope.services:
            return ""
        return (
            "No rule found a pitfall."
            if not scope.questions
            else "No rule found a pitfall, as far as the facts are known; the open questions can bring some to light."
        )
    parts = [f"{count:,} {severity}" for severity, count in scope.severities if count]
    verb = "is" if len(scope.findings) == 1 else "are"
    text = f"There {verb} {counted(len(scope.findings), 'finding')}: {listed(parts)}."
    per_rule = Counter(finding.rule for finding in scope.findings)
    rule, count = min(per_rule.items(), key=lambda item: (-item[1], item[0]))
    if count > 1 and len(per_rule) > 1:
        text += f" The most frequent is “{scope.analysis.rules[rule].title}” ({rule}), {count:,} times."
    subjects = Counter(finding.subject for finding in scope.findings if finding.severity in ("critical", "high"))
    if len(subjects) > 1:
        subject, heaviest = min(subjects.items(), key=lambda item: (-item[1], item[0]))
        if heaviest > 1:
            text += (
                f" Of the critical and high ones, {heaviest:,} concern the {subject.kind} "
                f"{scope.analysis.name_of(*subject)}."
            )
    return text


def verdicts(scope: Scope) -> str:
    """Say how the way in which services talk stands to what their answers ask for."""
    if not scope.edges:
        return ""
    fits = Counter(edge.fit for edge in scope.edges)
    disagreeing = sum(edge.agreement == "disagree" for edge in scope.edges)
    named = [
        (fits["fits"], "fits", "fit"),
        (fits["tolerable"], "is tolerable", "are tolerable"),
        (fits["misfit"], "does not fit", "do not fit"),
    ]
    parts = [f"{count:,} {one if count == 1 else many}" for count, one, many in named if count]
    rest = len(scope.edges) - sum(count for count, _, _ in named)
    if rest:
        parts.append(f"for {rest:,} it cannot be told yet")
    text = f"Measured by what the answers ask for, of {counted(len(scope.edges), 'edge')} {listed(parts)}."
    if disagreeing:
        text += (
            f" On {counted(disagreeing, 'edge')} the decision matrix and the decision tree disagree; "
            "there both verdicts are shown, and people have to settle it."
        )
    return text


def unknown(scope: Scope) -> str:
    """Say how much is known, and what a missing fact means."""
    known, asked = scope.evidence
    if not asked:
        return ""
    if not scope.questions:
        return "Every fact that a verdict or a rule asks for is known."
    text = (
        f"Of {asked:,} facts that verdicts and rules ask for about edges, {known:,} are known or follow from others. "
        f"{upper_first(counted(len(scope.questions), 'question'))} {'is' if len(scope.questions) == 1 else 'are'} open."
    )
    return text + " A missing fact is never read as a no: a rule that needs it says nothing until somebody answers."


def decided(decisions: Mapping[str, int]) -> str:
    """Say how many decisions stand where."""
    total = sum(decisions.values())
    if not total:
        return "No decision is on record yet."
    counts = [(decisions.get(status, 0), Status(status).label.lower()) for status in Status.values]
    parts = [f"{count:,} {label}" for count, label in counts if count]
    return f"{upper_first(counted(total, 'decision'))} {'is' if total == 1 else 'are'} on record: {listed(parts)}."


def asked_alike(scope: Scope, questions: Sequence[OpenQuestion], *, names: int = MOST_NAMES) -> AskedAlike:
    """Give a question that is open about all of these, in words."""
    kind, fact = questions[0].subject.kind, questions[0].fact
    text, help_ = wording(kind, fact)
    return AskedAlike(
        text=text,
        help=help_,
        kind=kind,
        count=len(questions),
        about=first_few([scope.analysis.name_of(*question.subject) for question in questions], most=names),
        waiting=waiting_words(tuple(dict.fromkeys(code for question in questions for code in question.waiting))),
    )


def worst_of_each_rule(scope: Scope) -> list[Finding]:
    """Give the first finding of each rule, worst first: a reader learns more from five rules than from one rule."""
    first: dict[str, Finding] = {}
    for finding in scope.findings:
        first.setdefault(finding.rule, finding)
    return list(first.values())


def waiting_words(waiting: Sequence[str], *, most: int = 6) -> str:
    """Give what waits for an answer: the matrix, the tree, rules by their codes."""
    names = {"matrix": "the matrix", "tree": "the tree"}
    verdict = [names[code] for code in ("matrix", "tree") if code in waiting]
    rules = [code for code in waiting if code not in names]
    return first_few([*verdict, *rules], most=most) if len(waiting) > most else telling.listed([*verdict, *rules])


def _name(scope: Scope, flow: str) -> str:
    return scope.analysis.name_of("flow", flow)
