"""The group of those who moderate rooms of their own and decide in the admin on what is of these."""

from django.db import migrations

RIGHTS = ["view_case", "change_case", "view_heldmessage"]


def make_group(apps, schema_editor):
    group, _ = apps.get_model("auth", "Group").objects.get_or_create(name="Room moderator")
    rights = apps.get_model("auth", "Permission").objects.filter(content_type__app_label="chat", codename__in=RIGHTS)
    group.permissions.add(*rights)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0013_the_newest_of_a_person'),
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [migrations.RunPython(make_group, migrations.RunPython.noop)]
