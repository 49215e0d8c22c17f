"""The demo's pipelines by name: a file beside this one, or a preset; and the same asked for one word."""

from pathlib import Path

import yaml

from inference.presets import presets

ONE_WORD = ", one word"
IN_SENTENCES = "in one or two sentences."
IN_ONE_WORD = "with one word: a colour, a shape, yes or no."
WORD_TOKENS = 6


def definition(name: str) -> str:
    """Raises KeyError for a name that nothing has."""
    if name.endswith(ONE_WORD):
        return in_one_word(definition(name.removesuffix(ONE_WORD)))
    own = Path(__file__).with_name(f"{name}.yaml")
    return own.read_text("utf-8") if own.exists() else presets()[name]


def in_one_word(source: str) -> str:
    """As `source`, but its last step is asked to answer with one word; nothing else differs."""
    values = yaml.safe_load(source)
    answer = values["steps"][-1]
    system = answer["prompt"]["system"]
    if IN_SENTENCES not in system:
        raise ValueError(f"the system prompt of {values['name']} does not say “{IN_SENTENCES}”")
    answer["prompt"]["system"] = system.replace(IN_SENTENCES, IN_ONE_WORD)
    answer["sampling"]["max_tokens"] = WORD_TOKENS
    values["name"] += ONE_WORD
    return yaml.safe_dump(values, sort_keys=False, allow_unicode=True)
