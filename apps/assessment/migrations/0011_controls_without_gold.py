from django.db import migrations, models
from django.db.models import Q

GOLD = ("gold", "training", "exam")


class Migration(migrations.Migration):
    """A control needs no damaged answer, so an evaluation whose answers can't be damaged has controls too."""

    dependencies = [("assessment", "0010_rule_guess")]

    operations = [
        migrations.RemoveConstraint(model_name="check", name="check_of_gold_or_judgment"),
        migrations.AddConstraint(
            model_name="check",
            constraint=models.CheckConstraint(
                condition=Q(kind="retest", retest_of__isnull=False, gold=None)
                | Q(kind="control", retest_of=None)
                | Q(kind__in=GOLD, retest_of=None, gold__isnull=False),
                name="check_of_gold_or_judgment",
            ),
        ),
    ]
