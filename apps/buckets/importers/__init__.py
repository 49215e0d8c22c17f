"""Readers of task tables, one file each. A module here with `suffixes` and `read` is found by scan; no list to edit."""

from apps.buckets.importers.refusal import ImportRefused, RowError
from apps.buckets.importers.registry import Importer, importer_for, table_suffixes

__all__ = ["ImportRefused", "Importer", "RowError", "importer_for", "table_suffixes"]
