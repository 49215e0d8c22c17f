"""The faults of a definition in the reader's language; the English is that of `inference.spec.problems.MESSAGES`."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inference.spec import SpecError, SpecProblem

KINDS: dict[str, Promise] = {
    "text": _("text"),
    "documents": _("documents"),
    "a picture": _("a picture"),
}
TEXTS: dict[str, Promise] = {
    "too_large_document": _("The definition is larger than %(limit)s bytes; a pipeline needs no more."),
    "not_yaml": _("This is not YAML: %(reason)s."),
    "empty": _("The definition is empty. Start with “name:”, “models:”, “steps:” and “output:”."),
    "too_deep": _("The definition is nested too deeply."),
    "alias": _("YAML aliases are not allowed; write the value out."),
    "tag": _("The YAML tag %(tag)s is not allowed."),
    "bad_key": _("A key must be plain text; put quotes around it."),
    "bad_character": _("The text holds a character that can't be stored (NUL or half of a surrogate pair)."),
    "bad_number": _("This number is out of range."),
    "duplicate_key": _("The key “%(name)s” is given twice."),
    "missing": _("This key is required."),
    "unknown_key": _("This key is not known here. Known: %(known)s."),
    "not_text": _("This must be text; put quotes around it."),
    "not_whole": _("This must be a whole number."),
    "not_number": _("This must be a number."),
    "not_flag": _("This must be true or false."),
    "not_list": _("This must be a list (lines that begin with “- ”)."),
    "not_mapping": _("This must be a group of “key: value” lines."),
    "too_small": _("This must be at least %(limit)s."),
    "not_above": _("This must be greater than %(limit)s."),
    "too_big": _("This must be at most %(limit)s."),
    "too_short": _("This must not be empty."),
    "too_long": _("This is longer than the limit of %(limit)s."),
    "bad_pattern": _("“%(value)s” is not allowed here; it must match %(pattern)s."),
    "not_one_of": _("This must be one of: %(known)s."),
    "invalid": _("This is not valid: %(reason)s."),
    "bad_source": _("A source is a hub id (“owner/model”), a folder (begins with “/” or “./”) or one of: %(wheels)s."),
    "revision_needed": _("A model of the hub needs “revision”: the full 40-digit commit, so that it never changes."),
    "revision_floating": _("“%(value)s” can move to other weights; give the full 40-digit commit instead."),
    "revision_useless": _("Only a model of the hub has a revision; remove this key."),
    "lora_folder": _("A LoRA is a folder: begin with “/”, or with “./” for one below the model folder."),
    "key_of_other_engine": _("The engine “%(engine)s” has no such key; remove it. It knows: %(known)s."),
    "endpoint_needed": _("This engine needs “endpoint”: a server's name on the worker's list MODEL_ENDPOINTS."),
    "source_name": _("Give the model's name as the server lists it, without line breaks or spaces around it."),
    "deadline_short": _("All attempts together can't be shorter than one: timeout_seconds is %(limit)s."),
    "extra_reserved": _("“%(name)s” is set by the platform; give it by its own key or leave it out."),
    "extra_large": _("extra_body is larger than %(limit)s bytes; no server needs that much."),
    "tokens_uncounted": _("Nothing here counts tokens of “%(model)s”, a remote model; use budget_characters."),
    "reserved_step": _("“inputs” is the task's own name; choose another id."),
    "duplicate_step": _("The step id “%(name)s” is taken by an earlier step."),
    "model_needed": _("“%(uses)s” needs a model: one of “models:”."),
    "model_useless": _("“%(uses)s” uses no model; remove this key."),
    "model_unknown": _("There is no model “%(name)s”. Known: %(known)s."),
    "prompt_needed": _("“%(uses)s” needs a prompt."),
    "prompt_useless": _("“%(uses)s” takes no prompt; remove this key."),
    "sampling_needed": _("“%(uses)s” needs “sampling:” with temperature and max_tokens."),
    "sampling_useless": _("“%(uses)s” does not sample; remove this key."),
    "input_needed": _("“%(uses)s” needs the input “%(name)s” (%(kind)s)."),
    "inputs_needed": _("“%(uses)s” needs at least one input."),
    "input_unknown": _("“%(uses)s” has no input “%(name)s”. Known: %(known)s."),
    "bad_reference": _("“%(value)s” is not a reference; write $inputs.instruction or $step.output."),
    "reference_unknown": _("“%(value)s” is not there: %(source)s gives %(known)s."),
    "reference_no_step": _("“%(value)s” is not there: no earlier step is called “%(source)s”."),
    "reference_kind": _("“%(value)s” is %(kind)s, but %(expected)s is needed here."),
    "image_to_text_model": _("“%(value)s” is a picture, but the model “%(model)s” reads text only."),
    "output_kind": _("The output must be text, but “%(value)s” is %(kind)s."),
    "budget_one": _("Give exactly one of budget_tokens and budget_characters."),
    "budget_model": _("budget_tokens needs “model:”, whose tokenizer counts them."),
    "order_wrong": _("“order” must name each of these inputs once: %(known)s."),
    "option_needed": _("“%(engine)s” needs “%(name)s”."),
    "option_useless": _("“%(engine)s” does not use this key; remove it."),
    "template_syntax": _("The prompt can't be read: %(reason)s."),
    "template_variable": _("Nothing provides the variable “%(name)s”. Known: %(known)s."),
    "template_image": _("“%(name)s” is a picture; a prompt's text can't hold it. It reaches the model by “in:” alone."),
    "template_refused": _("“%(what)s” is not allowed in a prompt."),
    "template_loop": _("A prompt may loop over documents only."),
    "template_nested_loop": _("A loop may not stand inside another loop."),
    "template_fails": _("The prompt fails on an example: %(reason)s."),
    "template_fails_empty": _(
        "The prompt fails where these are empty: %(names)s (%(reason)s). Put that part inside an “if”."
    ),
    "template_field": _("“%(name)s” has no field “%(field)s”. Known: %(known)s."),
    "template_no_field": _("“%(name)s” has no fields, so no “%(field)s” either; only a document has some."),
}


@dataclass(frozen=True)
class ShownProblem:
    """`line` is 1-based; `key` is dotted and empty for the whole document."""

    line: int
    key: str
    message: str


def shown(error: SpecError) -> list[ShownProblem]:
    return [ShownProblem(problem.line, problem.key, translated(problem)) for problem in error.problems]


def translated(problem: SpecProblem) -> str:
    text = TEXTS.get(problem.code)
    facts = {name: str(KINDS.get(value, value)) for name, value in problem.facts.items()}
    return problem.message if text is None else str(text) % facts
