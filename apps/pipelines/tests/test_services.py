import pytest
from django.db import DatabaseError, transaction

from apps.audit.models import AuditEvent
from apps.pipelines.forms import STARTER
from apps.pipelines.models import Pipeline, PipelineRevision
from apps.pipelines.problem_texts import TEXTS
from apps.pipelines.services import NameTaken, create_pipeline, save_revision
from conftest import Cast
from inference.spec import SpecError, load_spec, parse_spec
from inference.spec.problems import MESSAGES

CHANGED = STARTER.replace("max_tokens: 80", "max_tokens: 90")


def create(cast: Cast, name: str = "P", source: str = STARTER) -> PipelineRevision:
    return create_pipeline(actor=cast.researcher, name=name, description="", source=source)


def test_a_pipeline_begins_with_its_first_revision(cast: Cast) -> None:
    revision = create(cast)
    assert (revision.number, revision.source, len(revision.sha256)) == (1, STARTER, 64)
    assert list(AuditEvent.objects.values_list("verb", flat=True)) == ["pipeline.revised", "pipeline.created"]


def test_what_is_stored_is_what_runs(cast: Cast) -> None:
    stored = PipelineRevision.objects.get(pk=create(cast).pk)
    assert load_spec(stored.spec) == parse_spec(STARTER)


def test_revisions_are_numbered_and_the_same_content_is_not_stored_twice(cast: Cast) -> None:
    first = create(cast)
    second = save_revision(actor=cast.outsider, pipeline=first.pipeline, source=CHANGED)
    again = save_revision(actor=cast.outsider, pipeline=first.pipeline, source="# a note\n" + STARTER)
    assert (second.number, second.created_by) == (2, cast.outsider)
    assert again == first


def test_an_unsound_definition_stores_nothing(cast: Cast) -> None:
    with pytest.raises(SpecError):
        create(cast, source="name: x")
    assert not Pipeline.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_name_is_taken_once(cast: Cast) -> None:
    create(cast)
    with pytest.raises(NameTaken), transaction.atomic():
        create(cast)
    assert Pipeline.objects.count() == 1


@pytest.mark.parametrize("verb", ["update", "delete"])
def test_the_database_refuses_to_change_a_revision(cast: Cast, verb: str) -> None:
    rows = PipelineRevision.objects.filter(pk=create(cast).pk)
    with pytest.raises(DatabaseError, match="refused"), transaction.atomic():
        rows.update(number=5) if verb == "update" else rows._raw_delete(rows.db)
    assert rows.get().number == 1


def test_every_fault_has_words_to_translate() -> None:
    assert {code: str(text) for code, text in TEXTS.items()} == MESSAGES
