"""The demo's bucket, pipelines and runs. Each step looks whether it is there, so a second load changes nothing."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from apps.accounts.models import User
from apps.buckets.models import Bucket
from apps.buckets.services import import_bucket
from apps.generation.models import Run
from apps.generation.services import start_run
from apps.pipelines.models import Pipeline, PipelineRevision
from apps.pipelines.services import create_pipeline
from apps.web.progress import PhaseBars
from demo.bucket.build import write_demo_bucket
from demo.pipelines.definitions import definition

BUCKET = "Everyday pictures and questions"
SEED = 20_261_122
CANDIDATE, BASELINE, DIRECT = "search-vlm", "search-llm", "direct-vlm"
PIPELINES = {
    CANDIDATE: "As search-llm, but a small vision-language model writes the query and a caption.",
    BASELINE: "Looks at the picture, writes a query, looks facts up, then answers with SmolLM2-135M.",
    DIRECT: "A small vision-language model, which knows plain coloured shapes, answers from picture and question.",
}

Say = Callable[[str], None]


def load_bucket(researcher: User, say: Say) -> Bucket:
    bucket = Bucket.objects.filter(name=BUCKET).first()
    if bucket is None:
        bars = PhaseBars()
        with tempfile.TemporaryDirectory() as folder:
            table = write_demo_bucket(Path(folder), bars)
            bucket = import_bucket(
                actor=researcher,
                name=BUCKET,
                description="Shapes, photographs, signs, menus, documents and plain text, in English and Russian.",
                licence_notes=(table.parent / "LICENCES.md").read_text(),
                table=table,
                images=table.parent,
                tell=bars,
            )
        bars.end()
    say(f"Bucket: {bucket} ({bucket.tasks.count()} tasks)")
    return bucket


def load_revision(researcher: User, name: str) -> PipelineRevision:
    pipeline = Pipeline.objects.filter(name=name).first()
    if pipeline is not None:
        return pipeline.revisions.order_by("number")[0]
    return create_pipeline(actor=researcher, name=name, description=PIPELINES[name], source=definition(name))


def load_runs(researcher: User, bucket: Bucket, say: Say) -> tuple[Run, Run]:
    """The candidate's run and the baseline's; workers begin as soon as they are committed."""
    return load_run(researcher, bucket, CANDIDATE, say), load_run(researcher, bucket, BASELINE, say)


def load_run(researcher: User, bucket: Bucket, name: str, say: Say) -> Run:
    revision = load_revision(researcher, name)
    run = Run.objects.filter(bucket=bucket, revision=revision).order_by("created_at").first()
    run = run or start_run(actor=researcher, bucket=bucket, revision=revision, seed=SEED)
    say(f"Run: {run}")
    return run
