from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def to_places(apps: Any, _editor: Any) -> None:
    Trial, TrialPicture = apps.get_model("generation", "Trial"), apps.get_model("generation", "TrialPicture")
    trials = Trial.objects.exclude(picture=None).values_list("pk", "picture_id")
    TrialPicture.objects.bulk_create(
        [TrialPicture(trial_id=trial, image_id=image, position=1) for trial, image in trials], batch_size=1000
    )


def to_column(apps: Any, _editor: Any) -> None:
    """The first picture of each; a trial held no more before."""
    Trial, TrialPicture = apps.get_model("generation", "Trial"), apps.get_model("generation", "TrialPicture")
    for place in TrialPicture.objects.filter(position=1):
        Trial.objects.filter(pk=place.trial_id).update(picture_id=place.image_id)


class Migration(migrations.Migration):
    dependencies = [
        ("buckets", "0002_frozen_guard"),
        ("generation", "0003_playground"),
    ]

    operations = [
        migrations.AlterField(
            model_name="trial",
            name="picture",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="buckets.image",
                verbose_name="picture",
            ),
        ),
        migrations.CreateModel(
            name="TrialPicture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveSmallIntegerField()),
                (
                    "image",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="buckets.image"
                    ),
                ),
                (
                    "trial",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="places", to="generation.trial"
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(fields=("trial", "position"), name="trial_picture_position_once")
                ],
            },
        ),
        migrations.AddField(
            model_name="trial",
            name="pictures",
            field=models.ManyToManyField(
                related_name="trials", through="generation.TrialPicture", to="buckets.image", verbose_name="pictures"
            ),
        ),
        migrations.RunPython(to_places, to_column),
        migrations.RemoveField(model_name="trial", name="picture"),
    ]
