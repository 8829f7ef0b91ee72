"""Rights in the admin are given by superusers alone, and each change of them is in the audit log."""

import pytest
from django.contrib.auth.models import Group, Permission

from chat import models
from chat.domain.errors import Conflict, Forbidden, NotFound
from chat.services import accounts, farewell, rights, sanctions
from chat.services.undo import undo
from tests.race import race
from tests.world import administrator, fresh


@pytest.fixture(autouse=True)
def _heads(settings, tmp_path):
    settings.AUDIT_HEADS = tmp_path / "heads.log"


@pytest.fixture
def root(world):
    return administrator()


@pytest.fixture
def crew(root):
    """A group that may remove messages."""
    return rights.save_group(actor=root, name="Crew", permissions=permissions("delete_message"))


def permissions(*codenames):
    return list(Permission.objects.filter(codename__in=codenames))


def newest():
    return models.AuditEntry.objects.select_related("person").latest("number")


def give(actor, person, **given):
    nothing = {"staff": False, "superuser": False, "groups": [], "permissions": []}
    rights.change_rights(actor=actor, person=person, **nothing | given)


def test_rights_that_were_given_are_noted_and_taken_back(world, root, crew):
    give(root, world.ben, staff=True, groups=[crew], permissions=permissions("view_room"))
    ben = fresh(world.ben)
    assert ben.is_staff and ben.has_perms(["chat.delete_message", "chat.view_room"])
    entry = newest()
    assert (entry.act, entry.person, entry.actor) == ("rights.changed", world.ben, root)
    now = {"staff": True, "superuser": False, "groups": ["Crew"], "permissions": ["chat.view_room"]}
    assert entry.details["now"] == now
    assert entry.details["was"] == {"staff": False, "superuser": False, "groups": [], "permissions": []}
    undo(actor=root, entry=entry, reason="a mistake")
    ben = fresh(world.ben)
    assert not ben.is_staff and not ben.groups.exists() and not ben.user_permissions.exists()
    with pytest.raises(Conflict):
        undo(actor=root, entry=entry, reason="again")
    undo(actor=root, entry=newest(), reason="after all")
    assert fresh(world.ben).has_perms(["chat.delete_message", "chat.view_room"])


def test_an_administrator_is_made_and_another_may_then_cease_to_be_one(world, root):
    give(root, world.ben, staff=True, superuser=True)
    ben = fresh(world.ben)
    assert ben.is_superuser
    give(ben, root)
    assert not fresh(root).is_superuser
    with pytest.raises(Conflict):
        give(ben, ben)


def test_what_changes_nothing_is_not_noted(world, root):
    before = newest().number if models.AuditEntry.objects.exists() else 0
    give(root, world.ben)
    assert models.AuditEntry.objects.filter(number__gt=before).count() == 0


def test_groups_are_made_changed_and_removed_with_what_they_let_their_members_do(world, root, crew):
    assert (newest().act, newest().details["now"]) == ("group.saved", ["chat.delete_message"])
    rights.save_group(actor=root, name="Mates", permissions=permissions("view_room"), group_id=crew.pk)
    assert newest().details == {"group": "Mates", "was": ["chat.delete_message"], "now": ["chat.view_room"]}
    give(root, world.ben, groups=[crew])
    rights.remove_group(actor=root, group_id=crew.pk)
    assert (newest().act, newest().details["was"]) == ("group.removed", ["chat.view_room"])
    assert not fresh(world.ben).groups.exists()
    for act in (rights.remove_group, lambda **given: rights.save_group(name="x", permissions=[], **given)):
        with pytest.raises(NotFound):
            act(actor=root, group_id=crew.pk)


def test_nobody_but_superusers_gives_rights(world, root, crew):
    give(root, world.ben, staff=True, permissions=permissions("change_user", "change_group", "delete_group"))
    ben = fresh(world.ben)
    for act in (
        lambda: give(ben, world.cleo, staff=True),
        lambda: rights.save_group(actor=ben, name="x", permissions=[]),
        lambda: rights.remove_group(actor=ben, group_id=crew.pk),
    ):
        with pytest.raises(Forbidden):
            act()
    with pytest.raises(NotFound):
        give(root, type(world.ben)(pk=10**6))


def test_the_only_administrator_whom_anybody_can_sign_in_as_keeps_the_office(world, root):
    sanctions.impose(actor=root, person=world.ben, kind="ban", reason="broke in")
    administrator("ben")
    gone = administrator("gone")
    accounts.deactivate(actor=root, person=gone)
    for act in (
        lambda: give(root, root, staff=True),
        lambda: accounts.deactivate(actor=root, person=root),
        lambda: farewell.erase_person(actor=root, person=root),
    ):
        with pytest.raises(Conflict):
            act()
    assert fresh(root).is_superuser and fresh(root).is_active
    give(root, gone)
    administrator("second")
    give(root, root)
    assert not fresh(root).is_superuser


def test_of_two_administrators_who_dismiss_each_other_at_once_one_stays(world, root):
    second = administrator("second")
    outcomes = race(lambda: give(root, second), lambda: accounts.deactivate(actor=second, person=root))
    assert [type(each) for each in outcomes].count(Conflict) == 1, outcomes
    assert [fresh(each).is_superuser and fresh(each).is_active for each in (root, second)].count(True) == 1


def test_of_two_who_give_a_group_the_same_name_at_once_one_is_told_that_it_is_taken(world, root):
    outcomes = race(*(lambda: rights.save_group(actor=root, name="Crew", permissions=[]) for _ in range(2)))
    [refused] = [each.explained for each in outcomes if isinstance(each, Conflict)]
    assert "This name is taken." in refused
    assert Group.objects.filter(name="Crew").count() == 1


def test_a_password_an_address_and_a_link_that_somebody_else_gave_are_noted(world, root):
    accounts.change_password(person=world.ben, password="a harbour at night", actor=root)
    accounts.change_email(person=world.ben, email="ben@example.org", actor=root)
    accounts.note_reset_link(actor=root, person=world.ben)
    noted = models.AuditEntry.objects.filter(act="account.changed", person=world.ben).order_by("number")
    assert [entry.details["changed"] for entry in noted] == [["password"], ["email"], ["password link"]]
    assert "night" not in str([entry.details for entry in noted])
    accounts.change_password(person=world.ben, password="another harbour")
    accounts.change_email(person=world.ben, email="")
    assert noted.count() == 3, "what people do to their own account is not"
    for act in (
        lambda: accounts.change_password(person=world.cleo, password="x", actor=world.ben),
        lambda: accounts.change_email(person=world.cleo, email="", actor=world.ben),
        lambda: accounts.note_reset_link(actor=world.ben, person=world.cleo),
    ):
        with pytest.raises(Forbidden):
            act()
