"""`manage.py benchmark list | load NAME | run --suite embedded --pipeline P`: benchmarks of the catalogue."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext, ngettext, pgettext

from apps.accounts.models import User
from apps.benchmarks.catalogue import Entry, catalogue
from apps.benchmarks.models import BenchmarkRun
from apps.benchmarks.queries import figures_of
from apps.benchmarks.services import LoadRefused, load_benchmark, run_suite, score_waiting
from apps.buckets.importers import ImportRefused
from apps.generation.models import Answer, AnswerState
from apps.generation.queries import workers_now
from apps.pipelines.models import Pipeline, PipelineRevision
from apps.web.progress import PhaseBars

SHOWN = 20
POLL_S = 2.0


class Command(BaseCommand):
    help = "Benchmarks: list the catalogue, load one that was fetched, run a suite through a pipeline."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("list", help="every benchmark: what to fetch, where it goes, its licence")
        load = verbs.add_parser("load", help="make a bucket and its benchmarks of fetched files")
        load.add_argument("name")
        load.add_argument("--path", type=Path, help="file or folder; else where the catalogue puts it")
        load.add_argument("--images", type=Path, help="folder of pictures that the files name")
        load.add_argument("--revision", default="", help="of what was fetched, to be kept with it")
        run = verbs.add_parser("run", help="run a suite and print its results")
        run.add_argument("--suite", default="embedded")
        run.add_argument("--pipeline", required=True, help="a pipeline's name; its newest revision answers")
        run.add_argument("--no-wait", action="store_true", help="start the runs only; they are scored when finished")
        for each in (load, run):
            each.add_argument("--limit", type=int, help="the first questions only; such runs are never ranked")
            each.add_argument("--as", dest="email", help="the researcher; else the first admin")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"_{options['verb']}")(options)
        except (LoadRefused, ImportRefused) as refused:
            raise CommandError(str(refused)) from None

    def _list(self, options: dict[str, Any]) -> None:
        for entry in catalogue().values():
            self.stdout.write(f"{entry.name}: {entry.title} ({', '.join(entry.protocols)})")
            self.stdout.write("    " + gettext("to fetch: %(what)s") % {"what": entry.fetch})
            if not entry.is_embedded:
                self.stdout.write("    " + gettext("where it goes: %(place)s") % {"place": _place(entry)})
            may = "" if entry.passed_on else "; " + gettext("not to be passed on")
            self.stdout.write("    " + gettext("licence: %(licence)s") % {"licence": entry.licence} + may)

    def _load(self, options: dict[str, Any]) -> None:
        entry = catalogue().get(options["name"])
        if entry is None:
            words = gettext("The catalogue has no %(name)s. It has: %(known)s")
            raise CommandError(words % {"name": options["name"], "known": ", ".join(catalogue())})
        bars = PhaseBars()
        loaded = load_benchmark(
            actor=_researcher(options["email"]),
            entry=entry,
            source=None if entry.is_embedded else options["path"] or _place(entry),
            images=options["images"],
            now=timezone.now(),
            revision=options["revision"],
            limit=options["limit"],
            tell=bars,
        )
        bars.end()
        for bad in loaded.left_out[:SHOWN]:
            words = gettext("Row %(place)s (%(key)s) is left out: %(why)s")
            self.stderr.write(words % {"place": bad.place, "key": bad.key, "why": bad})
        bucket = loaded.benchmarks[0].bucket
        facts = {"bucket": bucket, "questions": bucket.tasks.count(), "bad": len(loaded.left_out)}
        self.stdout.write(gettext("%(bucket)s: questions %(questions)d, rows left out %(bad)d.") % facts)

    def _run(self, options: dict[str, Any]) -> None:
        waiting = run_suite(
            actor=_researcher(options["email"]),
            name=options["suite"],
            revision=_revision(options["pipeline"]),
            now=timezone.now(),
            limit=options["limit"],
        )
        number = len({each.run_id for each in waiting})
        started = ngettext("%(number)d run is started.", "%(number)d runs are started.", number)
        self.stdout.write(started % {"number": number})
        if not workers_now().filter(is_silent=False).exists():
            self.stderr.write(gettext("No worker is at work, so nothing is answered yet. `manage.py up` starts them."))
        if options["no_wait"]:
            return
        self._wait(waiting)
        for each in (
            BenchmarkRun.objects.filter(pk__in=[each.pk for each in waiting]).select_related("benchmark").order_by("pk")
        ):
            self._print(each)

    def _wait(self, waiting: list[BenchmarkRun]) -> None:
        """Until all are scored, by this process or by a worker."""
        bars, keys = PhaseBars(), [each.pk for each in waiting]
        answers = Answer.objects.filter(run__in={each.run_id for each in waiting})
        total = answers.count()
        while BenchmarkRun.objects.filter(pk__in=keys, scored_at=None).exists():
            open_answers = answers.filter(state__in=[AnswerState.WAITING, AnswerState.RUNNING]).count()
            bars(pgettext("progress", "Answering"), total - open_answers, total)
            if not score_waiting(now=timezone.now(), among=keys):
                time.sleep(POLL_S)
        bars.end()

    def _print(self, scored: BenchmarkRun) -> None:
        limit = scored.benchmark.limit
        limited = " " + gettext("(first tasks only: %(limit)d; not ranked)") % {"limit": limit} if limit else ""
        self.stdout.write(f"{scored.benchmark.name} [{scored.benchmark.protocol}]{limited}")
        for name, metric in figures_of(scored):
            low, high = metric["ci_low"], metric["ci_high"]
            interval = "" if low is None else f"  95 % {low:.4f} – {high:.4f}"
            parts = gettext("n %(n)d, not understood %(unparsed)d") % {
                "n": metric["n"],
                "unparsed": metric["n_unparsed"],
            }
            self.stdout.write(f"    {name:24} {metric['value']:.4f}{interval}  ({parts})")


def _place(entry: Entry) -> Path:
    return Path(settings.BENCHMARK_DIR) / entry.put


def _researcher(email: str | None) -> User:
    people = User.objects.filter(is_active=True)
    found = User.objects.with_email(email).filter(is_active=True) if email else people.filter(role="admin")
    user = found.order_by("pk").first()
    if user is None:
        missing = gettext("There is no active person %(email)s. Name one with --as.") % {"email": email}
        raise CommandError(missing if email else gettext("There is no active admin. Name a researcher with --as."))
    if user.is_assessor:
        words = gettext("%(email)s is an assessor, who must not know pipelines. Name a researcher with --as.")
        raise CommandError(words % {"email": user.email})
    return user


def _revision(name: str) -> PipelineRevision:
    pipeline = Pipeline.objects.filter(name=name).first()
    if pipeline is None:
        known = ", ".join(Pipeline.objects.order_by("name").values_list("name", flat=True)[:SHOWN])
        words = gettext("There is no pipeline %(name)s. There are: %(known)s")
        raise CommandError(words % {"name": name, "known": known or "–"})
    return pipeline.revisions.latest("number")
