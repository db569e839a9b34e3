"""What is kept with a decision about findings beside its text: pictures, facts, and what must hold."""

from __future__ import annotations

from collections.abc import Iterator

from archreview.decisions.draft import Confirmation, Draft, FactOfDecision, People
from archreview.decisions.finding_options import added_by
from archreview.decisions.finding_situation import FindingSituation, Mend
from archreview.decisions.ground import flow_in
from archreview.decisions.prose import counted, plain
from archreview.decisions.sections import Content
from archreview.decisions.surroundings import flow_map, surroundings
from archreview.drawing import Waterfall
from archreview.drawing.reviewed import waterfall_of
from archreview.engine.model import Said


def recorded(situation: FindingSituation, sections: Content, title: str, people: People, mend: Mend | None) -> Draft:
    """The draft with its pictures, the facts behind the findings, and what must hold once they are mended."""
    ground = situation.ground
    before = after = None
    waterfalls: tuple[Waterfall, ...] = ()
    changed = {edge.id: edge for edge in mend.edges} if mend is not None and mend.key != "facts" else {}
    if situation.edge is not None:
        edge, flow = situation.edge, situation.edge.flow
        beside = [caller.edge for caller in mend.change.callers] if mend is not None else []
        before = surroundings(edge, edge.edge, edge.flow_review, beside=beside)
        if mend is not None and edge.edge.id in changed:
            now = changed[edge.edge.id]
            after = surroundings(edge, now, flow_in(mend.later, flow), change=mend.change, beside=beside)
    elif situation.flow is not None:
        flow_situation = situation.flow
        flow, today = flow_situation.flow, flow_situation.today
        before = flow_map(ground, ground.review, flow, today)
        waterfalls = (waterfall_of(flow, today, ground.architecture),)
        later = flow_in(mend.later, flow) if mend is not None and changed else None
        if mend is not None and later is not None:
            after = flow_map(ground, mend.later, flow, later, change=mend.change)
            waterfalls += (waterfall_of(flow, later, ground.architecture),)
    return Draft(
        title=title,
        sections=sections,
        facts=tuple(_facts(situation)),
        confirmation=_what_must_hold(situation, mend),
        people=people,
        before=before,
        after=after,
        waterfalls=waterfalls,
        catalog_version=ground.catalog.version,
    )


def plain_where(situation: FindingSituation) -> str:
    """Where the findings are, for a title."""
    if not situation.is_about_one:
        return f"in {counted(len(situation.subjects), 'place')}"
    if situation.edge is not None:
        return f"at {situation.edge.plain_operation}"
    return f"in “{plain(situation.plain_name_of(situation.subjects[0]))}”"


def _facts(situation: FindingSituation) -> Iterator[FactOfDecision]:
    told = set()
    for finding in situation.findings:
        kind, id_ = finding.subject
        for name, value in finding.facts.items():
            owner, _, fact = name.partition(".")
            if owner != kind or (kind, id_, fact) in told or isinstance(value, (list, tuple, dict)):
                continue
            told.add((kind, id_, fact))
            said = situation.statements.get(id_, {}).get(fact, Said())
            yield FactOfDecision(
                kind, id_, fact, value, "computed" if not said.by else "registered", said.by, said.at, said.why
            )


def _what_must_hold(situation: FindingSituation, mend: Mend | None) -> Confirmation:
    """What the mended edges must be; a decision to wait has nothing to hold but its date."""
    if mend is None:
        return Confirmation(edge=situation.edge.edge.id if situation.edge is not None else "")
    old = situation.ground.edges
    each = []
    for edge in mend.edges:
        rules = tuple(sorted({f.rule for f in mend.closes if f.subject == ("edge", edge.id)}))
        given = tuple(
            (name, True)
            for name in added_by(mend, situation)
            if getattr(edge, name) is True and getattr(old[edge.id], name) is not True
        )
        styles = (str(edge.style),) if mend.key != "facts" and edge.style else ()
        each.append(Confirmation(edge=edge.id, styles=styles, facts=given, rules=rules))
    flow = situation.flow.flow.id if situation.flow is not None else ""
    if len(each) == 1 and not flow:
        return each[0]
    rules = tuple(sorted({finding.rule for finding in mend.closes if finding.subject.kind == "flow"}))
    return Confirmation(flow=flow, rules=rules, also=tuple(each))
