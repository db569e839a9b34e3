from django.db import migrations

KEPT = "title, taken_at, revision, catalog_version, model, results, numbers, sha256"

SQLITE = f"""
CREATE TRIGGER a_snapshot_never_changes BEFORE UPDATE OF {KEPT} ON reviews_snapshot
BEGIN SELECT RAISE(ABORT, 'a snapshot never changes'); END
"""
POSTGRESQL = f"""
CREATE FUNCTION refuse_to_change_a_snapshot() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'a snapshot never changes' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER a_snapshot_never_changes BEFORE UPDATE OF {KEPT} ON reviews_snapshot
FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_snapshot();
"""
DROP_POSTGRESQL = """
DROP TRIGGER a_snapshot_never_changes ON reviews_snapshot;
DROP FUNCTION refuse_to_change_a_snapshot();
"""


def add(apps, schema_editor):
    schema_editor.execute(SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL)


def drop(apps, schema_editor):
    sqlite = schema_editor.connection.vendor == "sqlite"
    schema_editor.execute("DROP TRIGGER a_snapshot_never_changes" if sqlite else DROP_POSTGRESQL)


class Migration(migrations.Migration):
    """Who took a snapshot may be forgotten when the account goes; everything else stays as it was taken."""

    dependencies = [("reviews", "0001_sessions")]
    operations = [migrations.RunPython(add, drop)]
