"""Settings: one module, safe by default, driven by the environment.

`DATABASE_URL`, `CELERY_BROKER_URL` and `SECRET_KEY` win when they are set; without them the embedded servers and the
key below `VAR_DIR` are used (see `sbs_platform/local/`).
"""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Exchange, Queue

from apps.generation.domain.queues import QUEUES
from sbs_platform import local

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).resolve()

SECRET_KEY = env.str("SECRET_KEY", default="") or local.secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=True)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")  # for /.well-known/security.txt: mailto:… or https://…

INSTALLED_APPS = [
    "sbs_platform",
    "apps.web",
    "apps.audit",
    "apps.accounts",
    "apps.pipelines",
    "apps.training",
    "apps.buckets",
    "apps.generation",
    "apps.assessment",
    "apps.benchmarks",
    "apps.splits",
    "apps.judges",
    "apps.reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "apps.web.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "apps.accounts.middleware.user_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "sbs_platform.urls"
WSGI_APPLICATION = "sbs_platform.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL", default=local.database_url(VAR_DIR))}
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 24 * 3600  # s; how long a link for a new password works
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["sbs_platform.formats"]
USE_I18N = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", default=str(VAR_DIR / "media")))
STORAGES = {
    "default": {"BACKEND": env.str("STORAGE_BACKEND", default="django.core.files.storage.FileSystemStorage")},
    "staticfiles": {
        "BACKEND": env.str("STATICFILES_BACKEND", default="whitenoise.storage.CompressedManifestStaticFilesStorage"),
    },
}
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = HTTPS and env.bool("SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# Celery. A message only wakes a worker: the Answer row is the truth, so nothing here guards against loss or doubling.
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default=local.broker_url(VAR_DIR))
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_POOL = "prefork"
CELERY_WORKER_CONCURRENCY = 1  # one process per GPU: start N workers, each with its own CUDA_VISIBLE_DEVICES
CELERY_WORKER_POOL_START_METHOD = "spawn"  # fork is unsafe once CUDA or OpenMP is up
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 180  # the default of 4 s kills a child that is still loading its model, for ever
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # redelivery would be unbounded; the sweeper wakes at a bounded rate
CELERY_TASK_SOFT_TIME_LIMIT = env.int("JOB_SECONDS", default=1800)  # only a hang reaches it: a turn ends after 60 s
CELERY_TASK_TIME_LIMIT = CELERY_TASK_SOFT_TIME_LIMIT + 60
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 4 * CELERY_TASK_TIME_LIMIT}
# A batch goes on when the broker goes away: the row is the truth, and a redelivered message finds nothing to claim.
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # for ever: a worker outlives any pause of the broker
CELERY_BROKER_POOL_LIMIT = 2
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# A worker without --queues listens to all of them; a misspelt one is refused at its start.
CELERY_TASK_QUEUES = [Queue(name, Exchange(name), routing_key=name) for name in QUEUES]
CELERY_TASK_CREATE_MISSING_QUEUES = False
CELERY_TASK_DEFAULT_QUEUE = "cpu"
CELERY_TASK_ROUTES = {
    "generation.sweep": {"queue": "control"},
    "assessment.admit": {"queue": "control"},
    "judges.collect": {"queue": "control"},
    "benchmarks.collect": {"queue": "control"},
    "generation.try_task": {"queue": "live"},
    "training.work": {"queue": "gpu"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "generation.sweep", "schedule": 15.0, "options": {"expires": 15}},
    "admit": {"task": "assessment.admit", "schedule": 15.0, "options": {"expires": 60}},
    "benchmarks": {"task": "benchmarks.collect", "schedule": 15.0, "options": {"expires": 60}},
    "judges": {"task": "judges.collect", "schedule": 15.0, "options": {"expires": 60}},
}

METRICS_TOKEN = env.str("METRICS_TOKEN", default="")  # the bearer token of /metrics; without one there is no such page
GENERATION_SWEEP_SECONDS = env.float("GENERATION_SWEEP_SECONDS", default=15.0)
GENERATION_RESULT_DAYS = env.float("GENERATION_RESULT_DAYS", default=90.0)  # how long results are kept; 0: for good
GENERATION_LEASE_SECONDS = env.int("GENERATION_LEASE_SECONDS", default=60)
TRAINING_LEASE_SECONDS = env.int("TRAINING_LEASE_SECONDS", default=60)
# Dotted path of `(spec: dict, *, model_dir: Path) -> inference.contracts.BatchRunner`; only tests point it elsewhere.
GENERATION_RUNNER = env.str("GENERATION_RUNNER", default="apps.generation.services.resident.build_runner")
# Converted models and search indexes: made again when lost, and shared by every VAR_DIR on this machine.
BENCHMARK_DIR = Path(env.str("BENCHMARK_DIR", default=str(BASE_DIR / "var" / "benchmarks")))
MODEL_DIR = Path(env.str("MODEL_DIR", default=str(BASE_DIR / "var" / "models")))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
