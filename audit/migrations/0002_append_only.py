"""The database itself refuses to change or delete an entry, or to empty the table."""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION audit_entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit entries are only ever added' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entry FOR EACH ROW EXECUTE FUNCTION audit_entries_stay();
-- TRUNCATE touches no rows, so the trigger above doesn't see it.
CREATE TRIGGER audit_entries_stay_together BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_stay();
"""
SQLITE = [
    f"CREATE TRIGGER audit_entries_stay_{act} BEFORE {act} ON audit_entry BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END"
    for act in ("update", "delete")
] + [
    # INSERT OR REPLACE deletes without asking the trigger above.
    "CREATE TRIGGER audit_entries_stay_insert BEFORE INSERT ON audit_entry "
    "WHEN EXISTS (SELECT 1 FROM audit_entry WHERE id = NEW.id) "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are only ever added'); END"
]


def forbid(apps, schema_editor):
    for statement in [POSTGRESQL] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION audit_entries_stay CASCADE")
    else:
        for act in ("update", "delete", "insert"):
            schema_editor.execute(f"DROP TRIGGER audit_entries_stay_{act}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
