from django.db import migrations

TABLES = ("judgment", "rating", "skip")


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON assessment_{table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            f"DROP TRIGGER {table}_append_only ON assessment_{table}",
        )
        for table in TABLES
    ]
