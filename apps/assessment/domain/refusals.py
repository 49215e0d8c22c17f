"""Why a write was refused. Views turn each into a sentence; nothing was changed when one is raised."""

from apps.assessment.domain.marks import MarkWrong


class Refusal(Exception):
    """The base of all."""


class NotAssessor(Refusal):
    """The person does not (any longer) judge in this evaluation."""


class NotYours(Refusal):
    """The assignment or submission belongs to somebody else, or does not exist."""


class LateSubmit(Refusal):
    """The lease ran out or was taken back, and the place went on: the judgment was not counted."""


class AlreadyJudged(Refusal):
    """This person judged this comparison before, under another submission."""


class AlreadyCorrected(Refusal):
    """This judgment was superseded before; only the current one can be changed."""


class TooOld(Refusal):
    """The judgment is older than a correction may be; it stands."""


class EvaluationClosed(Refusal):
    """No judgments are accepted any more."""


class JudgmentInvalid(Refusal):
    """Something is missing, unknown, or marked where it does not stand: `fields` names the form's fields."""

    def __init__(self, *fields: str, mark: MarkWrong | None = None) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
        self.mark = mark


class CannotOpen(Refusal):
    """Two runs can't be compared; `reason` is a key of `apps.assessment.labels.CANNOT_OPEN`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
