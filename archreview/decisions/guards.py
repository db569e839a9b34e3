"""
Triggers that keep a decided decision and every saved text as they are, whatever door somebody comes through.

They are made from the models after every migration, so that a column that comes later is kept too, and taken off before
one that changes anything: SQLite builds a table anew to change it, and stumbles over triggers that read from it. What a
trigger refuses arrives as an IntegrityError.
"""

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from archreview.decisions.models import MAY_BECOME_NOBODY, MOVED_BY_A_STEP, STEPS, Decision, DecisionVersion, Status
from archreview.workspaces.models import Workspace

DECISIONS, VERSIONS, WORKSPACES = (model._meta.db_table for model in (Decision, DecisionVersion, Workspace))
# What a version says again of its decision. No text of a person gets into the SQL below: only names of our own tables.
TEXT = ("title", "body", "decision_makers", "consulted", "informed", "status")

KEPT = "a decided decision keeps its text; supersede it instead"
STAYS = "a decided decision stays as long as its workspace"
NO_STEP = "a decision has no such step"
VERSION_KEPT = "a saved text is never changed"
VERSION_STAYS = "the texts of a decided decision stay as long as its workspace"
VERSION_FORGED = "a decided decision has no other text"


def put_guards(connection: BaseDatabaseWrapper) -> None:
    """Make all triggers, or make them again."""
    take_guards_off(connection)
    statements = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def take_guards_off(connection: BaseDatabaseWrapper) -> None:
    """Take all triggers off; says nothing where there are none. The tables must exist."""
    with connection.cursor() as cursor:
        for name, (table, _, _, _) in _triggers(different="").items():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
        if connection.vendor != "sqlite":
            for table in (DECISIONS, VERSIONS):
                cursor.execute(f"DROP TRIGGER IF EXISTS decided_decisions_stay ON {table}")


def _triggers(*, different: str) -> dict[str, tuple[str, str, str, str]]:
    """Each trigger: table, event, when it refuses, and what it says. `different` is SQL's word for "is another"."""
    same_status = " AND ".join(
        f"NOT (OLD.{column} {different} NEW.{column})" for column in _columns(Decision, only=MOVED_BY_A_STEP)
    )
    steps = " OR ".join(
        f"(OLD.status = '{begin}' AND NEW.status = '{end}')"
        for begin, ends in STEPS.items()
        if begin != Status.PROPOSED
        for end in ends
    )
    first_steps = ", ".join(f"'{status}'" for status in (Status.PROPOSED, *STEPS[Status.PROPOSED]))
    other_text = " OR ".join(f"d.{name} {different} NEW.{name}" for name in TEXT)
    decided = "d.status <> 'proposed'"
    there = f"SELECT 1 FROM {WORKSPACES} w WHERE w.id ="  # noqa: S608 - names of our own tables
    return {
        "a_decided_decision_keeps_its_text": (
            DECISIONS,
            "UPDATE",
            f"OLD.status <> 'proposed' AND ({_changed(Decision, different)} OR NOT (({same_status}) OR {steps}))",
            KEPT,
        ),
        "a_draft_is_accepted_or_rejected": (
            DECISIONS,
            "UPDATE",
            f"OLD.status = 'proposed' AND NEW.status NOT IN ({first_steps})",
            NO_STEP,
        ),
        "a_decided_decision_stays": (
            DECISIONS,
            "DELETE",
            f"OLD.status <> 'proposed' AND EXISTS ({there} OLD.workspace_id)",
            STAYS,
        ),
        "a_saved_text_is_never_changed": (VERSIONS, "UPDATE", _changed(DecisionVersion, different), VERSION_KEPT),
        "the_texts_of_a_decided_decision_stay": (
            VERSIONS,
            "DELETE",
            f"EXISTS (SELECT 1 FROM {DECISIONS} d WHERE d.id = OLD.decision_id AND {decided}"  # noqa: S608 - ours
            f" AND EXISTS ({there} d.workspace_id))",
            VERSION_STAYS,
        ),
        "a_decided_decision_has_no_other_text": (
            VERSIONS,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {DECISIONS} d WHERE d.id = NEW.decision_id"  # noqa: S608 - ours
            f" AND {decided} AND ({other_text}))",
            VERSION_FORGED,
        ),
        # SQLite's INSERT OR REPLACE and UPDATE OR REPLACE delete what is in their way, and no trigger hears of it.
        "no_decision_replaces_a_decided_one": (
            DECISIONS,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {DECISIONS} d WHERE {decided} AND {_in_the_way('d', 'workspace_id')})",  # noqa: S608
            KEPT,
        ),
        "no_decision_becomes_a_decided_one": (
            DECISIONS,
            "UPDATE",
            f"EXISTS (SELECT 1 FROM {DECISIONS} d WHERE {decided} AND d.id <> OLD.id"  # noqa: S608 - ours
            f" AND {_in_the_way('d', 'workspace_id')})",
            KEPT,
        ),
        "no_text_replaces_a_saved_one": (
            VERSIONS,
            "INSERT",
            f"EXISTS (SELECT 1 FROM {VERSIONS} v WHERE {_in_the_way('v', 'decision_id')})",  # noqa: S608 - ours
            VERSION_KEPT,
        ),
    }


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN {refuses} "
        f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
        for name, (table, event, refuses, says) in _triggers(different="IS NOT").items()
    ]


def _postgresql() -> list[str]:
    statements = []
    for name, (table, event, refuses, says) in _triggers(different="IS DISTINCT FROM").items():
        row = "OLD" if event == "DELETE" else "NEW"
        statements += [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
            f"IF {refuses} THEN RAISE EXCEPTION '{says}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
            f"RETURN {row}; END $body$",
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
        ]
    # TRUNCATE touches no row, so it has triggers of its own.
    statements.append(
        "CREATE OR REPLACE FUNCTION decided_decisions_stay() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN "
        f"IF EXISTS (SELECT FROM {DECISIONS} WHERE status <> 'proposed') THEN "
        f"RAISE EXCEPTION '{STAYS}' USING ERRCODE = 'integrity_constraint_violation'; END IF; "
        "RETURN NULL; END $body$"
    )
    statements += [
        f"CREATE TRIGGER decided_decisions_stay BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION decided_decisions_stay()"
        for table in (DECISIONS, VERSIONS)
    ]
    return statements


def _changed(model: type[models.Model], different: str) -> str:
    """That a column is another than it was; those of people may become nobody's."""
    tests = []
    for column in _columns(model, without=MOVED_BY_A_STEP if model is Decision else ()):
        test = f"OLD.{column} {different} NEW.{column}"
        if column.removesuffix("_id") in MAY_BECOME_NOBODY:
            test = f"({test} AND NEW.{column} IS NOT NULL)"
        tests.append(test)
    return f"({' OR '.join(tests)})"


def _columns(
    model: type[models.Model], *, only: tuple[str, ...] | None = None, without: tuple[str, ...] = ()
) -> list[str]:
    return [
        str(field.column)
        for field in model._meta.concrete_fields
        if field.name not in without and (only is None or field.name in only)
    ]


def _in_the_way(row: str, parent: str) -> str:
    """That another row has the key, or the number within its parent."""
    return f"({row}.id = NEW.id OR ({row}.{parent} = NEW.{parent} AND {row}.number = NEW.number))"
