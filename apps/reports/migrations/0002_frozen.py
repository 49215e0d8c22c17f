"""A report's numbers are never changed."""

from django.db import migrations

TRIGGER = """
CREATE TRIGGER report_frozen BEFORE UPDATE OR DELETE ON reports_report
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(TRIGGER, "DROP TRIGGER report_frozen ON reports_report")]
