"""What the house promises about itself."""

import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command

from tests.sources import ROOT, functions, python_files

LONGEST_FILE, LONGEST_FUNCTION = 400, 50
IMPORT_THE_WEB = """
import sys, django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(sorted({"torch", "transformers", "matplotlib.pyplot"} & set(sys.modules)))
"""


@pytest.mark.slow
def test_the_web_process_never_loads_a_model_library() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_THE_WEB], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr[-2000:]


def test_no_file_is_too_long() -> None:
    lengths = {str(path): len((ROOT / path).read_text().splitlines()) for path in python_files()}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


@pytest.mark.slow
def test_no_function_is_too_long() -> None:
    found = {f"{path}:{name}": lines for path in python_files() for name, lines in functions(path)}
    assert {name: lines for name, lines in found.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False, stdout=out)
    except SystemExit:
        pytest.fail(f"run manage.py makemigrations: {out.getvalue()}")
