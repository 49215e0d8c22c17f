"""Writing pipelines down. A revision is never changed: a trigger refuses it."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from apps.audit.services import record
from apps.pipelines.models import Pipeline, PipelineRevision
from inference.spec import PipelineSpec, parse_spec

if TYPE_CHECKING:
    from apps.accounts.models import User


class NameTaken(Exception):
    """There is a pipeline of this name already."""


def create_pipeline(*, actor: User, name: str, description: str, source: str) -> PipelineRevision:
    """A pipeline with its first revision. Raises SpecError or NameTaken."""
    spec = parse_spec(source)
    try:
        with transaction.atomic():
            pipeline = Pipeline.objects.create(name=name, description=description, created_by=actor)
            record(actor, "pipeline.created", pipeline)
            return add_revision(actor, pipeline, source, spec)
    except IntegrityError as error:
        if Pipeline.objects.filter(name=name).exists():
            raise NameTaken(name) from error
        raise


@transaction.atomic
def save_revision(*, actor: User, pipeline: Pipeline, source: str) -> PipelineRevision:
    """The next revision, or the one that already says the same. Locks the pipeline. Raises SpecError."""
    spec = parse_spec(source)
    locked = Pipeline.objects.select_for_update().get(pk=pipeline.pk)
    existing = locked.revisions.filter(sha256=content_hash(spec)).first()
    return existing or add_revision(actor, locked, source, spec)


def add_revision(actor: User, pipeline: Pipeline, source: str, spec: PipelineSpec) -> PipelineRevision:
    latest = pipeline.revisions.order_by("-number").first()
    revision = PipelineRevision.objects.create(
        pipeline=pipeline,
        number=latest.number + 1 if latest else 1,
        source=source,
        spec=spec.canonical(),
        sha256=content_hash(spec),
        created_by=actor,
    )
    record(actor, "pipeline.revised", revision, number=revision.number, sha256=revision.sha256)
    return revision


def content_hash(spec: PipelineSpec) -> str:
    """Of the canonical JSON: comments, order of keys and defaults left out make no new revision."""
    canonical = json.dumps(spec.canonical(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
