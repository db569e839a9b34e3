"""What campaigns find, for pages: it counts nowhere until its day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from archreview.engine.catalog import Rule
from archreview.engine.results import Finding, UpcomingRule
from archreview.reviews.analyses import Analysis

FINDINGS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class UpcomingFinding:
    """A finding that does not count yet, with what people call what it is about, and the page of that."""

    finding: Finding
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class UpcomingOfRule:
    """A campaign with the first of its findings and how many there are."""

    rule: Rule
    campaign: UpcomingRule
    first: tuple[UpcomingFinding, ...]
    count: int


def upcoming_rules(analysis: Analysis, url: Callable[[str, str], str]) -> list[UpcomingOfRule]:
    """Give the campaigns that wait for their day, the soonest first; `url` gives the page of a subject."""
    upcoming = analysis.review.upcoming
    if upcoming is None:
        return []
    by_rule: dict[str, list[Finding]] = {}
    for finding in upcoming.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    told = []
    for campaign in sorted(upcoming.rules, key=lambda campaign: (campaign.until, campaign.rule)):
        found = by_rule.get(campaign.rule, [])
        first = [
            UpcomingFinding(one, analysis.name_of(*one.subject), url(*one.subject)) for one in found[:FINDINGS_SHOWN]
        ]
        told.append(UpcomingOfRule(analysis.rules[campaign.rule], campaign, tuple(first), len(found)))
    return told
