"""The hash of what a bucket asks: canonical JSON of its tasks in order, pictures by the hash of what is stored."""

import hashlib
import json
from collections.abc import Sequence

from apps.buckets.domain.rows import TaskRow


class Fingerprint:
    """SHA-256 over one line of canonical JSON per task; add them in the order of the bucket."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, task: TaskRow, image_hashes: Sequence[str]) -> None:
        line = {
            "key": task.key,
            "instruction": task.instruction,
            "language": task.language,
            "cluster": task.cluster,
            "references": task.references,
            "images": [[digest, alt] for digest, alt in zip(image_hashes, task.alts, strict=True)],
        }
        text = json.dumps(line, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        self._hash.update(text.encode() + b"\n")

    def hexdigest(self) -> str:
        return self._hash.hexdigest()
