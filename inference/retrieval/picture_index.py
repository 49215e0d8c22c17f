"""The nearest pictures of a catalogue: all vectors in memory, compared with every one (exact, fine to 100,000)."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

import filelock
import numpy as np

from inference.errors import ModelUnavailable
from inference.models.gguf import sha256_of
from inference.models.pictures import open_picture
from inference.readers import usable_processors
from inference.retrieval.catalogue import TABLE, Entry, catalogue_folder, digest_of, entries
from inference.retrieval.encoders import PictureEncoder, picture_encoder
from inference.retrieval.rows import sound_rows

FORMAT = 2
BATCH = 64


@dataclass(frozen=True)
class Match:
    """`similarity` is the cosine, 1 for the same picture."""

    entry: Entry
    similarity: float


@dataclass(frozen=True)
class PictureIndex:
    """`vectors`: float32, one row of length 1 per entry."""

    encoder: PictureEncoder
    entries: Sequence[Entry]
    vectors: Any
    record: Mapping[str, Any]

    def nearest(self, prepared: Sequence[Any], limit: int) -> list[list[Match]]:
        """For each picture that `encoder.prepare` made ready, its nearest entries, best first; ties in table order."""
        if not prepared:
            return []
        similarities = self.encoder.encode(prepared) @ self.vectors.T
        orders = np.argsort(-similarities, axis=1, kind="stable")[:, :limit]
        return [
            [Match(self.entries[place], round(float(row[place]), 4)) for place in order]
            for row, order in zip(similarities, orders, strict=True)
        ]


def open_pictures(
    name: str, encoder_name: str, model_dir: Path, on_picture: Callable[[], None] = lambda: None
) -> PictureIndex:
    """Raises ModelUnavailable. The same content is encoded once per machine; processes wait for each other."""
    source, indexes = catalogue_folder(name, model_dir), model_dir / "indexes"
    encoder = picture_encoder(encoder_name, model_dir)
    made_by = sha256(json.dumps(encoder.record, sort_keys=True).encode()).hexdigest()
    indexes.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(indexes / f"pictures-{name}.lock"):
        digest = digest_of(source)  # while nobody else builds: it may have been replaced while we waited
        folder = indexes / f"pictures-{name}-{digest[:16]}-{made_by[:8]}-v{FORMAT}"
        if not folder.is_dir():
            build(source, digest, folder, encoder, on_picture)
    known = list(sound_rows(folder / TABLE, Entry))
    vectors = np.load(folder / "vectors.npy", allow_pickle=False)
    if vectors.ndim != 2 or len(vectors) != len(known):
        raise ModelUnavailable(f"{folder} does not fit its catalogue; delete that folder and it is built again.")
    told = {"engine": encoder.record["encoder"], "catalogue": name, "sha256": digest, "pictures": len(known)}
    return PictureIndex(encoder, known, vectors, {**told, **encoder.record})


def build(source: Path, digest: str, folder: Path, encoder: PictureEncoder, on_picture: Callable[[], None]) -> None:
    """Written beside its place and renamed into it, so that a half-built index is never opened, nor one of files that
    were replaced meanwhile. The table is kept with its vectors.
    """
    parts = [encoder.encode(prepared) for prepared in prepare_all(source, encoder, on_picture)]
    if not parts:
        raise ModelUnavailable(f"The catalogue {source} holds no picture; add some.")
    partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        np.save(partial / "vectors.npy", np.concatenate(parts), allow_pickle=False)
        shutil.copyfile(source / TABLE, partial / TABLE)
        if digest_of(source) != digest:
            raise ModelUnavailable(f"The catalogue {source} changed while it was encoded; try again.")
        partial.chmod(0o755)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def prepare_all(source: Path, encoder: PictureEncoder, on_picture: Callable[[], None]) -> Iterator[list[Any]]:
    def prepare(entry: Entry) -> Any:
        return encoder.prepare(checked_picture(source, entry))

    with ThreadPoolExecutor(usable_processors()) as pool:
        listed = entries(source)
        while some := list(islice(listed, BATCH)):
            made = []
            for prepared in pool.map(prepare, some):
                on_picture()
                made.append(prepared)
            yield made


def checked_picture(source: Path, entry: Entry) -> Any:
    path = source / entry.picture
    if entry.sha256 is not None and sha256_of(path) != entry.sha256:
        raise ModelUnavailable(f"{path} is not the file that the catalogue names; build the catalogue again.")
    try:
        return open_picture(path)
    except ValueError as error:
        raise ModelUnavailable(f"Entry {entry.id} of the catalogue {source.name}: {error}") from error
