"""The embedded PostgreSQL and Valkey, and the processes of `manage.py up`; nothing here runs in production."""

from sbs_platform.local.places import broker_url, database_url, secret_key

__all__ = ["broker_url", "database_url", "secret_key"]
