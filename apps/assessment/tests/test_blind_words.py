import pytest

from apps.assessment.domain.blindness import named_in, shared_words

NAMES = ["SmolLM2 + OCR", "SmolLM2 plain"]


@pytest.mark.parametrize("name", ["Does ocr help?", "smollm2 against itself", "Plain or not"])
def test_a_name_that_shares_a_telling_word_is_noticed(name: str) -> None:
    assert shared_words(name, NAMES)


@pytest.mark.parametrize("name", ["Autumn pictures", "Candidate and baseline", "Вывески"])
def test_a_neutral_name_passes(name: str) -> None:
    assert shared_words(name, [*NAMES, "Candidate", "Baseline"]) == []


def test_a_pipeline_named_in_full_is_found_whatever_the_case_and_punctuation() -> None:
    assert named_in("Prefer the smollm2 / ocr one.", NAMES) == ["SmolLM2 + OCR"]
    assert named_in("Text in the picture counts; plain words do not.", NAMES) == []
