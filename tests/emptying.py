"""How a test finds and leaves the database: as after `migrate`, which Django's flush does too, but without its cost.

`flush` truncates every table, which on PostgreSQL writes new files for each, and then makes all content types and
permissions anew. Deleting the few rows of a test takes a tenth of that, and those two tables never change; of the
groups those of a migration stay.
"""

import shutil
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from chat.services.installation import ensure_installation

KEPT = {"auth_permission", "django_content_type", "django_migrations", "auth_group", "auth_group_permissions"}
MADE = "SELECT id FROM auth_group WHERE name IN ('Moderator', 'Room moderator', 'Site admin')"
"""The groups of a migration."""


def _empty(_: TransactionTestCase) -> None:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - KEPT
    # Foreign keys are looked at when the transaction ends, so the order is all the same.
    with transaction.atomic(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)}")
        cursor.execute(f"DELETE FROM auth_group_permissions WHERE group_id NOT IN ({MADE})")
        cursor.execute(f"DELETE FROM auth_group WHERE id NOT IN ({MADE})")
    ensure_installation()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether it was migrated already: a file can be copied from others that begin so."""
    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_keepdb: bool, request: pytest.FixtureRequest
) -> None:
    if django_db_keepdb:
        migrated: Path = request.getfixturevalue("migrated_sqlite")
        shutil.copy(migrated, connection.settings_dict["TEST"]["NAME"])


@pytest.fixture(autouse=True, scope="session")
def emptying() -> None:
    """Every test that commits ends so."""
    TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]
