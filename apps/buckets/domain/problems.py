"""What can be wrong with a row, a table or a picture: a code and its facts. Wording is the importers' affair."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field

WHOLE_FILE = 0


@dataclass(frozen=True)
class Problem:
    """`row` is what the person sees: line of a JSONL file, row of a spreadsheet (its header is 1); 0 is the whole file.

    `code` is worded by `importers.wording`, whose placeholders `facts` fill.
    """

    row: int
    field: str
    code: str
    facts: Mapping[str, object] = dataclass_field(default_factory=dict)


class PictureProblem(Exception):
    """A picture, or an archive of pictures, that can't be used."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def at(self, row: int, field_name: str) -> Problem:
        return Problem(row, field_name, self.code, self.facts)
