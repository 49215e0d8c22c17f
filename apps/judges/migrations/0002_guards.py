from django.db import migrations

OWN = """
CREATE FUNCTION refuse_foreign_comparison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM assessment_comparison comparison JOIN judges_automaticjudge judge
        ON judge.evaluation_id = comparison.evaluation_id
        WHERE comparison.id = NEW.comparison_id AND judge.id = NEW.judge_id AND NOT comparison.is_check;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'an automatic judge judges comparisons of its own evaluation that are no checks'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER automatic_judgment_own BEFORE INSERT ON judges_automaticjudgment
    FOR EACH ROW EXECUTE FUNCTION refuse_foreign_comparison();
"""
NO_LONGER = """
DROP TRIGGER automatic_judgment_own ON judges_automaticjudgment;
DROP FUNCTION refuse_foreign_comparison();
"""


class Migration(migrations.Migration):
    dependencies = [("judges", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER automatic_judgment_append_only BEFORE UPDATE OR DELETE ON judges_automaticjudgment "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
            "DROP TRIGGER automatic_judgment_append_only ON judges_automaticjudgment",
        ),
        migrations.RunSQL(OWN, NO_LONGER),
    ]
