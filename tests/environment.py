"""Loaded with `-p` before Django's settings are read: the environment and the servers that every test run shares.

The first process starts them and hands their addresses to xdist's workers by the environment. `DATABASE_URL` wins;
the broker is always our own, a database of it for each worker, so that no test can wake a worker of the real site.
"""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent
BROKER_VAR = "SBS_TEST_VAR"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sbs_platform.settings")
os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
# Several processes test at once: with two spinning threads in each, models cost five times the processor's time.
os.environ.setdefault("OMP_NUM_THREADS", "1")


def prepare() -> None:
    from sbs_platform.setup.messages import compile_messages
    from tests.servers import claim_folder, serve_broker, serve_database
    from tests.template import VARIABLE, make_template

    folder = claim_folder(ROOT / "var" / "test")
    os.environ["VAR_DIR"] = os.environ[BROKER_VAR] = str(folder)
    (folder / "static").mkdir(exist_ok=True)
    serve_broker(folder)
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = serve_database(folder)
        os.environ[VARIABLE] = make_template(folder)
    compile_messages(ROOT / "locale")


def choose_broker_database(worker: str) -> None:
    from sbs_platform.local.places import broker_url

    number = int(worker.removeprefix("gw")) + 1 if worker else 0
    os.environ["CELERY_BROKER_URL"] = broker_url(Path(os.environ[BROKER_VAR]), number)


if "PYTEST_XDIST_WORKER" not in os.environ:
    prepare()
choose_broker_database(os.environ.get("PYTEST_XDIST_WORKER", ""))
