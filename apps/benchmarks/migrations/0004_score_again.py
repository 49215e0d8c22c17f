"""Runs that were scored before their metrics were kept wait to be scored again."""

from django.db import migrations


def wait(apps, schema_editor):
    apps.get_model("benchmarks", "BenchmarkRun").objects.filter(metrics={}).update(scored_at=None)


class Migration(migrations.Migration):
    dependencies = [("benchmarks", "0003_runs_wait")]
    operations = [migrations.RunPython(wait, migrations.RunPython.noop)]
