from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from apps.reports.exporters import exporter_named
from apps.reports.models import Report
from apps.reports.services import freeze_report
from apps.reports.tests.makers import make_judged_evaluation

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Cast

pytestmark = pytest.mark.slow


def test_the_command_writes_what_the_page_gives(cast: Cast, tmp_path: Path) -> None:
    frozen = freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher, tasks=1))
    stored = Report.objects.get(pk=frozen.pk)
    call_command("export_report", str(stored.public_id), format="csv", out=tmp_path)
    (written,) = tmp_path.iterdir()
    assert written.name == f"judged-{stored.sha256[:8]}.csv"
    assert written.read_bytes() == exporter_named("csv").render(stored)


def test_a_wrong_id_and_a_wrong_place_say_what_is_wrong(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no report"):
        call_command("export_report", str(uuid4()), format="csv", out=tmp_path)
    report = freeze_report(actor=cast.researcher, evaluation=make_judged_evaluation(cast.researcher, tasks=1))
    with pytest.raises(CommandError, match="Can't write"):
        call_command("export_report", str(report.public_id), format="csv", out=tmp_path / "none" / "x.csv")
