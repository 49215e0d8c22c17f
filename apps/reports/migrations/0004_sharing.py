"""Links for readers without an account, and what people say of a report."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

TRIGGER = """
CREATE TRIGGER report_comment_kept BEFORE UPDATE OR DELETE ON reports_reportcomment
FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_plan"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="ReportLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                ("expires_at", models.DateTimeField(verbose_name="expires")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("created_by", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="links", to="reports.report", verbose_name="report")),
            ],
            options={"verbose_name": "link to a report", "verbose_name_plural": "links to reports", "ordering": ["-pk"]},
        ),
        migrations.CreateModel(
            name="ReportComment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(max_length=5000, verbose_name="comment")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="written")),
                ("author", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
                ("report", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="comments", to="reports.report", verbose_name="report")),
            ],
            options={"verbose_name": "comment on a report", "verbose_name_plural": "comments on reports", "ordering": ["pk"]},
        ),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER report_comment_kept ON reports_reportcomment"),
    ]
