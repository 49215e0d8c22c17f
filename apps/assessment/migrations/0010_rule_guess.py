from django.db import migrations, models

KINDS = ["guess", "gold", "fast", "side", "ties", "skips"]


class Migration(migrations.Migration):
    dependencies = [("assessment", "0009_judgment_flagged")]

    operations = [
        migrations.RemoveConstraint(model_name="qualityrule", name="rule_kind_known"),
        migrations.AlterField(
            model_name="qualityrule",
            name="kind",
            field=models.CharField(
                choices=[
                    ("guess", "On gold like somebody who guesses"),
                    ("gold", "Right on gold in fewer than"),
                    ("fast", "More than half judged faster than"),
                    ("side", "Always the same side"),
                    ("ties", "All ties"),
                    ("skips", "Skips in a row"),
                ],
                max_length=8,
                verbose_name="rule",
            ),
        ),
        migrations.AlterField(
            model_name="qualityrule",
            name="limit",
            field=models.FloatField(
                default=0,
                help_text="Gold, guessing: per cent; time: seconds; otherwise unused.",
                verbose_name="limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="qualityrule",
            constraint=models.CheckConstraint(condition=models.Q(kind__in=KINDS), name="rule_kind_known"),
        ),
    ]
