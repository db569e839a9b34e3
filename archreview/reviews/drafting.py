"""A decision drafted from what a session came to."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date

from archreview.decisions.draft import Confirmation, Draft, People
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.matter import Change
from archreview.decisions.models import TITLE_LENGTH
from archreview.decisions.prose import bullets, escaped, listed, plain, quoted
from archreview.decisions.ways import way_of
from archreview.engine.model import Said
from archreview.registry.words import style_name
from archreview.reviews import telling
from archreview.reviews.actions.changing import name_of
from archreview.reviews.analyses import Analysis
from archreview.reviews.asking import wording
from archreview.reviews.models import AgendaItem, Ballot, Vote
from archreview.reviews.models.session import Outcome
from archreview.reviews.queries.sessions import participants_of
from archreview.reviews.queries.votes import shown_votes

WORDS = {True: "yes", False: "no", None: "don’t know"}


def draft_from_item(item: AgendaItem, analysis: Analysis, *, statements: Mapping[str, Said], today: date) -> Draft:
    """
    The draft that the generator writes about the edge, as the group decided it.

    Whoever took part with a vote decides; who answered ahead and did not come was consulted, who looked on is informed.
    The group's reason stands first under the outcome, the dissent before what else there is to know. Where the group
    leaves an edge that the analysis would change, the draft says so and binds nothing but the style.
    """
    edge = analysis.edges[item.edge]
    changes = item.outcome == Outcome.CHANGE
    draft = draft_for_edge(
        analysis.architecture,
        analysis.review,
        analysis.catalog,
        item.edge,
        statements=statements,
        today=today,
        people=_people(item),
        changes=(Change(edge.id, way_of(dataclasses.replace(edge, style=item.style)).key),) if changes else (),
        decisions=analysis.decisions,
    )
    draft = dataclasses.replace(draft, people=_people(item))
    agrees = changes or edge.style in draft.confirmation.styles
    sections = {**draft.sections, "outcome": f"{_outcome(item, draft, agrees=agrees)}\n\n{draft.sections['outcome']}"}
    if dissent := _dissent(item):
        sections["more"] = f"### Dissent\n\n{dissent}\n\n{draft.sections['more']}"
    draft = dataclasses.replace(draft, sections=sections)
    if agrees or edge.style is None:
        return draft
    return dataclasses.replace(
        draft,
        title=plain(f"{_verb(item)} {item.name}")[:TITLE_LENGTH],
        confirmation=Confirmation(edge=item.edge, styles=(edge.style,), premises=draft.confirmation.premises),
        after=None,
        waterfalls=draft.waterfalls[:1],
    )


def _verb(item: AgendaItem) -> str:
    return {Outcome.ACCEPT: "Accept the risk of", Outcome.INVESTIGATE: "Investigate"}.get(Outcome(item.outcome), "Keep")


def _people(item: AgendaItem) -> People:
    participants = list(participants_of(item.session))
    deciding = [name_of(p.user) for p in participants if p.may_vote]
    looking_on = [name_of(p.user) for p in participants if not p.may_vote]
    voted = {vote.name for _, votes in _votes(item) for vote in votes}
    return People(
        decision_makers=tuple(deciding),
        consulted=tuple(sorted(voted - set(deciding))),
        informed=tuple(looking_on),
    )


def _outcome(item: AgendaItem, draft: Draft, *, agrees: bool) -> str:
    """What the group came to, in a sentence or two of Markdown."""
    words = {
        Outcome.KEEP: "keep it as it is",
        Outcome.CHANGE: f"change it to {telling.a_style(item.style)}",
        Outcome.INVESTIGATE: "investigate before anything is changed",
        Outcome.ACCEPT: f"accept the risk until {item.expires:%Y-%m-%d}" if item.expires else "accept the risk",
    }
    said = f"The session {quoted(item.session.title)} came to: {words[Outcome(item.outcome)]}."
    if item.why:
        said += f" Its reason: {quoted(item.why)}."
    if item.owner is not None and item.due is not None:
        said += f" {escaped(name_of(item.owner))} takes care of it until {item.due:%Y-%m-%d}."
    if not agrees:
        ways = listed(style_name(style) for style in draft.confirmation.styles)
        said += f" The analysis alone speaks for {ways}; its reasons follow."
    return said


def _dissent(item: AgendaItem) -> str:
    """Who voted otherwise than the group settled, on what, and why."""
    return bullets(_dissent_lines(item))


def _dissent_lines(item: AgendaItem) -> Iterable[str]:
    for ballot, votes in _votes(item):
        question = escaped(wording(ballot.subject_kind, ballot.fact)[0])
        if ballot.is_settled and not ballot.agreed:
            yield f"{question} The group did not agree{f': {escaped(ballot.why)}' if ballot.why else ''}."
        for vote in votes:
            differs = ballot.agreed and vote.value is not ballot.value
            if ballot.is_settled and (differs or not ballot.agreed):
                why = f" because {quoted(vote.why)}" if vote.why else ""
                against = f"; the group says {WORDS[ballot.value]}" if ballot.agreed else ""
                yield f"{question} {escaped(vote.name)} said {WORDS[vote.value]}{why}{against}."


def _votes(item: AgendaItem) -> list[tuple[Ballot, tuple[Vote, ...]]]:
    """The ballots of the item with their votes, of those that were revealed."""
    ballots = list(item.ballots.all())
    shown = shown_votes(ballots, user=None, waited_for=frozenset())
    return [(ballot, shown[ballot.pk].votes) for ballot in ballots]
