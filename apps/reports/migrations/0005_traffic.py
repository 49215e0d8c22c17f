"""How much each cluster counts in use; never changed: later weights stand beside the earlier."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGER = """
CREATE TRIGGER traffic_kept BEFORE UPDATE OR DELETE ON reports_trafficmix
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0004_sharing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="TrafficMix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weights", models.JSONField(blank=True, default=dict, help_text="By cluster; shares that sum to 1.", verbose_name="weights")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="set")),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("evaluation", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="traffic_mixes", to="assessment.evaluation", verbose_name="evaluation")),
            ],
            options={"verbose_name": "traffic weights", "verbose_name_plural": "traffic weights", "ordering": ["pk"]},
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER traffic_kept ON reports_trafficmix"),
    ]
