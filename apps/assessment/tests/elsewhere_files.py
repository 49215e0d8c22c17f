"""Small files of our own in the shapes that other tools export; see the readers for where these are documented."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any


def lines(*objects: Any) -> str:
    return "".join(f"{json.dumps(item)}\n" for item in objects)


def table(rows: list[dict[str, Any]], separator: str = ",") -> str:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def zipped(files: dict[str, str], how: int = zipfile.ZIP_STORED) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", how) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return packed.getvalue()


def span(start: int, end: int, severity: str, category: str | None = None) -> dict[str, Any]:
    return {"start_i": start, "end_i": end, "severity": severity, "category": category}


def scored(user: str, number: int | str, annotation: Any, **more: Any) -> dict[str, Any]:
    item = {"item_id": f"doc-{number}", "src": "Describe it.", "tgt": {"new": "A red fox", "old": "A fox"}}
    actions = [{"time": 1771311126.056, "action": "load"}, {"time": 1771311136.056, "action": "submit"}]
    return {"annotation": annotation, "actions": actions, "item": [item], "user_id": user, "item_i": number, **more}


def marked(score: float | None, *spans: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"score": score, "error_spans": list(spans), "textfield": None, **more}


MQM = span(0, 4, "major", "Accuracy/Hallucination")
PEARMUT_LINES = [
    scored("swift-otter-1", 0, [{"new": marked(20), "old": marked(90)}]),
    scored("swift-otter-1", 0, "__RESET__"),
    scored("swift-otter-1", 0, [{"new": marked(91.0, MQM), "old": marked(80, span(0, 1, "minor"), MQM)}]),
    scored("calm-heron-2", 0, [{"new": marked(70), "old": marked(72, span(2, 4, "minor"))}]),
    scored("calm-heron-2", "welcome_0", [{"new": marked(1), "old": marked(2)}]),
    scored("calm-heron-2", 1, [None]),
]
PEARMUT_SLIDERS = scored(
    "u", 0, [{m: marked(None, sliders={"Fluency": f, "Adequacy": 50}) for m, f in (("new", 4), ("old", 2))}]
)

POTATO_V1 = {
    "id": "60",
    "displayed_text": "Which caption is better?",
    "label_annotations": {
        "overall": {"A": "true"},
        "fluency_a": {"scale_4": "4"},
        "fluency_b": {"scale_2": "2"},
        "why": {"text_box": "it is shorter"},
    },
    "span_annotations": {},
    "behavioral_data": {"time_string": "Time spent: 0d 0h 1m 5s "},
}
POTATO_STATE = {
    "user_id": "annotator_1",
    "instance_id_to_label_to_value": {
        "item_001": [
            [{"schema": "agent_comparison", "name": "overall"}, "A"],
            [{"schema": "agent_comparison", "name": "accuracy"}, "tie"],
            [{"schema": "agent_comparison", "name": "justification"}, '{"reasons": []}'],
            [{"schema": "clarity", "name": "Response A"}, "4"],
            [{"schema": "clarity", "name": "Response B"}, "5"],
        ],
        "item_002": {"agent_comparison": {"overall": "B", "accuracy": "B"}},
    },
    "instance_id_to_span_to_value": {},
    "instance_id_to_behavioral_data": {"item_001": {"session_end": 1706500045.0, "total_time_ms": 45000}},
}
POTATO_EXPORT = {
    "instance_id": "1",
    "user_id": "alice",
    "labels": {"preference": {"selection": "tie"}, "grammar": {"scale_value": "-2"}},
    "spans": {},
    "links": {},
}

TASK = {"prompt": "Q", "text1": "l", "text2": "r"}
PAIRWISE = {"id": "x1", "from_name": "pw", "to_name": "txt-1,txt-2", "type": "pairwise", "value": {"selected": "right"}}
LABEL_STUDIO: list[dict[str, Any]] = [
    {
        "id": 7,
        "data": TASK,
        "annotations": [
            {
                "completed_by": 1,
                "lead_time": 4.5,
                "created_at": "2021-03-09T22:16:08.728353Z",
                "result": [
                    PAIRWISE,
                    {"from_name": "fluency", "to_name": "txt-1", "type": "rating", "value": {"rating": 3}},
                    {"from_name": "fluency", "to_name": "txt-2", "type": "rating", "value": {"rating": 5}},
                    {"from_name": "grammar", "to_name": "txt-1", "type": "choices", "value": {"choices": ["left"]}},
                    {
                        "from_name": "spans",
                        "to_name": "txt-1",
                        "type": "labels",
                        "value": {"start": 0, "end": 1, "text": "l", "labels": ["Hallucination"]},
                    },
                ],
            },
            {"completed_by": {"email": "e@x.org"}, "result": []},
            {"completed_by": 2, "was_cancelled": True, "result": []},
        ],
        "predictions": [],
        "project": 83,
    }
]
LABEL_STUDIO_MIN = [
    {
        **TASK,
        "id": 7,
        "pw": [{"selected": "left"}],
        "fluency_a": [{"rating": 4}],
        "fluency_b": [{"rating": 4}],
        "grammar": "right",
        "annotator": 1,
        "annotation_id": 1001,
        "created_at": "2021-03-09T22:16:08.728353Z",
        "updated_at": "2021-03-09T22:16:08.728378Z",
        "lead_time": 4.288,
    }
]


def turns(asked: str, said: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]


def battle(judge: str, winner: str, a: str = "x", b: str = "y", **more: object) -> str:
    talk = {"conversation_a": turns("Q", f"by {a}"), "conversation_b": turns("Q", f"by {b}")}
    return lines({"model_a": a, "model_b": b, "winner": winner, "judge": judge, **talk, **more})


ARENA = battle("u1", "model_a") + battle("u2", "model_a", "y", "x") + battle("u3", "tie (bothbad)")
PARTS = [{"role": "user", "content": [{"type": "text", "text": "Q", "image": None, "mimeType": None}]}]
ARENA_140K = {
    "id": "f00",
    "model_a": "x",
    "model_b": "y",
    "winner": "both_bad",
    "evaluation_session_id": "s1",
    "evaluation_order": 1,
    "conversation_a": PARTS,
    "conversation_b": PARTS,
    "conv_metadata": {"sum_assistant_a_tokens": 3},
    "category_tag": {"math_v0.1": {"math": True}, "if_v0.1": {"if": False, "score": 1}},
    "language": "en",
    "is_code": False,
    "timestamp": "2025-07-01T12:00:00",
}
MT_BENCH = {"question_id": 81, "model_a": "x", "model_b": "y", "winner": "tie", "judge": "expert_0"}
ARENA_55K = table(
    [
        {
            "id": 30192,
            "model_a": "x",
            "model_b": "y",
            "prompt": '["Q", "And then?"]',
            "response_a": '["one", null]',
            "response_b": '["two"]',
            "winner_model_a": 0,
            "winner_model_b": 1,
            "winner_tie": 0,
        }
    ]
)
