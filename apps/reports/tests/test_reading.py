"""Reading by COPY says what reading by rows says."""

from __future__ import annotations

import hashlib
import io
import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connection

from apps.accounts.tests.makers import make_user
from apps.assessment.models import AssignmentState
from apps.assessment.queries import judgment_table
from apps.assessment.tests.makers import make_evaluation, make_judgment
from apps.reports.domain.beside import Beside
from apps.reports.domain.columns import columns_of, data_sha256
from apps.reports.raw import stream_judgments
from apps.reports.reading import read_columns
from apps.reports.tests.makers import make_judged_evaluation

if TYPE_CHECKING:
    from apps.assessment.models import Evaluation
    from apps.reports.domain.columns import Columns
    from conftest import Cast


def both_ways(evaluation: Evaluation) -> tuple[Columns, Columns]:
    keys = list(evaluation.criteria.order_by("position").values_list("key", flat=True))
    beside = Beside(words={f"t{place}": (2, 2) for place in range(9)}, leaked=frozenset({"t1"}))
    return read_columns(evaluation, keys, beside), columns_of(judgment_table(evaluation), keys, beside)


@pytest.mark.slow
def test_copied_columns_are_those_of_the_rows(cast: Cast) -> None:
    marking = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=3, overlap=1, criteria="standard")
    for verdict in ("a_much", "both_bad"):
        make_judgment(marking, assessor=cast.assessor, verdict=verdict)
    judged = make_judged_evaluation(cast.researcher, panel=3)
    make_judgment(make_evaluation(cast.researcher, assessors=[cast.assessor]), assessor=cast.assessor)
    judged.assignments.filter(pk=judged.assignments.earliest("pk").pk).update(state=AssignmentState.WITHDRAWN)
    for evaluation in (judged, marking):
        copied, told = both_ways(evaluation)
        assert data_sha256(copied) == data_sha256(told)
        assert len(copied) == len(judgment_table(evaluation)) > 1
        for name in ("scores", "words_a", "words_b", "leaked", "simulated"):
            assert np.array_equal(getattr(copied, name), getattr(told, name)), name
        assert list(copied.task_keys) == list(told.task_keys)
        in_time = [np.argsort(data.made, kind="stable").tolist() for data in (copied, told)]
        assert in_time[0] == in_time[1]


def test_an_evaluation_without_judgments_reads_as_nothing(cast: Cast) -> None:
    copied, told = both_ways(make_evaluation(cast.researcher, assessors=[make_user("n@example.org")], tasks=1))
    assert len(copied) == 0
    assert data_sha256(copied) == data_sha256(told)


@pytest.mark.slow
def test_the_hash_can_be_computed_from_the_parquet_as_the_docs_do(cast: Cast) -> None:
    evaluation = make_judged_evaluation(cast.researcher, panel=3)
    criteria = [item.key for item in evaluation.criteria.order_by("position")]
    text = (settings.BASE_DIR / "docs" / "reports.md").read_text("utf-8")
    code = text.partition("from their Parquet:")[2].partition("```python\n")[2].partition("```")[0]
    file = io.BytesIO(b"".join(stream_judgments(evaluation)))
    known = {"pq": pq, "json": json, "np": np, "hashlib": hashlib, "criteria": criteria, "file": file}
    exec(code.replace('"judgments.parquet"', "file"), known)  # noqa: S102  our own documentation
    assert known["hashed"].hexdigest() == data_sha256(both_ways(evaluation)[0])


def test_what_reading_sets_in_postgresql_ends_with_it(cast: Cast) -> None:
    def settings_now() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setting FROM pg_settings WHERE name IN ('enable_sort', 'jit', 'work_mem')")
            return [row[0] for row in cursor.fetchall()]

    evaluation, before = make_evaluation(cast.researcher, assessors=[cast.assessor], tasks=1), settings_now()
    read_columns(evaluation, [])
    assert settings_now() == before
