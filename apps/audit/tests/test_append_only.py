import pytest
from django.db import IntegrityError, transaction

from apps.audit.models import AuditEvent
from apps.audit.services import record
from conftest import Cast


def test_an_event_names_who_did_what_to_which_row(cast: Cast) -> None:
    record(cast.admin, "thing.done", cast.assessor, number=3)
    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.target_kind) == (cast.admin, "thing.done", "accounts.user")
    assert (event.target_id, event.facts) == (str(cast.assessor.public_id), {"number": 3})


def test_the_database_refuses_to_change_or_delete_an_event(cast: Cast) -> None:
    record(cast.admin, "thing.done", cast.assessor)
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEvent.objects.update(verb="thing.undone")
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        AuditEvent.objects.all().delete()
    assert AuditEvent.objects.get().verb == "thing.done"
