from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("assessment", "0008_marks")]

    operations = [
        migrations.AddField(
            model_name="judgment",
            name="flagged",
            field=models.BooleanField(
                default=False, help_text="The researcher should look at it.", verbose_name="flagged"
            ),
        ),
    ]
