"""An exposure's arm belongs to the exposure's split: a composite foreign key, which Django has no words for."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("splits", "0001_initial")]
    operations = [
        migrations.RunSQL(
            """
            ALTER TABLE splits_arm ADD CONSTRAINT arm_of_split UNIQUE (id, split_id);
            ALTER TABLE splits_exposure ADD CONSTRAINT exposure_of_own_arm
                FOREIGN KEY (arm_id, split_id) REFERENCES splits_arm (id, split_id) DEFERRABLE INITIALLY DEFERRED;
            """,
            """
            ALTER TABLE splits_exposure DROP CONSTRAINT exposure_of_own_arm;
            ALTER TABLE splits_arm DROP CONSTRAINT arm_of_split;
            """,
        )
    ]
