"""The database counts places: never more of a comparison than its evaluation allows, one of a check, and what is withdrawn
is not counted. Whoever makes places of one comparison does it one after the other."""

from django.db import migrations

APPEND_ONLY = ("check", "golditem", "adjudication")
BEFORE = """
CREATE OR REPLACE FUNCTION refuse_unreleased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM assessment_comparison WHERE id = NEW.comparison_id AND state = 'released' FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'place refused: its comparison is not released' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""
AFTER = """
CREATE OR REPLACE FUNCTION refuse_unreleased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    allowed integer;
BEGIN
    SELECT CASE WHEN c.is_check THEN 1 ELSE coalesce(e.most_overlap, e.overlap) END INTO allowed
    FROM assessment_comparison c JOIN assessment_evaluation e ON e.id = c.evaluation_id
    WHERE c.id = NEW.comparison_id AND c.state = 'released' AND c.is_check = NEW.is_check
    FOR NO KEY UPDATE OF c;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'place refused: its comparison is not released' USING ERRCODE = 'restrict_violation';
    END IF;
    IF allowed <= (
        SELECT count(*) FROM assessment_assignment WHERE comparison_id = NEW.comparison_id AND state <> 'withdrawn'
    ) THEN
        RAISE EXCEPTION 'place refused: its comparison has all it may have' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""
LANGUAGES = """
UPDATE assessment_assignment SET language = split_part(buckets_task.language, '-', 1)
FROM assessment_comparison, buckets_task
WHERE assessment_comparison.id = assessment_assignment.comparison_id
  AND buckets_task.id = assessment_comparison.task_id
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0006_checks"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(AFTER, BEFORE),
        migrations.RunSQL(LANGUAGES, migrations.RunSQL.noop),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON assessment_{table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
                f"DROP TRIGGER {table}_append_only ON assessment_{table}",
            )
            for table in APPEND_ONLY
        ),
    ]
