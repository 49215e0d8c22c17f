"""What unblinds is found, what merely sounds like it is not, and hostile text costs no more than other text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.assessment.domain.leaks import MASK, MOST_SPANS, Secrets, mask_spans, own_names, own_prompts, scan_answer
from apps.assessment.domain.leaks.echoes import find_echoes
from apps.assessment.domain.rendering import render_markdown

pytestmark = pytest.mark.slow

SPEC = {
    "name": "Read and search",
    "models": {"llm": {"source": "acme/Zorblax-VL-8B-Instruct"}, "eye_model": {"source": "wheel:llm_tiny7"}},
    "steps": [
        {"id": "web_lookup", "uses": "text_search"},
        {
            "id": "answer",
            "uses": "generate",
            "prompt": {
                "system": "{% if ru %}Отвечай кратко и точно, одним предложением.{% else %}You are a careful helper. "
                "Answer the question from the facts, in one or two sentences.{% endif %}",
                "user": "{{ instruction }}",
            },
        },
    ],
}
SECRETS = Secrets(own_names(SPEC, "Blue heron 3"), own_prompts(SPEC))


def kinds(text: str, **given: object) -> set[str]:
    return {span.kind for span in scan_answer(text, SECRETS, **given)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "matched"),
    [
        ("Ask Qwen2.5-VL-7B-Instruct.", "Qwen2.5-VL-7B-Instruct"),
        ("I think ChatGPT's answer", "ChatGPT's"),
        ("by OpenAI, of course", "OpenAI"),
        ("GPT-4o said so", "GPT-4o"),
        ("like LLaMA or others", "LLaMA"),
        ("a Llama 3 derivative", "Llama 3"),
        ("Gemini 1.5 Pro sees it", "Gemini 1.5 Pro"),
        ("Gemini Pro", "Gemini Pro"),
        ("made by Google DeepMind", "Google DeepMind"),
        ("Claude 3.5 Sonnet", "Claude 3.5 Sonnet"),
        ("Claude Sonnet", "Claude Sonnet"),
        ("from Anthropic", "Anthropic"),
        ("Meta AI is", "Meta AI"),
        ("Mistral-7B-Instruct-v0.3 is", "Mistral-7B-Instruct-v0.3"),
        ("DeepSeek-R1", "DeepSeek-R1"),
        ("из ГигаЧатом", "ГигаЧатом"),
        ("YandexGPT 5", "YandexGPT 5"),
        ("это Яндекс Алиса", "Яндекс Алиса"),
        ("SmolLM2-135M", "SmolLM2-135M"),
        ("see Hugging Face", "Hugging Face"),
        ("Kimi K2", "Kimi K2"),
        ("GLM-4.5", "GLM-4.5"),
        ("Grok-1", "Grok-1"),
    ],
)
def test_models_and_their_makers_are_found_by_name(text: str, matched: str) -> None:
    assert [(span.kind, span.matched) for span in scan_answer(text, Secrets())] == [("name", matched)]


@pytest.mark.parametrize(
    "text",
    [
        "As an AI language model, I cannot say.",
        "As a large language model I can't",
        "Sorry, but as an AI assistant, I can't see it.",
        "I am an AI and have no eyes.",
        "I'm just a virtual assistant.",
        "I am Claude.",
        "As Gemini, I see a cat.",
        "My name is Alpaca",
        "I was trained by people.",
        "I was created by Meta.",
        "This model was developed by the team at Google.",
        "My knowledge cutoff is 2023.",
        "As of my last update, it was so.",
        "Как языковая модель, я не вижу картинок.",
        "К сожалению, как нейросеть, я не могу.",
        "Я — большая языковая модель.",
        "Я всего лишь ИИ-ассистент",
        "Меня зовут Алиса.",
        "Я — Алиса",
        "Меня создали в России.",
        "Я был обучен на текстах.",
        "Нейросеть от Сбера",
        "Мои обучающие данные кончаются",
    ],
)
def test_an_answer_that_speaks_of_itself_is_found(text: str) -> None:
    assert {span.kind for span in scan_answer(text, Secrets())} == {"self"}


@pytest.mark.parametrize(
    "text",
    [
        "<|im_end|>",
        "Yes.</s>",
        "[INST] What? [/INST]",
        "<<SYS>>",
        "<image>",
        "<think>hm</think>",
        "<|vision_start|>",
        "<｜end▁of▁sentence｜>",
        "<extra_id_0>",
        "<0x0A>",
        "Yes\n### Response: no",
        "ASSISTANT: yes",
        "the▁cat",
        "theĠcat",
        "<end_of_utterance>",
    ],
)
def test_stray_marks_of_tokenizers_are_found(text: str) -> None:
    assert {span.kind for span in scan_answer(text, Secrets())} == {"token"}


@pytest.mark.parametrize(
    "text",
    [
        *("_Qwen_", "__ChatGPT__", "_search-llm_", "Chat**GPT**", "**GPT**-4", "**Llama** 3", "Gemini ***1.5***"),
        *("I’m **Claude**.", "I am *Claude*", "As an **AI language model**, I", "My name is _Gemini_", "I am `Claude`"),
        *("Я — *языковая модель*", "GPT\u20114", "Llama\u20113", "Gemini\u20112.5", "search\u2011llm", "GPT\u20144"),
        *("GPT\u00a04", "GPT\\-4", r"\<think\>", "&lt;think&gt;", "Q&#119;en", "Qw\u200ben", "Qw&shy;en", "ＱＷＥＮ"),
        *(
            "Assistant: yes",
            "No.\nHuman: who?",
            "**Assistant:** yes",
            "- Human: who?",
            "> # Assistant: yes",
            "**Red**Qwen",
            "2*GPT-4",
        ),
        *(
            "**Qwen is** red",
            "I am **Claude, a fine one** indeed",
            "**I am Claude** indeed",
            "~~Qwen~~",
            "<think>_a_\n* b",
        ),
    ],
)
def test_what_the_page_shows_counts_not_how_it_is_written(text: str) -> None:
    """And what is masked leaves no half of a mark of Markdown behind, and no half of a name."""
    spans = scan_answer(text, Secrets(frozenset({"search-llm"})))
    assert spans
    page = re.sub("<.*?>", "", render_markdown(mask_spans(text, [(span.start, span.end) for span in spans])))
    assert MASK in page
    assert not re.search(r"\*\*|[_`~&]|qwen|gpt|claude|llama|gemini|llm|модель|think|model", page, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Red. <think>It is\n\nblue</think> Green.", f"Red. {MASK} Green."),
        ("Red. <THINKING>It is blue", f"Red. {MASK}"),
        ("[THINK]It is blue[/THINK]Green.", f"{MASK}Green."),
        ("It is blue.</think>Green.", f"{MASK}Green."),
        ("<think>a</think>Red<think>b</think>", f"{MASK}Red{MASK}"),
        ("**Chat**GPT is **red**", f"{MASK} is **red**"),
        ("I am **Claude, a fine one**", f"**{MASK}, a fine one**"),
        ("**Yes, I am Claude** indeed", f"**Yes, {MASK}** indeed"),
        (r"\_Claude 3\_", rf"\_{MASK}\_"),
        ("I am [Claude](https://a.b), red", f"{MASK}, red"),
        ("by [GPT](https://a.b)-4, see [here](https://c.d)", f"by {MASK}, see [here](https://c.d)"),
        ("see [Claude 3](https://a.b)", f"see [{MASK}](https://a.b)"),
        ("ChatGPT—which is red", f"{MASK}—which is red"),
    ],
)
def test_a_mask_hides_thinking_whole_and_keeps_the_rest(text: str, seen: str) -> None:
    assert mask_spans(text, [(span.start, span.end) for span in scan_answer(text, Secrets())]) == seen


HARMLESS = [
    "Claude Monet painted it; as Claude Monet said, light is all. Claude Debussy wrote music.",
    "The constellation Gemini lies between Taurus and Cancer. Gemini 8 flew in 1966. I am a Gemini.",
    "He saw a llama 3 times. A llama and an alpaca graze beside a vicuna. As llamas go, it is large. The Dalai Lama.",
    "This is a meta question about metadata. Meta means beyond.",
    "The logo of Meta stands beside those of Google, Яндекс and Сбер.",
    "The phone was made by Google, the laptop by Apple.",
    "The mistral blows cold in Provence; the Mistral reached Mistral's house.",
    "You must grok it. Kimi Räikkönen won. A GLM is a generalised linear model. Falcon 9 landed.",
    "The angle phi is 0.5 and Phi Beta Kappa is a society. Gemma Arterton is an actor.",
    "The anthropic principle is debated. Anthropic principle or not.",
    "The GPT partition table replaced the MBR one. An apt copilot flies the plane. Bard Street.",
    "The brain works as a neural network does. BERT is used as a language model. She is an AI researcher.",
    "I was made to wait. I was trained as a nurse. The dog was trained by its owner.",
    "She said: as an assistant manager I know that.",
    "Use <b>bold</b> and <s>struck out</s> text, a < b and c > d, List[str], [1], array[i], <div>.",
    "The user: a person. Assistant professors teach. Human: a species.",
    "Алиса в Стране чудес. Девочка Алиса и кот. Лама живёт в Андах. Клод Моне писал кувшинки.",
    "Мистраль дует с севера. Логотип Сбера зелёный. Мозг работает как нейросеть. Я обожаю модели машин.",
    "Нейросеть — это модель. Меня удивил цвет. Как модель, она снималась в кино. Я модель для сборки.",
    "Look at the hugging face emoji. Ġgantija is a temple; Ġorġ lives in Malta.",
    "As a model citizen he paid. As an artist I care. The as-is state. My training starts at six.",
    "The answer lies in the text search of the archive and a blue heron stands there.",
    "He saw the image and the video, paused [sic] and thought [about it].",
    "Command R runs the script. Nova is a star. Apple pie. Amazon river. An apple, made by nature.",
    "Open AI windows? No: open air windows. Deep mind games. A deep seek into the sea.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_sounds_like_it_is_left_alone(text: str) -> None:
    assert [span.matched for span in scan_answer(text, SECRETS)] == []


def test_what_the_revisions_are_called_is_found_unless_the_task_says_it() -> None:
    for text in (
        "Zorblax VL 8B Instruct",
        "I use zorblax-vl here",
        "blue heron 3!",
        "web_lookup says",
        "the infocontext",
    ):
        assert kinds(text) == {"own"}, text
    assert kinds("It is Zorblax-VL.", instruction="What is Zorblax-VL?") == set()
    assert own_names({"models": [1], "steps": [{"id": None}, 3], "name": None}, "Text only") == frozenset()


def test_models_are_known_as_the_traces_tell_them() -> None:
    local = {"engine": "transformers", "source": "acme/Quuxor-2B-it", "revision": "a1", "class": "LlamaForCausalLM"}
    remote = {"endpoint": "vllm-a", "source": "best", "id": "chatcmpl-12345", "served_model": "/models/Glimmerax-70B"}
    traces = [[{"step": "answer", "model": local}, {"step": "read", "model": remote}, {"model": {"source": ["x-1"]}}]]
    names = own_names({}, "Text only", traces)
    assert names == {"acme/Quuxor-2B-it", "Quuxor-2B-it", "Glimmerax-70B"}
    found = scan_answer("Quuxor 2B it, glimmerax-70b; chatcmpl-12345", Secrets(names))
    assert [(span.kind, span.matched) for span in found] == [("own", "Quuxor 2B it"), ("own", "glimmerax-70b")]


def test_a_prompt_that_comes_back_is_found_but_not_the_question_or_the_sources() -> None:
    echo = "Sure! Answer the question from the facts, in one or two sentences. It is red."
    (span,) = scan_answer(echo, SECRETS)
    assert (span.kind, span.matched) == ("prompt", "Answer the question from the facts, in one or two sentences")
    assert kinds("Отвечай кратко и точно, одним предложением: да") == {"prompt"}
    fact = "The tower was built in 1889 by men of great skill and patience."
    made = "You are a helpful AI named Zed, made in a shed by us."
    trace = [{"prompt": f"{made} {fact} Who built the big old iron tower?", "input": {"docs": [{"text": fact}]}}]
    asked = "Who built the big old iron tower?"
    assert kinds("You are a helpful AI named Zed, made in a shed.", trace=trace, instruction=asked) == {"prompt"}
    assert kinds("The tower was built in 1889 by men of great skill.", trace=trace, instruction=asked) == set()
    assert kinds("Who built the big old iron tower? Men did.", trace=trace, instruction=asked) == set()


def test_masks_are_all_as_long_and_neighbours_share_one() -> None:
    text = "I am Qwen by Alibaba. </s></s> </s>Yes, SmolLM2-135M."
    masked = mask_spans(text, [(span.start, span.end) for span in scan_answer(text, Secrets())])
    assert masked == f"I am {MASK} by Alibaba. {MASK}Yes, {MASK}."
    assert mask_spans("ab", [(0, 1), (1, 2)]) == MASK
    assert mask_spans("ab", []) == "ab"


def test_an_answer_with_very_many_leaks_is_hidden_to_its_end() -> None:
    text = "Qwen, " * 500
    spans = scan_answer(text, Secrets())
    assert len(spans) == MOST_SPANS
    assert "wen" not in mask_spans(text, [(span.start, span.end) for span in spans])


@given(
    st.text(max_size=300),
    st.lists(st.sampled_from(["Qwen", "<|im_end|>", "As an AI, I", "Я — ИИ", "</s>"]), max_size=4),
)
def test_spans_are_disjoint_and_say_what_stands_there(noise: str, leaks: list[str]) -> None:
    text = noise.join(["", *leaks, ""])
    end = 0
    for span in scan_answer(text, SECRETS):
        assert end <= span.start < span.end
        assert text[span.start : span.end] == span.matched
        end = span.end


PIECES = "as an AI ;a; ;<|;<s>;Qwen-;I am ;as a helpful large ;model ;[;gpt-4.1;я ;qwen_v1;1.1;языковая модель ;### "


@pytest.mark.parametrize(
    "piece", [*PIECES.split(";"), "<think>", "</think>", "_*", "**Qwen, ", "&#119;", "й…", "[a](", "[a](b)"]
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (40_000 // len(piece))
    started = time.process_time()
    mask_spans(text, [(span.start, span.end) for span in scan_answer(text, SECRETS)])
    assert time.process_time() - started < 1.5


def test_a_deeply_nested_trace_is_read() -> None:
    nested: object = "eight words that only stand in this source"
    for _ in range(5000):
        nested = [nested]
    trace = [{"prompt": "eight words that only stand in this source", "input": nested}, "no step"]
    assert list(find_echoes("eight words that only stand in this source", (), trace, "")) == []
