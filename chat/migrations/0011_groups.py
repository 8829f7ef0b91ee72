"""The groups of those who run the chat beside its superusers."""

from django.conf import settings
from django.contrib.auth.management import create_permissions
from django.db import migrations

LOOKS = ("case", "event", "heldmessage", "membership", "message", "room", "sanction", "auditentry")
MODERATOR = [*(f"view_{name}" for name in LOOKS), "delete_message", "add_sanction", "change_case", "view_user"]
SITE_ADMIN = [
    *MODERATOR,
    *(f"{act}_{name}" for name in ("room", "membership", "wordrule") for act in ("add", "change", "delete")),
    *(f"{act}_invite" for act in ("add", "delete", "view")),
    "view_wordrule", "view_installation", "change_installation",
]  # fmt: skip
GROUPS = {"Moderator": MODERATOR, "Site admin": SITE_ADMIN}


def make_groups(apps, schema_editor):
    _make_permissions(apps)
    for name, codenames in GROUPS.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        group.permissions.add(*_permissions(apps).filter(codename__in=codenames))


def _make_permissions(apps):
    """Django makes them only after all migrations."""
    for label in {"chat", settings.AUTH_USER_MODEL.split(".")[0]}:
        app = apps.get_app_config(label)
        app.models_module = True
        create_permissions(app, apps=apps, verbosity=0)
        app.models_module = None


def _permissions(apps):
    labels = {"chat", settings.AUTH_USER_MODEL.split(".")[0]}
    return apps.get_model("auth", "Permission").objects.filter(content_type__app_label__in=labels)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0010_reports_and_appeals'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
