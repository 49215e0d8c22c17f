"""Loaded with `-p` before Django's settings are read: the environment that every test run shares."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sbs_platform.settings")
os.environ.setdefault("SECRET_KEY", "tests-only")
os.environ.setdefault("HTTPS", "0")
os.environ.setdefault("STATICFILES_BACKEND", "django.contrib.staticfiles.storage.StaticFilesStorage")
