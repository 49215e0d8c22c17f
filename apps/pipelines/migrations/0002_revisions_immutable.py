from django.db import migrations

TRIGGER = """
CREATE TRIGGER revision_immutable BEFORE UPDATE OR DELETE ON pipelines_pipelinerevision
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("pipelines", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(TRIGGER, "DROP TRIGGER revision_immutable ON pipelines_pipelinerevision"),
    ]
