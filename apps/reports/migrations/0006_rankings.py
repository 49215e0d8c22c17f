"""A report is of an evaluation or, as a ranking, of a bucket."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("buckets", "0002_frozen_guard"), ("reports", "0005_traffic")]
    operations = [
        migrations.AlterField(
            model_name="report",
            name="evaluation",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="reports", to="assessment.evaluation", verbose_name="evaluation"),
        ),
        migrations.AddField(
            model_name="report",
            name="bucket",
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="rankings", to="buckets.bucket", verbose_name="bucket"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(condition=models.Q(("bucket__isnull", True), ("evaluation__isnull", True), _connector="XOR"), name="report_of_one_thing"),
        ),
    ]
