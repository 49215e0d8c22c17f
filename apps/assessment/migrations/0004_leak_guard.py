"""The database keeps the leak guard: nothing unreleased is handed out, and no mask changes under an assessor."""

from django.db import migrations

APPEND_ONLY = ("leakhit", "leakchoice")
GUARDS = {
    "assessment_leakchoice": """
CREATE FUNCTION refuse_late_choice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM assessment_assignment
        JOIN assessment_leakhit ON assessment_leakhit.comparison_id = assessment_assignment.comparison_id
        WHERE assessment_leakhit.id = NEW.hit_id AND assessment_assignment.state <> 'free'
    ) THEN
        RAISE EXCEPTION 'choice refused: an assessor has begun this comparison' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT ON assessment_leakchoice FOR EACH ROW EXECUTE FUNCTION refuse_late_choice();
""",
    "assessment_assignment": """
CREATE FUNCTION refuse_unreleased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM assessment_comparison WHERE id = NEW.comparison_id AND state = 'released') THEN
        RAISE EXCEPTION 'place refused: its comparison is not released' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE INSERT ON assessment_assignment FOR EACH ROW EXECUTE FUNCTION refuse_unreleased();
""",
    "assessment_comparison": """
CREATE FUNCTION keep_released() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM assessment_assignment WHERE comparison_id = NEW.id) THEN
        RAISE EXCEPTION 'change refused: this comparison has places' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER guard BEFORE UPDATE OF state ON assessment_comparison FOR EACH ROW
WHEN (NEW.state <> 'released') EXECUTE FUNCTION keep_released();
""",
}
FUNCTIONS = {
    "assessment_leakchoice": "refuse_late_choice",
    "assessment_assignment": "refuse_unreleased",
    "assessment_comparison": "keep_released",
}


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_leaks"), ("audit", "0002_append_only")]
    operations = [
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON assessment_{table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
                f"DROP TRIGGER {table}_append_only ON assessment_{table}",
            )
            for table in APPEND_ONLY
        ),
        *(
            migrations.RunSQL(guard, f"DROP TRIGGER guard ON {table}; DROP FUNCTION {FUNCTIONS[table]}()")
            for table, guard in GUARDS.items()
        ),
    ]
