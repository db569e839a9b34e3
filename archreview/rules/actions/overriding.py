"""What a workspace changes of a rule for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from archreview.rules.actions.record import locked_settings, name_of, refuse
from archreview.rules.checking import check_override
from archreview.rules.models import OverrideChange, Rule, RuleOverride
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.models import Workspace


def override_rule(
    workspace: Workspace,
    rule: Rule,
    *,
    off: bool,
    severity: str,
    params: Mapping[str, Any],
    reason: str,
    by: User | None,
    seen: int = 0,
) -> RuleOverride:
    """
    Switch a rule off in a workspace, or give it another severity or other parameters there, with a reason.

    `seen` is the version of the override that the person had before them, 0 where there was none. Raises
    ChangedMeanwhile where it is another by now, and InvalidEntry where a value will not do or nothing is changed.
    """
    content = {"off": off, "severity": severity, "params": dict(params)}
    refuse({rule.code: check_override(rule, content, reason)})
    with transaction.atomic():
        settings = locked_settings()
        row = RuleOverride.objects.select_for_update().filter(workspace=workspace, code=rule.code).first()
        if (row.version if row else 0) != seen:
            raise ChangedMeanwhile
        before = row.content() if row else None
        if row is None:
            row = RuleOverride(workspace=workspace, code=rule.code)
        else:
            row.version += 1
        for name, value in content.items():
            setattr(row, name, value)
        row.reason, row.by, row.by_name = reason, by, name_of(by)
        row.save()
        _record(row, before, content, reason, by=by, version=settings.version)
    return row


def take_back_override(workspace: Workspace, code: str, *, reason: str = "", by: User | None, seen: int) -> None:
    """Let a workspace see a rule as the catalog has it again. Raises ChangedMeanwhile as override_rule() does."""
    with transaction.atomic():
        settings = locked_settings()
        row = RuleOverride.objects.select_for_update().filter(workspace=workspace, code=code, version=seen).first()
        if row is None:
            raise ChangedMeanwhile
        _record(row, row.content(), None, reason, by=by, version=settings.version)
        row.delete()


def _record(
    row: RuleOverride,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    reason: str,
    *,
    by: User | None,
    version: int,
) -> None:
    OverrideChange.objects.create(
        workspace_id=row.workspace_id,
        code=row.code,
        before=before,
        after=after,
        reason=reason,
        by=by,
        by_name=name_of(by),
        catalog_version=version,
    )
