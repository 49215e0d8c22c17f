"""Sources of a stage as one sequence of samples, checked as a whole before anything is learned."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch.utils.data import Dataset

from inference.models.pictures import open_picture
from inference.vlm.data.kinds import Part, Told, read_row
from inference.vlm.data.rows import BadData, BadRow, Rows, open_rows, picture_below
from inference.vlm.data.tokens import Tokens, Writer
from inference.vlm.recipe import DataSpec

TOLD = 20  # bad rows that a message lists


@dataclass(frozen=True)
class Place:
    """A row of one of the sources."""

    source: int
    row: int


class Sources:
    """The files of a stage. Pictures lie below the folder of the file that names them."""

    def __init__(self, specs: Sequence[DataSpec], folder: Path) -> None:
        self.specs = specs
        self.rows: list[Rows] = [open_rows(folder / spec.path) for spec in specs]

    def places(self) -> Iterator[Place]:
        for source, rows in enumerate(self.rows):
            yield from (Place(source, row) for row in range(len(rows)))

    def told(self, place: Place) -> Told:
        """Raises BadRow."""
        spec, rows = self.specs[place.source], self.rows[place.source]
        values = rows[place.row]
        try:
            return at(read_row(spec.kind, values, spec.instruction), rows.path.parent)
        except ValueError as error:
            raise self.bad(place, str(error)) from None

    def bad(self, place: Place, reason: str) -> BadRow:
        return BadRow(f"{self.rows[place.source].path.name}, row {place.row + 1}: {reason}")


def at(told: Told, folder: Path) -> Told:
    """The same with whole paths of pictures. Raises ValueError for one that lies elsewhere."""
    messages = tuple(
        message
        if isinstance(message.content, str)
        else message.model_copy(update={"content": [moved(part, folder) for part in message.content]})
        for message in told.messages
    )
    return Told(messages, tuple(moved(part, folder) for part in told.document))


def moved(part: Part, folder: Path) -> Part:
    return part if part.image is None else part.model_copy(update={"image": str(picture_below(folder, part.image))})


class Samples(Dataset[Tokens]):
    """`pack` rows at most share a sample, where they follow each other's picture. Order is `order`'s."""

    def __init__(self, sources: Sources, writer: Writer, pack: int, max_tokens: int) -> None:
        self.sources, self.writer, self.max_tokens = sources, writer, max_tokens
        self.groups: list[list[Place]] = []
        self.problems: list[str] = []
        self.check(pack)

    def check(self, pack: int) -> None:
        """Reads every row and opens every picture once; fills `groups`, and `problems` with what is wrong."""
        open_groups: dict[tuple[str, ...], list[Place]] = defaultdict(list)
        seen: dict[str, str] = {}
        for place in self.sources.places():
            try:
                told = self.sources.told(place)
                self.refuse_pictures(place, told, seen)
                self.encode([told], place)
            except BadRow as error:
                self.problems.append(str(error))
                continue
            key = tuple(told.images)
            group = open_groups[key]
            if not group or not key or len(group) >= pack:
                group = open_groups[key] = []
                self.groups.append(group)
            group.append(place)

    def refuse_pictures(self, place: Place, told: Told, seen: dict[str, str]) -> None:
        for image in told.images:
            if image not in seen:
                seen[image] = reason_against(Path(image))
            if seen[image]:
                raise self.sources.bad(place, seen[image])

    def encode(self, many: Iterable[Told], place: Place) -> Tokens:
        try:
            tokens = self.writer.tokens(many)
        except ValueError as error:
            raise self.sources.bad(place, str(error)) from None
        if tokens.branches.count(1) + tokens.branches.count(0) > self.max_tokens:
            raise self.sources.bad(place, f"it has more than {self.max_tokens} tokens; raise max_tokens or shorten it")
        return tokens

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, place: int) -> Tokens:
        group = self.groups[place]
        return self.encode([self.sources.told(row) for row in group], group[0])

    def refuse_bad_rows(self, *, skip: bool) -> None:
        """Raises BadData unless they may be skipped."""
        if self.problems and not skip:
            shown = "\n".join(self.problems[:TOLD])
            raise BadData(
                f"{len(self.problems)} rows can't be learned from:\n{shown}\nMend them, or set skip_bad_rows: true."
            )
        if not self.groups:
            raise BadData("The stage's data hold no rows.")


def reason_against(picture: Path) -> str:
    """Empty when it opens."""
    try:
        open_picture(picture)
    except ValueError as error:
        return str(error)
    return ""


class Ordered(Dataset[Tokens]):
    """`count` samples in an order that the seed alone decides, each epoch another: a run that goes on after it was
    killed sees what it would have seen.
    """

    def __init__(self, samples: Dataset[Tokens], size: int, count: int, seed: int) -> None:
        self.samples, self.size, self.count, self.seed = samples, size, count, seed
        self.epoch, self.order = -1, [0]

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> Tokens:
        epoch, rank = divmod(place, self.size)
        if epoch != self.epoch:
            chance = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            self.epoch, self.order = epoch, torch.randperm(self.size, generator=chance).tolist()
        return self.samples[self.order[rank]]
