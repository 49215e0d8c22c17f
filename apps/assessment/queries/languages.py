"""In which languages somebody judges."""

from django.db.models import Q

from apps.accounts.models import User
from apps.assessment.models import Languages


def languages_of(assessor: User) -> list[str]:
    """Tags without script and region; empty for all."""
    return next(iter(Languages.objects.filter(assessor=assessor).values_list("tags", flat=True)), [])


def in_languages(assessor: User, task: str) -> Q:
    """Of rows with a task at the path `task`: those in the person's languages."""
    found = Q()
    for tag in languages_of(assessor):
        found |= Q(**{f"{task}__language": tag}) | Q(**{f"{task}__language__startswith": f"{tag}-"})
    return found
