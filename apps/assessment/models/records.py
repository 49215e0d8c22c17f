"""What a report needs of a judgment, as bytes of one length in an evaluation: many are read as one piece."""

from django.db.models import BinaryField, Case, F, Func, SmallIntegerField, Value, When
from django.db.models.functions import Cast

from apps.statistics.scores import VERDICTS

PLACES = [When(verdict=verdict, then=Value(place)) for place, verdict in enumerate(VERDICTS)]
SIDE = Case(When(a_on_left=True, then=Value(len(VERDICTS))), default=Value(0))
# As of numpy, big-endian; after it the packed ratings. `made`: microseconds since 2000. `said`: the verdict's place in
# VERDICTS, and their number more when A was on the left.
FIELDS = (("task", ">i8"), ("assessor", ">i8"), ("seconds", ">f8"), ("made", ">i8"), ("said", ">i2"))


def _sent(name: str, *told: object) -> Func:
    return Func(*told, function=name, output_field=BinaryField())


RECORD = Func(
    _sent("int8send", F("task")),
    _sent("int8send", F("assessor")),
    _sent("float8send", F("seconds")),
    _sent("timestamptz_send", F("judged_at")),
    _sent("int2send", Cast(Case(*PLACES) + SIDE, SmallIntegerField())),
    F("packed"),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=BinaryField(),
)
