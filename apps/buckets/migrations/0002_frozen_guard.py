"""The database refuses changes to what a frozen bucket asks. Errors carry SQLSTATE 23000: Django's IntegrityError."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION buckets_refuse_if_frozen(wanted bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE frozen timestamptz;
BEGIN
    -- FOR SHARE: a freeze waits for us, and we wait for a freeze, so neither can slip past the other.
    SELECT frozen_at INTO frozen FROM buckets_bucket WHERE id = wanted FOR SHARE;
    IF frozen IS NOT NULL THEN
        RAISE EXCEPTION 'bucket % is frozen since %', wanted, frozen
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bucket_frozen';
    END IF;
END $$;

CREATE FUNCTION buckets_guard_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM buckets_refuse_if_frozen(OLD.bucket_id); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM buckets_refuse_if_frozen(NEW.bucket_id); RETURN NEW; END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION buckets_guard_task_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        PERFORM buckets_refuse_if_frozen(bucket_id) FROM buckets_task WHERE id = OLD.task_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM buckets_refuse_if_frozen(bucket_id) FROM buckets_task WHERE id = NEW.task_id;
        RETURN NEW;
    END IF;
    RETURN OLD;
END $$;

CREATE FUNCTION buckets_guard_bucket() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.frozen_at IS NOT NULL AND (TG_OP = 'DELETE' OR
        (NEW.name, NEW.version, NEW.sha256, NEW.frozen_at)
            IS DISTINCT FROM (OLD.name, OLD.version, OLD.sha256, OLD.frozen_at)) THEN
        RAISE EXCEPTION 'bucket % is frozen since %', OLD.id, OLD.frozen_at
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'bucket_frozen';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION buckets_guard_image() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'image % is immutable', OLD.id
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'image_immutable';
END $$;

CREATE TRIGGER task_of_frozen_bucket BEFORE INSERT OR UPDATE OR DELETE ON buckets_task
    FOR EACH ROW EXECUTE FUNCTION buckets_guard_task();
CREATE TRIGGER task_image_of_frozen_bucket BEFORE INSERT OR UPDATE OR DELETE ON buckets_taskimage
    FOR EACH ROW EXECUTE FUNCTION buckets_guard_task_image();
CREATE TRIGGER frozen_bucket BEFORE UPDATE OR DELETE ON buckets_bucket
    FOR EACH ROW EXECUTE FUNCTION buckets_guard_bucket();
CREATE TRIGGER image_content BEFORE UPDATE ON buckets_image
    FOR EACH ROW WHEN ((OLD.sha256, OLD.media_type, OLD.width_px, OLD.height_px)
        IS DISTINCT FROM (NEW.sha256, NEW.media_type, NEW.width_px, NEW.height_px)) EXECUTE FUNCTION buckets_guard_image();
"""

BACKWARD = """
DROP TRIGGER image_content ON buckets_image;
DROP TRIGGER frozen_bucket ON buckets_bucket;
DROP TRIGGER task_image_of_frozen_bucket ON buckets_taskimage;
DROP TRIGGER task_of_frozen_bucket ON buckets_task;
DROP FUNCTION buckets_guard_image();
DROP FUNCTION buckets_guard_bucket();
DROP FUNCTION buckets_guard_task_image();
DROP FUNCTION buckets_guard_task();
DROP FUNCTION buckets_refuse_if_frozen(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("buckets", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
