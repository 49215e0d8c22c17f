"""A place and a change of its comparison's state wait for each other, so that neither overlooks the other."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION refuse_unreleased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM assessment_comparison WHERE id = NEW.comparison_id AND state = 'released' {lock};
    IF NOT FOUND THEN
        RAISE EXCEPTION 'place refused: its comparison is not released' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("assessment", "0004_leak_guard")]
    operations = [migrations.RunSQL(GUARD.format(lock="FOR SHARE"), GUARD.format(lock=""))]
