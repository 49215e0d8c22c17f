from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0013_judgment_records")]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="qualification",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Whoever passed the exam of another evaluation with this name need not pass one here.",
                max_length=60,
                verbose_name="qualification",
            ),
        ),
    ]
