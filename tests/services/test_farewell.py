"""Leaving: data along, account closed, person erased."""

import io
import json
import zipfile

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission

from chat import bus, models
from chat.domain.errors import Conflict, Forbidden, RateLimited
from chat.domain.news import Revoked
from chat.queries import history
from chat.queries.rooms import members
from chat.services import accounts, farewell, pictures, reactions, tokens
from chat.services.installation import change_installation
from tests.services.test_pictures import drawing
from tests.world import administrator, fresh, kinds, person, say


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS = tmp_path


def known(ben):
    """Gives ben all that somebody may have."""
    accounts.change_email(person=ben, email="Ben@Example.org")
    accounts.change_profile(actor=ben, display_name="Ben Okafor", status="At sea", time_zone="Europe/Berlin")
    pictures.set_picture(actor=ben, upload=drawing())
    tokens.create_token(actor=ben, person=ben, name="script")
    Authenticator.objects.create(user=ben, type=Authenticator.Type.TOTP, data={"secret": "s"})
    return fresh(ben)


def archive(person_):
    with zipfile.ZipFile(io.BytesIO(farewell.export_data(actor=person_))) as file:
        return {name: json.loads(file.read(name)) for name in file.namelist()}


def texts(world, room=None):
    return [message.body for message in history.page(world.anna, room or world.harbour).messages[::-1]]


def test_the_archive_holds_what_is_ones_own_and_nothing_of_others(world):
    known(world.ben)
    for text in ("Ahoy", "Zwei Wörter"):
        say(world.ben, world.harbour, text)
    say(world.anna, world.harbour, "Anna's words")
    seq = say(world.ben, world.direct, "For anna").seq
    reactions.add_reaction(actor=world.ben, room=world.direct, seq=seq, emoji="👍")
    found = archive(world.ben)
    assert [row["body"] for row in found["messages.json"]] == ["Ahoy", "Zwei Wörter", "For anna"]
    assert found["account.json"][0]["email"] == "ben@example.org"
    assert found["profile.json"][0]["status"] == "At sea"
    assert sorted(row["room__slug"] for row in found["rooms.json"]) == sorted(["harbour", "bridge", world.direct])
    assert found["reactions.json"][0]["emoji"] == "👍"
    assert [row["name"] for row in found["tokens.json"]] == ["script"]
    assert found["sessions.json"] == []
    assert "Anna's words" not in str(found) and "digest" not in str(found)


def test_the_archive_is_not_made_all_the_time(world, settings):
    settings.PARLEY = {**settings.PARLEY, "EXPORTS_PER_PERSON": "1/day"}
    farewell.export_data(actor=world.cleo)
    with pytest.raises(RateLimited):
        farewell.export_data(actor=world.cleo)


def test_who_closes_their_account_is_signed_out_and_their_words_stay(world):
    say(world.ben, world.harbour, "Ahoy")
    with bus.capture() as news:
        farewell.close_account(actor=world.ben)
    assert [(each.user_id, each.credential) for each in news if isinstance(each, Revoked)] == [(world.ben.pk, "")]
    assert not fresh(world.ben).is_active
    assert texts(world) == ["Ahoy"]


def test_the_last_administrator_stays(world):
    root = administrator()
    with pytest.raises(Conflict):
        farewell.close_account(actor=root)
    with pytest.raises(Conflict):
        farewell.erase_person(actor=root, person=root)
    administrator("chief")
    farewell.close_account(actor=root)
    assert not fresh(root).is_active


def test_nothing_says_any_more_who_was_erased(world):
    ben = known(world.ben)
    message = say(ben, world.harbour, "Ahoy")
    farewell.erase_person(actor=ben, person=ben)
    erased = fresh(ben)
    author = history.message(world.anna, world.harbour, message.seq).author
    assert (author.display_name, author.avatar) == ("Deleted person", None)
    assert author.username.startswith(f"deleted-{ben.pk}-")
    assert not erased.is_active and not erased.has_usable_password() and erased.email == ""
    assert (erased.profile.status, erased.profile.time_zone, erased.profile.picture) == ("", "", "")
    for table in (EmailAddress, Authenticator, models.ApiToken, models.UserSession):
        assert not table.objects.filter(user=ben.pk).exists()
    assert accounts.sign_up(username="ben", password="correct horse battery").pk != ben.pk


def test_who_is_erased_leaves_their_rooms_but_not_the_talk_of_two(world):
    farewell.erase_person(actor=world.ben, person=world.ben)
    assert kinds(world.harbour)[-1] == "member.left"
    assert [each.person.username for each in members(world.anna, world.harbour)] == ["anna", "dora"]
    assert len(members(world.anna, world.direct)) == 2


def test_messages_stay_as_they_are_where_that_is_the_choice(world):
    say(world.ben, world.harbour, "Ahoy")
    farewell.erase_person(actor=world.ben, person=world.ben)
    assert texts(world) == ["Ahoy"]


def test_messages_go_in_every_room_where_that_is_the_choice(world, monkeypatch):
    monkeypatch.setattr(farewell, "AT_ONCE", 2)
    root = administrator()
    change_installation(actor=root, erased_messages="remove")
    for text in ("one", "two", "three"):
        say(world.ben, world.harbour, text)
    say(world.ben, world.direct, "four")
    say(world.anna, world.harbour, "mine")
    farewell.erase_person(actor=root, person=world.ben)
    assert texts(world) == ["", "", "", "mine"]
    assert texts(world, world.direct) == [""]
    assert kinds(world.harbour).count("message.deleted") == 3
    assert {row.deleted_by for row in models.Message.objects.filter(author=world.ben.pk)} == {"author"}


def test_erasing_again_takes_up_what_was_left(world, monkeypatch):
    root = administrator()

    def fail(_):
        raise RuntimeError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr(farewell, "_forget", fail)
        with pytest.raises(RuntimeError):
            farewell.erase_person(actor=root, person=world.ben)
    assert not fresh(world.ben).is_active
    farewell.erase_person(actor=root, person=world.ben)
    assert fresh(world.ben).username.startswith("deleted-")


def test_others_are_erased_only_by_who_may(world):
    root, clerk = administrator(), person("clerk")
    clerk.user_permissions.add(Permission.objects.get(codename="change_user"))
    for actor, whom in ((world.anna, world.ben), (fresh(clerk), world.ben), (fresh(clerk), root)):
        with pytest.raises(Forbidden):
            farewell.erase_person(actor=actor, person=whom)
    assert fresh(world.ben).is_active
