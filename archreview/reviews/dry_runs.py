"""What a change of the catalog would change in each workspace, worked out before anybody sees it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from django.contrib.auth.models import User
from django.db.models import Count
from django.utils import timezone

from archreview.engine.catalog import Catalog, Rule
from archreview.engine.dry_run import Asked, Baseline, Changes, differences
from archreview.engine.results import Finding
from archreview.engine.review import Settings, review
from archreview.registry.models import Edge as EdgeRow
from archreview.reviews.analyses import Analysis, current_analysis
from archreview.reviews.asking import wording
from archreview.reviews.views.lists import subject_url
from archreview.rules.dry_runs import Counts, DryRun, Group, Line, WorkspaceEffect
from archreview.rules.models import Kind, RuleOverride, State
from archreview.rules.overrides import overridden, rule_with_override
from archreview.rules.queries import contents_in_force, current_version
from archreview.rules.values import Contents, catalog_of, engine_rule
from archreview.workspaces.models import Workspace
from archreview.workspaces.queries import memberships_of

# A dry run is answered in a request, so it looks at no more edges than can be judged in a second or two; what is left
# out is named, and can be looked at by itself.
MOST_EDGES = 20_000
LINES_SHOWN = 25
BASELINES_KEPT = 2

SORTS = ("appearing", "disappearing", "weighed", "reworded", "asked", "settled", "failing", "recovered", "duties")


def dry_run_everywhere(wanted: Contents, *, person: User, only: str = "") -> DryRun:
    """Compare every workspace, or one of the person's, under the catalog in force and under what is wanted."""
    mine = {membership.workspace_id for membership in memberships_of(person)}
    found = Workspace.objects.order_by("name")
    workspaces = list(found.filter(slug=only, pk__in=mine) if only else found)
    # Those of the person first: they are shown with what is in them.
    workspaces.sort(key=lambda workspace: workspace.pk not in mine)
    taken, left = _within_bounds(workspaces)
    proposal = _Proposal(wanted, taken)
    effects: list[WorkspaceEffect] = []
    elsewhere, elsewhere_count = Counts(), 0
    for workspace in taken:
        analysis = current_analysis(workspace)
        changes = proposal.changes(workspace, analysis)
        if workspace.pk in mine:
            effects.append(_effect(workspace, analysis, changes))
        else:
            elsewhere.add(_counts(changes))
            elsewhere_count += 1
    left_out = tuple((workspace.slug, workspace.name) for workspace in left if workspace.pk in mine)
    return DryRun(tuple(effects), elsewhere, elsewhere_count, left_out, len(left) - len(left_out))


def _within_bounds(workspaces: Sequence[Workspace]) -> tuple[list[Workspace], list[Workspace]]:
    """Split the workspaces into those that are looked at, one at least, and those for which there is no time."""
    sizes = dict(EdgeRow.objects.values_list("workspace").annotate(Count("pk")))
    taken: list[Workspace] = []
    left: list[Workspace] = []
    edges = 0
    for workspace in workspaces:
        size = sizes.get(workspace.pk, 0)
        if taken and edges + size > MOST_EDGES:
            left.append(workspace)
        else:
            taken.append(workspace)
            edges += size
    return taken, left


class _Proposal:
    """What is wanted, as each workspace would see it: one rule alone where nothing else changes, or a whole catalog."""

    def __init__(self, wanted: Contents, workspaces: Iterable[Workspace]) -> None:
        self._overrides: dict[int, dict[str, RuleOverride]] = {}
        for override in RuleOverride.objects.filter(workspace__in=workspaces):
            self._overrides.setdefault(override.workspace_id, {})[override.code] = override
        self._rule: Rule | None = None
        self._catalog: Catalog | None = None
        if [kind for kind, _ in wanted] == [Kind.RULE]:
            ((_, code), content), *_ = wanted.items()
            self._rule = engine_rule(code, content)
        else:
            state = {"state": str(State.PUBLISHED)}
            contents: dict[tuple[str, str], Mapping[str, object]] = {
                **contents_in_force(),
                **{
                    name: content if name[0] == Kind.SETTINGS else {**state, **content}
                    for name, content in wanted.items()
                },
            }
            self._catalog = catalog_of(current_version(), contents)

    def changes(self, workspace: Workspace, analysis: Analysis) -> Changes:
        """Give what would change in a workspace."""
        overrides = self._overrides.get(workspace.pk, {})
        if self._rule is not None:
            override = overrides.get(self._rule.code)
            rule = rule_with_override(self._rule, override) if override else self._rule
            return _baseline(analysis, _day(analysis, rule)).with_rule(rule)
        assert self._catalog is not None  # noqa: S101 - it is either a rule or a catalog
        catalog = overridden(self._catalog, overrides.values())
        day = timezone.localdate() if catalog.hangs_on_the_day else analysis.as_of
        settings = Settings(as_of=day, decisions=analysis.decisions)
        return differences(analysis.review, review(analysis.architecture, catalog, settings))


# The facts of the analyses that were asked for last; whoever writes a rule asks about the same again and again.
_baselines: OrderedDict[tuple[int, date | None], tuple[Analysis, Baseline]] = OrderedDict()
_lock = threading.Lock()


def _baseline(analysis: Analysis, day: date | None) -> Baseline:
    key = (id(analysis), day)
    with _lock:
        kept = _baselines.get(key)
    if kept is not None:
        return kept[1]
    # Where the catalog in force does not hang on the day, the review on any day is the one that is there.
    settings = Settings(as_of=day, decisions=analysis.decisions)
    baseline = Baseline(analysis.architecture, analysis.catalog, settings, review=analysis.review)
    with _lock:
        # With the analysis, so that no other one comes to its id meanwhile.
        _baselines[key] = (analysis, baseline)
        while len(_baselines) > BASELINES_KEPT:
            _baselines.popitem(last=False)
    return baseline


def _day(analysis: Analysis, rule: Rule) -> date | None:
    """Give today where the catalog, or the rule that is to come, hangs on it."""
    hangs = bool(rule.campaign) or "as_of" in rule.needs
    return analysis.as_of or (timezone.localdate() if hangs else None)


# --- In words ----------------------------------------------------------------------------------


def _counts(changes: Changes) -> Counts:
    return Counts(**{sort: len(getattr(changes, sort)) for sort in SORTS})


def _effect(workspace: Workspace, analysis: Analysis, changes: Changes) -> WorkspaceEffect:
    systems: dict[str, Counts] = {}
    for sort in ("appearing", "disappearing", "weighed", "reworded", "asked", "settled", "duties"):
        for kind, id_ in (_subject_of(sort, item) for item in getattr(changes, sort)):
            system = analysis.system_of(kind, id_) or ""
            counts = systems.setdefault(system, Counts())
            setattr(counts, sort, getattr(counts, sort) + 1)
    named = sorted((analysis.name_of("system", id_) if id_ else "No system", counts) for id_, counts in systems.items())
    groups = tuple(
        Group(sort, len(items), tuple(_line(sort, item, workspace, analysis, changes) for item in items[:LINES_SHOWN]))
        for sort in SORTS
        if (items := getattr(changes, sort))
    )
    return WorkspaceEffect(workspace.slug, workspace.name, _counts(changes), tuple(named), groups)


def _subject_of(sort: str, item: object) -> tuple[str, str]:
    if isinstance(item, Finding):
        return item.subject
    assert isinstance(item, tuple)  # noqa: S101 - whatever is no finding is a pair, a question or a duty
    if sort in ("weighed", "reworded"):
        return item[0].subject  # type: ignore[no-any-return]
    return ("edge", item[0]) if sort == "duties" else (item[0], item[1])


def _line(sort: str, item: object, workspace: Workspace, analysis: Analysis, changes: Changes) -> Line:
    if sort in ("failing", "recovered"):
        return Line("rule", item.rule, "", item.why, rule=item.rule)  # type: ignore[attr-defined]
    kind, id_ = _subject_of(sort, item)
    line = Line(kind, analysis.name_of(kind, id_), subject_url(workspace.slug, kind, id_))
    if isinstance(item, Finding):
        codes = changes.upcoming_before if sort == "disappearing" else changes.upcoming_after
        return _of_finding(line, item, is_upcoming=item.rule in codes)
    assert isinstance(item, tuple)  # noqa: S101 - as above
    if sort in ("weighed", "reworded"):
        before, after = item
        return replace(
            _of_finding(line, after, is_upcoming=after.rule in changes.upcoming_after),
            was=before.severity if sort == "weighed" else before.message,
            was_upcoming=before.rule in changes.upcoming_before,
        )
    if sort == "duties":
        _, duty, was, now = item
        return replace(line, text=f"{duty.replace('_', ' ')}: {now or 'not asked for'}", was=was or "not asked for")
    return replace(line, text=_question(item))


def _of_finding(line: Line, finding: Finding, *, is_upcoming: bool) -> Line:
    return replace(line, text=finding.message, rule=finding.rule, severity=finding.severity, is_upcoming=is_upcoming)


def _question(asked: Asked) -> str:
    kind, _, fact = asked
    try:
        return wording(kind, fact)[0]
    except KeyError:
        return fact
