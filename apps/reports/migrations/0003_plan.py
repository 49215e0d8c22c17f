"""What is set before judging begins, and never changed: a later plan stands beside the earlier."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGER = """
CREATE TRIGGER plan_kept BEFORE UPDATE OR DELETE ON reports_stoppingplan
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="StoppingPlan",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("difference", models.FloatField(verbose_name="smallest difference that matters")),
                ("alpha", models.FloatField(default=0.05, verbose_name="chance of a false finding")),
                ("power", models.FloatField(default=0.8, verbose_name="power")),
                ("kind", models.CharField(choices=[("lan_demets", "Ten looks (O’Brien and Fleming)"), ("sequence", "At any time (confidence sequence)")], default="lan_demets", max_length=10, verbose_name="rule")),
                ("looks", models.PositiveSmallIntegerField(default=10, verbose_name="looks")),
                ("planned", models.PositiveIntegerField(verbose_name="planned judgments")),
                ("assessors", models.PositiveSmallIntegerField(verbose_name="assessors")),
                ("tie_share", models.FloatField(default=0.2, verbose_name="share of ties")),
                ("between_tasks", models.FloatField(default=0.3, verbose_name="share of variance between tasks")),
                ("between_assessors", models.FloatField(default=0.04, verbose_name="share of variance between assessors")),
                ("judgments_then", models.PositiveIntegerField(verbose_name="judgments when it was set")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="set")),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("evaluation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="stopping_plans", to="assessment.evaluation", verbose_name="evaluation")),
            ],
            options={"verbose_name": "plan", "verbose_name_plural": "plans", "ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="stoppingplan",
            constraint=models.CheckConstraint(condition=models.Q(difference__gt=0, difference__lte=0.5), name="plan_difference_0_half"),
        ),
        migrations.AddConstraint(
            model_name="stoppingplan",
            constraint=models.CheckConstraint(condition=models.Q(kind__in=["lan_demets", "sequence"]), name="plan_kind_known"),
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER plan_kept ON reports_stoppingplan"),
    ]
