"""Judgments repeat what a report needs of their place, and their ratings packed: a million are read without a join.

The database fills in what the place says, refuses ratings that the packed ones don't say (domain/packing.py), and keeps
still what was repeated: criteria of judged evaluations, and of places and comparisons what they are about."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

PLACED = """
CREATE FUNCTION place_judgment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT s.evaluation_id, c.task_id, s.is_check OR s.is_extra INTO NEW.evaluation_id, NEW.task_id, NEW.is_aside
    FROM assessment_assignment s JOIN assessment_comparison c ON c.id = s.comparison_id WHERE s.id = NEW.assignment_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER judgment_placed BEFORE INSERT ON assessment_judgment FOR EACH ROW EXECUTE FUNCTION place_judgment();
"""
UNPLACED = """
DROP TRIGGER judgment_placed ON assessment_judgment;
DROP FUNCTION place_judgment();
"""
PACKED = """
CREATE FUNCTION packed_rating(kind text, preference int, value_a int, value_b int) RETURNS bytea LANGUAGE sql IMMUTABLE
AS $$
    SELECT set_byte('\\x00', 0, coalesce(preference + 2, 0)) || CASE WHEN kind = 'comparative' THEN '' ELSE
        int2send(coalesce(value_a, -1)::int2) || int2send(coalesce(value_b, -1)::int2) END
$$;
CREATE FUNCTION refuse_other_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM said JOIN assessment_judgment j ON j.id = said.judgment_id
        JOIN assessment_criterion c ON c.id = said.criterion_id
        CROSS JOIN LATERAL packed_rating(c.kind, said.preference, said.value_a, said.value_b) slot
        CROSS JOIN LATERAL (
            SELECT 1 + coalesce(sum(length(packed_rating(b.kind, 0, 0, 0))), 0)::int AS start
            FROM assessment_criterion b
            WHERE b.evaluation_id = c.evaluation_id AND (b.position, b.id) < (c.position, c.id)
        ) slots
        WHERE c.evaluation_id <> j.evaluation_id OR substring(j.packed FROM slots.start FOR length(slot)) <> slot
    ) THEN
        RAISE EXCEPTION 'ratings refused: their judgment has others packed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER rating_as_packed AFTER INSERT ON assessment_rating REFERENCING NEW TABLE AS said
FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_ratings();
"""
UNPACKED = """
DROP TRIGGER rating_as_packed ON assessment_rating;
DROP FUNCTION refuse_other_ratings();
DROP FUNCTION packed_rating(text, int, int, int);
"""
STILL = """
CREATE FUNCTION refuse_judged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM assessment_judgment
        WHERE evaluation_id = CASE TG_OP WHEN 'DELETE' THEN OLD.evaluation_id ELSE NEW.evaluation_id END
    ) THEN
        RAISE EXCEPTION '% of criterion refused: its evaluation is judged', TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER criterion_still BEFORE INSERT OR DELETE OR UPDATE OF evaluation_id, position, kind
ON assessment_criterion FOR EACH ROW EXECUTE FUNCTION refuse_judged();
CREATE TRIGGER place_still BEFORE UPDATE OF evaluation_id, comparison_id, is_check, is_extra, state
ON assessment_assignment FOR EACH ROW WHEN (
    (OLD.evaluation_id, OLD.comparison_id, OLD.is_check, OLD.is_extra)
    <> (NEW.evaluation_id, NEW.comparison_id, NEW.is_check, NEW.is_extra)
    OR (OLD.state IN ('done', 'withdrawn') AND NEW.state NOT IN (OLD.state, 'withdrawn'))
) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER comparison_still BEFORE UPDATE OF evaluation_id, task_id ON assessment_comparison
FOR EACH ROW WHEN ((OLD.evaluation_id, OLD.task_id) <> (NEW.evaluation_id, NEW.task_id))
EXECUTE FUNCTION refuse_change();
"""
MOVING = """
DROP TRIGGER comparison_still ON assessment_comparison;
DROP TRIGGER place_still ON assessment_assignment;
DROP TRIGGER criterion_still ON assessment_criterion;
DROP FUNCTION refuse_judged();
"""
FILL = """
SET LOCAL work_mem = '128MB';
ALTER TABLE assessment_judgment DISABLE TRIGGER judgment_append_only;
UPDATE assessment_judgment j SET evaluation_id = s.evaluation_id, task_id = c.task_id,
    is_aside = s.is_check OR s.is_extra, packed = coalesce(told.packed, '')
FROM assessment_assignment s JOIN assessment_comparison c ON c.id = s.comparison_id
JOIN assessment_judgment same ON same.assignment_id = s.id
LEFT JOIN (
    SELECT f.id, string_agg(packed_rating(k.kind, r.preference, r.value_a, r.value_b), '' ORDER BY k.position, k.id)
        AS packed
    FROM assessment_judgment f JOIN assessment_assignment p ON p.id = f.assignment_id
    JOIN assessment_criterion k ON k.evaluation_id = p.evaluation_id
    LEFT JOIN assessment_rating r ON r.judgment_id = f.id AND r.criterion_id = k.id
    GROUP BY f.id
) told ON told.id = same.id
WHERE same.id = j.id;
ALTER TABLE assessment_judgment ENABLE TRIGGER judgment_append_only;
"""


def sent(name: str, *told: object) -> models.Func:
    return models.Func(*told, function=name, output_field=models.BinaryField())


VERDICTS = ("a_much", "a", "tie", "both_bad", "b", "b_much")
PLACES = [models.When(verdict=verdict, then=models.Value(place)) for place, verdict in enumerate(VERDICTS)]
SIDE = models.Case(models.When(a_on_left=True, then=models.Value(6)), default=models.Value(0))
RECORD = models.Func(
    sent("int8send", models.F("task")),
    sent("int8send", models.F("assessor")),
    sent("float8send", models.F("seconds")),
    sent("timestamptz_send", models.F("judged_at")),
    sent(
        "int2send",
        django.db.models.functions.comparison.Cast(models.Case(*PLACES) + SIDE, models.SmallIntegerField()),
    ),
    models.F("packed"),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=models.BinaryField(),
)


def told_of(model: str, *, null: bool) -> models.Field[Any, Any]:
    return models.ForeignKey(
        model,
        null=null,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
        editable=False,
    )


class Migration(migrations.Migration):
    dependencies = [("assessment", "0012_imported"), ("audit", "0002_append_only"), ("buckets", "0002_frozen_guard")]
    operations = [
        migrations.AddField("judgment", "evaluation", told_of("assessment.evaluation", null=True)),
        migrations.AddField("judgment", "task", told_of("buckets.task", null=True)),
        migrations.AddField("judgment", "is_aside", models.BooleanField(db_default=False, editable=False)),
        migrations.AddField("judgment", "packed", models.BinaryField(default=b"")),
        migrations.RunSQL(PACKED, UNPACKED),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("judgment", "evaluation", told_of("assessment.evaluation", null=False)),
        migrations.AlterField("judgment", "task", told_of("buckets.task", null=False)),
        migrations.AddField(
            "judgment",
            "record",
            models.GeneratedField(expression=RECORD, output_field=models.BinaryField(), db_persist=True),
        ),
        migrations.AddIndex("judgment", models.Index(fields=["evaluation"], name="judgment_evaluation")),
        migrations.AddIndex(
            "judgment",
            models.Index(
                fields=["evaluation", "supersedes"],
                name="judgment_correction",
                condition=models.Q(supersedes__isnull=False),
            ),
        ),
        migrations.RunSQL(PLACED, UNPLACED),
        migrations.RunSQL(STILL, MOVING),
    ]
