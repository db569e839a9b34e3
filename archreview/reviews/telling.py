"""Results in words and figures, as pages and documents say them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from archreview.drawing.reviewed import OUTCOME_NAMES
from archreview.engine.fact_tables import label_of
from archreview.engine.results import EdgeReview, FlowReview, Subject, TechnologyResult
from archreview.registry.words import style_name, technology_name
from archreview.web.pieces import VerdictPart

CLASS_NAMES: Mapping[str, str] = {
    "queue": "a queue (SQS, Azure Queue, Celery)",
    "fifo": "a FIFO queue (SQS FIFO)",
    "pub/sub": "publish/subscribe (SNS, EventBridge, Pub/Sub)",
    "log": "a log (Kafka, Kinesis, Pulsar)",
}
REQUIREMENT_NAMES: Mapping[str, str] = {
    "fan_out": "several independent consumers",
    "replay_needed": "replay of past messages",
    "order_matters": "order per entity",
    "heavy_load": "over 100,000 messages a second",
}
TONES: Mapping[str, str] = {
    "agree": "good",
    "disagree": "warn",
    "fits": "good",
    "tolerable": "warn",
    "misfit": "bad",
    "oversized": "warn",
    "undersized": "bad",
}


def a_style(style: str | None) -> str:
    """Give a style as what something becomes: "a queue", "publish/subscribe"."""
    name = style_name(style)
    return f"a {name}" if style in ("queue", "stream", "webhook", "batch") else name


def outcome_name(outcome: str | None) -> str:
    """Give an outcome of the tree as people call it."""
    return OUTCOME_NAMES[outcome] if outcome else "undetermined"


def words(value: str) -> str:
    """Give an enumerated value as words."""
    return value.replace("_", " ")


def number(value: float) -> str:
    """Give a number with thousands set off and at most four digits behind the point, none of them idle."""
    if math.isinf(value):
        return "none"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def milliseconds(value: float | None) -> str:
    """Give a time, or "unknown"."""
    return "unknown" if value is None else f"{number(value)} ms"


def percent(value: float | None) -> str:
    """Give a share in percent, or "unknown"."""
    return "unknown" if value is None else f"{number(value)} %"


def fact_value(value: object, unit: str = "") -> str:
    """Give the value of a fact as people read it."""
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        text = number(float(value))
        return f"{text} {unit}".strip() if text != "none" else text
    return words(str(value)) if value != "" else "none"


def said_of_fact(name: str, value: object, unit: str = "") -> str:
    """Give the value of a named fact as people read it: a style and a technology have names of their own."""
    if value in (None, ""):
        return fact_value(value, unit)
    if name == "style":
        return style_name(str(value))
    return technology_name(str(value)) if name == "technology" else fact_value(value, unit)


def listed(things: Sequence[str], last: str = "and") -> str:
    """Give "a, b and c"."""
    if len(things) < 2:
        return "".join(things)
    return f"{', '.join(things[:-1])} {last} {things[-1]}"


def verdict_line(reviewed: EdgeReview) -> list[VerdictPart]:
    """Give the parts of an edge's verdict, each with the anchor of its reason on the page."""
    matrix, tree, hop = reviewed.matrix, reviewed.tree, reviewed.hop
    if matrix.strength is None:
        of_matrix = VerdictPart(
            "Matrix", "undetermined", "#matrix", f"{listed(matrix.possible, 'or')} possible", "warn"
        )
    else:
        of_matrix = VerdictPart(
            "Matrix", f"{matrix.verdict}, {matrix.strength}", "#matrix", f"{matrix.votes} of 3 votes"
        )
    if tree.outcome is None:
        of_tree = VerdictPart("Tree", "undetermined", "#tree", f"{len(tree.possible)} outcomes possible", "warn")
    else:
        of_tree = VerdictPart("Tree", OUTCOME_NAMES[tree.outcome], "#tree")
    today = VerdictPart("Today", style_name(reviewed.style), "#fit", reviewed.fit, TONES.get(reviewed.fit, ""))
    if hop is None:
        place = VerdictPart("Two-hop rule", "does not count", "#hop")
    else:
        where = "in a flow" if hop.basis == "flow" else "in the graph"
        over = "over the limit" if hop.over else "within"
        place = VerdictPart(
            "Two-hop rule", f"call {hop.position}", "#hop", f"{over}, {where}", "bad" if hop.over else "good"
        )
    parts = [
        of_matrix,
        of_tree,
        VerdictPart("Agreement", reviewed.agreement, "#tree", "", TONES.get(reviewed.agreement, "")),
        today,
        place,
    ]
    if reviewed.technology is not None:
        verdict = reviewed.technology.verdict
        parts.append(VerdictPart("Technology", verdict, "#technology", "", TONES.get(verdict, "")))
    return parts


def recommended(technology: TechnologyResult) -> str:
    """Give the recommended classes, with the one that stands behind."""
    first, *behind = [CLASS_NAMES[name] for name in technology.recommended]
    return f"{first}, with {behind[0]} behind it" if behind else first


def next_classes(technology: TechnologyResult) -> list[str]:
    """Say what would have to become true for another class to be right."""
    return [
        f"If {REQUIREMENT_NAMES[fact]} became a requirement: {CLASS_NAMES[classes[0]]}."
        for fact, classes in technology.next_classes
    ]


def tree_hole(reviewed: EdgeReview) -> str:
    """
    Say where the checklist and the tree part ways, or nothing.

    The tree as published asks neither for replay behind a fan-out nor for order behind a single consumer.
    """
    technology = reviewed.technology
    if technology is None or reviewed.tree.outcome not in ("pubsub", "standard_queue"):
        return ""
    for fact in ("replay_needed", "order_matters"):
        if fact in technology.required:
            return (
                f"The tree as published says {OUTCOME_NAMES[reviewed.tree.outcome]}; the checklist, because "
                f"{REQUIREMENT_NAMES[fact]} is required, says {recommended(technology)}."
            )
    return ""


def availability_sum(flow: FlowReview) -> tuple[list[tuple[str, list[Subject], bool]], str]:
    """
    Give the availability of a flow as factors (percent, whose, assumed) and their product.

    Services that stand and fall together are one factor.
    """
    factors = [
        (number(value), [Subject("service", id_) for id_ in group], assumed)
        for group, value, assumed in flow.availability_groups
    ]
    factors += [(number(value), [Subject("channel", channel)], False) for channel, value in flow.availability_channels]
    return factors, percent(flow.availability)


def label(fact: str) -> str:
    """Give a fact's name for the beginning of a line."""
    text = label_of(fact)
    return text[:1].upper() + text[1:]


def what_changed(before: EdgeReview, after: EdgeReview) -> str:
    """Say what an answer changed, for those who do not see it."""
    said = []
    pairs = (
        ("Matrix", before.matrix.verdict, after.matrix.verdict),
        ("Tree", before.tree.outcome or "undetermined", after.tree.outcome or "undetermined"),
        ("Fit", before.fit, after.fit),
        ("Score", str(before.score), str(after.score)),
    )
    for name, was, is_now in pairs:
        if was != is_now:
            said.append(f"{name} is now {words(is_now)}, was {words(was)}.")
    return " ".join(said) or "The verdict stays as it was."
