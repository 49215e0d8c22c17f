"""A new evaluation is no tenth of a large table, so PostgreSQL would not look at it for long; and until it has, each
claim reads all of the evaluation's places and sorts them."""

from django.db import migrations

TABLES = ("assessment_assignment", "assessment_comparison")
SOONER = "ALTER TABLE {0} SET (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000)"
AS_OTHERS = "ALTER TABLE {0} RESET (autovacuum_analyze_scale_factor, autovacuum_analyze_threshold)"


class Migration(migrations.Migration):
    dependencies = [("assessment", "0014_qualification")]

    operations = [migrations.RunSQL(SOONER.format(table), AS_OTHERS.format(table)) for table in TABLES]
