"""The sets of criteria that come with the platform: a file each."""

from pathlib import Path

from apps.assessment.domain.criteria import CriteriaSet
from apps.assessment.domain.criteria_yaml import read_set

OWN_WORDS = ("grammar", "readability", "comprehensiveness", "relevance", "errors", "hallucinations")
SOURCES = {path.stem: path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.yaml"))}
SETS: dict[str, CriteriaSet] = {key: read_set(source, key=key, known=OWN_WORDS) for key, source in SOURCES.items()}
