"""Load a benchmark of the catalogue: its questions become a bucket, which its protocols mark."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext, ngettext, pgettext

from apps.benchmarks.domain.items import Item
from apps.benchmarks.domain.questions import Malformed, Question
from apps.benchmarks.loaders import Pictures, find_loader
from apps.benchmarks.loaders.hub import pinned
from apps.benchmarks.models import Benchmark, Detail, Source
from apps.benchmarks.protocols import Protocol, find_protocol
from apps.benchmarks.services.making import create_benchmark
from apps.buckets.domain.limits import MAX_CLUSTER_CHARS
from apps.buckets.domain.rows import RawRow, parse_row
from apps.buckets.importers.wording import worded
from apps.buckets.services import import_bucket
from apps.web.progress import Tell, tell_nobody

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from apps.accounts.models import User
    from apps.benchmarks.catalogue import Entry
    from apps.buckets.models import Bucket

SHOWN = 50


class LoadRefused(Exception):
    """Nothing was loaded; the message says why and what to do."""


@dataclass(frozen=True)
class Loaded:
    """One benchmark a protocol of the entry, the official one first; and the rows that were left out."""

    benchmarks: list[Benchmark]
    left_out: list[Malformed]


@dataclass
class _Read:
    """What a loader gave: a table of tasks on disk, and what the table can't hold."""

    questions: dict[str, Question] = field(default_factory=dict)
    left_out: list[Malformed] = field(default_factory=list)


def load_benchmark(
    *,
    actor: User,
    entry: Entry,
    source: Path | None,
    images: Path | None,
    now: datetime,
    revision: str = "",
    limit: int | None = None,
    tell: Tell = tell_nobody,
) -> Loaded:
    """`source` is the file or folder that was fetched, None for what comes with the product. With a `limit`, only the
    first questions. Raises LoadRefused, and ImportRefused for what no bucket can hold; then nothing is kept.
    """
    if limit is not None and limit < 1:
        raise LoadRefused(gettext("The number of first questions must be at least 1."))
    title = f"{entry.title}, first {limit}" if limit else entry.title
    if Benchmark.objects.filter(name=title).exists():
        words = gettext("There is a benchmark named “%(title)s”. Use it, or ask its owner to make you a member.")
        raise LoadRefused(words % {"title": title})
    protocol, hub = find_protocol(entry.protocols[0]), pinned(source) if source else None
    if hub and entry.loader != "parquet":
        words = gettext("%(title)s is not read from a hub. To fetch: %(fetch)s.")
        raise LoadRefused(words % {"title": entry.title, "fetch": entry.fetch})
    with tempfile.TemporaryDirectory() as folder:
        pictures = Pictures(Path(folder), images or source)
        try:
            stream = find_loader("hub" if hub else entry.loader).read(source or Path(), pictures, entry.options)
            table, read = _write_table(Path(folder), stream, entry, protocol, limit, tell)
        except OSError as error:
            place, reason = error.filename or source, error.strerror or error
            words = gettext("%(place)s can't be read: %(reason)s. To fetch: %(fetch)s.")
            raise LoadRefused(words % {"place": place, "reason": reason, "fetch": entry.fetch}) from error
        except Malformed as error:
            raise LoadRefused(str(error)) from error
        with _alone(title), transaction.atomic():
            bucket = import_bucket(
                actor=actor, name=title, description=f"{entry.title}. {entry.origin}", licence_notes=entry.licence,
                table=table, images=Path(folder), tell=tell,
            )  # fmt: skip
            _keep_details(bucket, read)
            Source.objects.create(
                bucket=bucket, entry=entry.name, licence=entry.licence, origin=hub[0] if hub else entry.origin,
                revision=hub[1] if hub else revision, may_be_passed_on=entry.passed_on,
                sha256=bucket.sha256 if source is None or hub else checksum(source),
            )  # fmt: skip
            return Loaded(_make_benchmarks(actor, entry, bucket, title, limit, now), read.left_out)


@contextmanager
def _alone(title: str) -> Iterator[None]:
    """Refuses what was loaded by another meanwhile, as by a form that was sent twice."""
    try:
        yield
    except IntegrityError as error:
        if Benchmark.objects.filter(name=title).exists():
            words = gettext("“%(title)s” is being loaded already. Wait for it; “At work” shows its runs.")
            raise LoadRefused(words % {"title": title}) from error
        raise


def _write_table(
    folder: Path,
    stream: Iterable[Question | Malformed],
    entry: Entry,
    protocol: Protocol,
    limit: int | None,
    tell: Tell,
) -> tuple[Path, _Read]:
    read, table = _Read(), folder / "tasks.jsonl"
    with table.open("w", encoding="utf-8") as lines:
        for place, each in enumerate(stream, start=1):
            tell(pgettext("progress", "Reading questions"), place)
            if isinstance(each, Malformed):
                read.left_out.append(each)
                continue
            task = parse_row(RawRow(place, _task(each, entry)))
            if isinstance(task, list):
                read.left_out.append(Malformed(" ".join(worded(task[0])), place, each.key))
            elif problem := _problem(task.key, each, read, protocol):
                read.left_out.append(Malformed(problem, place, each.key))
            else:
                read.questions[task.key] = each
                lines.write(json.dumps(_task(each, entry), ensure_ascii=False) + "\n")
            if limit and len(read.questions) >= limit:
                break
    if not read.questions:
        raise LoadRefused(_nothing_usable(read.left_out))
    return table, read


def _nothing_usable(left_out: list[Malformed]) -> str:
    if not left_out:
        return gettext("The file has no question. Fetch it again.")
    words = ngettext(
        "No question can be used; %(number)d row is malformed: %(first)s",
        "No question can be used; %(number)d rows are malformed. The first: %(first)s",
        len(left_out),
    )
    return words % {"number": len(left_out), "first": left_out[0]}


def _problem(key: str, question: Question, read: _Read, protocol: Protocol) -> str | None:
    """`key` as the bucket will have it."""
    if key in read.questions:
        return gettext("Its id was used before. Give every row its own.")
    if not _can_be_kept(question):
        return gettext(
            "A choice, its category or a fact holds a control character or a number without end. Correct the row."
        )
    return protocol.refusal(
        Item(question.key, question.references, question.choices, question.group, question.category, question.facts)
    )


def _can_be_kept(question: Question) -> bool:
    """Whether PostgreSQL's JSON holds its details."""
    try:
        details = [dict(question.choices), question.group, question.category, dict(question.facts)]
        text = json.dumps([*details, list(question.references)], ensure_ascii=False, allow_nan=False)
        return "\\u0000" not in text and bool(text.encode())
    except (TypeError, ValueError):
        return False


def _task(question: Question, entry: Entry) -> dict[str, object]:
    return {
        "key": question.key,
        "instruction": question.prompt(entry.prompt),
        "language": question.language,
        "cluster": " ".join(question.category.split())[:MAX_CLUSTER_CHARS] or "all",
        "images": list(question.images),
        "alt": [question.alt] * len(question.images) if question.alt else [],
        "references": [text for text in question.references if text.strip()],
    }


def _keep_details(bucket: Bucket, read: _Read) -> None:
    """What a table of tasks has no columns for; references too where one is empty or has blanks at its ends."""
    details = (_detail(pk, read.questions[key]) for pk, key in bucket.tasks.values_list("pk", "key"))
    Detail.objects.bulk_create(details, batch_size=2000)


def _detail(task: int, question: Question) -> Detail:
    facts = {name: value for name, value in question.facts.items() if name != "references"}
    if any(text != text.strip() or not text for text in question.references):
        facts["references"] = list(question.references)
    return Detail(
        task_id=task,
        choices=dict(question.choices),
        group=question.group[:200],
        category=question.category[:120],
        facts=facts,
    )


def _make_benchmarks(
    actor: User, entry: Entry, bucket: Bucket, title: str, limit: int | None, now: datetime
) -> list[Benchmark]:
    made = []
    for place, protocol in enumerate(entry.protocols):
        name = f"{title} · {protocol}" if place else title
        made.append(create_benchmark(actor=actor, name=name, bucket=bucket, protocol=protocol, now=now, limit=limit))
    return made


def checksum(source: Path) -> str:
    """SHA-256 of a file; of a folder, over its tables by name. Empty for what is not on this machine."""
    if not source.exists():
        return ""
    digest = hashlib.sha256()
    for file in _tables(source):
        with file.open("rb") as stream:
            part = hashlib.file_digest(stream, "sha256").hexdigest()
        if file == source:
            return part
        digest.update(f"{file.relative_to(source)} {part}\n".encode())
    return digest.hexdigest()


def _tables(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
    else:
        yield from sorted(p for p in source.rglob("*") if p.suffix in {".json", ".jsonl", ".parquet", ".tsv"})
