import hashlib
import json
from collections.abc import Mapping

from apps.accounts.models import User
from apps.pipelines.models import Pipeline, PipelineRevision


def make_revision(
    owner: User, *, name: str = "Pipeline", number: int = 1, spec: Mapping[str, object] | None = None
) -> PipelineRevision:
    pipeline, _ = Pipeline.objects.get_or_create(name=name, defaults={"created_by": owner})
    spec = spec or {"name": name, "number": number}
    canonical = json.dumps(spec, sort_keys=True)
    return PipelineRevision.objects.create(
        pipeline=pipeline,
        number=number,
        source=canonical,
        spec=spec,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        created_by=owner,
    )
