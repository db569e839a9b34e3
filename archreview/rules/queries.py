"""What others read of the rules."""

from __future__ import annotations

import uuid
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from archreview.engine.catalog import Catalog
from archreview.rules.models import (
    CatalogChange,
    CatalogSettings,
    CatalogVersion,
    Draft,
    Kind,
    Obligation,
    OverrideChange,
    Rule,
    RuleOverride,
)
from archreview.rules.overrides import overridden
from archreview.rules.values import SETTINGS_KEY, Contents, catalog_of, contents_of
from archreview.workspaces.models import Workspace


class _OwnCatalog(NamedTuple):
    """What a workspace makes of the catalog, under the editions of both, and with its overrides by code."""

    editions: tuple[uuid.UUID, uuid.UUID | None]
    catalog: Catalog
    overrides: Mapping[str, RuleOverride]


# The catalog that this process has read last, under the edition that it was read at.
_kept: dict[uuid.UUID, Catalog] = {}
# Those of workspaces that see it otherwise.
_of_workspaces: OrderedDict[int, _OwnCatalog] = OrderedDict()
WORKSPACES_KEPT = 64
# What an earlier version said never changes, but for a database that was restored: the edition tells.
_of_versions: OrderedDict[tuple[uuid.UUID, int, int | None], Catalog] = OrderedDict()
VERSIONS_KEPT = 8

_NOT_JUDGED_BY = ("examples", "why_html", "remedy_html", "built_in", "newer")


class NoCatalog(RuntimeError):
    """The database has no catalog: `manage.py migrate` loads one, and so does `manage.py load_rules`."""


def current_catalog(workspace: Workspace | None = None) -> Catalog:
    """
    Give the catalog in force, or what a workspace makes of it.

    One query asks for the editions; only when they are not those that this process knows are rules or overrides read.
    No examples.
    """
    editions = _editions(workspace)
    if workspace is None or editions[1] is None:
        if workspace is not None:
            _of_workspaces.pop(workspace.pk, None)
        return _catalog(editions[0])
    kept = _of_workspaces.get(workspace.pk)
    while kept is None or kept.editions != editions:
        rows = {row.code: row for row in overrides_of(workspace)}
        own = _OwnCatalog(editions, overridden(_catalog(editions[0]), rows.values()), rows)
        # A change in between would put new rules under an old edition: then they are read once more.
        editions = _editions(workspace)
        if own.editions == editions:
            kept = _of_workspaces[workspace.pk] = own
            while len(_of_workspaces) > WORKSPACES_KEPT:
                _of_workspaces.popitem(last=False)
    return kept.catalog


def _catalog(edition: uuid.UUID) -> Catalog:
    global _kept
    while (catalog := _kept.get(edition)) is None:
        row = CatalogSettings.objects.get(pk=CatalogSettings.ONLY)
        contents = contents_of(row, Rule.objects.defer(*_NOT_JUDGED_BY), Obligation.objects.defer("built_in", "newer"))
        catalog = catalog_of(row.version, contents)
        edition, _ = _editions(None)
        if edition == row.edition:
            _kept = {edition: catalog}
    return catalog


def known_catalog(workspace: Workspace) -> Catalog | None:
    """Give the catalog that this process has read last for a workspace, without asking whether it is still in force."""
    own = _of_workspaces.get(workspace.pk)
    return own.catalog if own else next(iter(_kept.values()), None)


def known_overrides(workspace: Workspace) -> Mapping[str, RuleOverride]:
    """Give the overrides, by code, of the catalog that this process has read last for a workspace."""
    own = _of_workspaces.get(workspace.pk)
    return own.overrides if own else {}


def known_edition() -> uuid.UUID | None:
    """Give the edition of the catalog that this process has read last, without asking whether it is still in force."""
    return next(iter(_kept), None)


def forget_catalogs() -> None:
    """Drop what is kept; for tests, in which the keys of workspaces come again."""
    _kept.clear()
    _of_workspaces.clear()
    _of_versions.clear()


def _editions(workspace: Workspace | None) -> tuple[uuid.UUID, uuid.UUID | None]:
    latest = OverrideChange.objects.filter(workspace=workspace and workspace.pk).order_by("-pk").values("edition")[:1]
    found = (
        CatalogSettings.objects.filter(pk=CatalogSettings.ONLY)
        .annotate(overrides=Subquery(latest))
        .values_list("edition", "overrides")
        .first()
    )
    if found is None:
        raise NoCatalog("The database has no rules yet: run manage.py migrate, or manage.py load_rules.")
    return found


def contents_in_force() -> Contents:
    """Give what every entry says that is published or retired, without examples and texts as HTML. Three queries."""
    row = CatalogSettings.objects.get(pk=CatalogSettings.ONLY)
    return contents_of(row, Rule.objects.defer(*_NOT_JUDGED_BY), Obligation.objects.defer("built_in", "newer"))


# --- Versions ----------------------------------------------------------------------------------


def current_version() -> int:
    """Give the number of the version in force."""
    return CatalogSettings.objects.values_list("version", flat=True).get(pk=CatalogSettings.ONLY)


def all_versions() -> QuerySet[CatalogVersion]:
    """The versions, the latest first."""
    return CatalogVersion.objects.all()


def changes_of_version(number: int) -> QuerySet[CatalogChange]:
    """What a version changed, by kind and key."""
    return CatalogChange.objects.filter(version=number).order_by("kind", "key")


def contents_of_version(number: int) -> Contents:
    """Give what every entry said in a version, with retired ones: the last change up to it of each. One query."""
    later = CatalogChange.objects.filter(
        kind=OuterRef("kind"), key=OuterRef("key"), version__gt=OuterRef("version"), version__lte=number
    )
    last = CatalogChange.objects.filter(~Exists(later), version__lte=number, after__isnull=False)
    return {(kind, key): after or {} for kind, key, after in last.values_list("kind", "key", "after")}


@dataclass(frozen=True, slots=True)
class EntryDifference:
    """What one entry says in one version and in another; None where it is not there."""

    kind: str
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def differences_between(before: Contents, after: Contents) -> list[EntryDifference]:
    """Give the entries that say something else after, by kind and key."""
    names = sorted(set(before) | set(after))
    return [
        EntryDifference(*name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def catalog_of_version(number: int, workspace: Workspace | None = None) -> Catalog | None:
    """
    Give the catalog of an earlier version, None where there never was such a one.

    For a workspace it is what that made of it at the time: with the overrides that were in force when the version
    ended. The last few are kept.
    """
    settings = CatalogSettings.objects.filter(pk=CatalogSettings.ONLY).values_list("version", "edition").first()
    if settings is None or not 0 < number <= settings[0]:
        return None
    key = (settings[1], number, workspace.pk if workspace else None)
    catalog = None if number == settings[0] else _of_versions.get(key)
    if catalog is None:
        catalog = catalog_of(number, contents_of_version(number))
        if workspace:
            catalog = overridden(catalog, _overrides_of_version(workspace, number))
        _of_versions[key] = catalog
        while len(_of_versions) > VERSIONS_KEPT:
            _of_versions.popitem(last=False)
    return catalog


def _overrides_of_version(workspace: Workspace, number: int) -> Iterable[RuleOverride]:
    later = OverrideChange.objects.filter(
        workspace=workspace, code=OuterRef("code"), pk__gt=OuterRef("pk"), catalog_version__lte=number
    )
    last = OverrideChange.objects.filter(
        ~Exists(later), workspace=workspace, catalog_version__lte=number, after__isnull=False
    )
    said = last.values_list("code", "after")
    return [RuleOverride(workspace=workspace, code=code, **(after or {})) for code, after in said]


# --- Pages -------------------------------------------------------------------------------------


def all_rules() -> QuerySet[Rule]:
    """The rules for a list, by code, without their texts as HTML."""
    return Rule.objects.defer("why_html", "remedy_html", "newer")


def rules_of_version(number: int) -> list[Rule]:
    """The rules as an earlier version had them, by code: rows that are not stored."""
    contents = contents_of_version(number)
    return [Rule(code=key, **content) for (kind, key), content in sorted(contents.items()) if kind == Kind.RULE]


def rule_with(code: str) -> QuerySet[Rule]:
    """The one rule with the code, as a queryset for `get_object_or_404`."""
    return Rule.objects.filter(code=code)


def history_of(kind: str, key: str) -> QuerySet[CatalogChange]:
    """The changes of one thing, the latest first."""
    return CatalogChange.objects.filter(kind=kind, key=key).order_by("-version")


def draft_of(kind: str, key: str) -> Draft | None:
    """The draft of one thing, where there is one."""
    return Draft.objects.filter(kind=kind, key=key).first()


def all_drafts() -> QuerySet[Draft]:
    """What is written and not in force yet, by kind and key."""
    return Draft.objects.all()


def all_obligations() -> QuerySet[Obligation]:
    """The obligations in their order."""
    return Obligation.objects.defer("built_in", "newer")


def entry_of(kind: str, key: str) -> Rule | Obligation | CatalogSettings | None:
    """What is in force or retired of one thing, where there is anything."""
    if kind == Kind.SETTINGS:
        return CatalogSettings.objects.filter(pk=CatalogSettings.ONLY).first()
    if kind == Kind.OBLIGATION:
        return Obligation.objects.filter(duty=key).first()
    return Rule.objects.filter(code=key).first()


def undecided_rules() -> QuerySet[Rule]:
    """The rules that were changed here, and that a newer release ships otherwise."""
    return Rule.objects.filter(newer__isnull=False)


def undecided_obligations() -> QuerySet[Obligation]:
    """The obligations that were changed here, and that a newer release ships otherwise."""
    return Obligation.objects.filter(newer__isnull=False)


def undecided_entries() -> dict[tuple[str, str], Rule | Obligation | CatalogSettings]:
    """All that was changed here and that a newer release ships otherwise, by kind and key. Three queries."""
    found: dict[tuple[str, str], Rule | Obligation | CatalogSettings] = {}
    found |= {(str(Kind.RULE), row.code): row for row in undecided_rules()}
    found |= {(str(Kind.OBLIGATION), row.duty): row for row in undecided_obligations()}
    settings = CatalogSettings.objects.filter(newer__isnull=False).first()
    return found | ({(str(Kind.SETTINGS), SETTINGS_KEY): settings} if settings else {})


def overrides_of(workspace: Workspace) -> QuerySet[RuleOverride]:
    """What the workspace changes of the catalog, by code."""
    return RuleOverride.objects.filter(workspace=workspace)


def override_of(workspace: Workspace, code: str) -> RuleOverride | None:
    """What the workspace changes of one rule, where it does."""
    return overrides_of(workspace).filter(code=code).first()


def override_changes_of(workspace: Workspace, code: str) -> QuerySet[OverrideChange]:
    """What has become of the workspace's override of one rule, the latest first."""
    return OverrideChange.objects.filter(workspace=workspace, code=code)
