"""Mutes and bans: who imposes them, what they stop at once, and that they end by themselves."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from chat import bus, models
from chat.domain.errors import Banned, ChatError, Conflict, Forbidden, Invalid, Muted, NotFound, Unauthenticated
from chat.domain.news import RIGHTS, Revoked
from chat.queries import access, history, log
from chat.queries.installation import revocations_after
from chat.queries.people import people_of_sessions
from chat.services import memberships, messages, reactions, rooms, sanctions, sessions, tickets, tokens
from chat.services.backends import PersonBackend
from chat.services.posting import post_messages
from tests.race import race
from tests.replica import snapshot
from tests.world import administrator, fresh, head, kinds, post, say, send

SOON = timedelta(hours=1)


def impose(actor, person, kind="mute", room=None, reason="spam", **options):
    return sanctions.impose(actor=actor, person=person, kind=kind, room=room, reason=reason, **options)


def over(sanction):
    """Lets the time pass until it ends."""
    models.Sanction.objects.filter(pk=sanction.pk).update(ends_at=timezone.now() - timedelta(seconds=1))


def clerk(person):
    """The person with the right to sanction everywhere and no other."""
    person.user_permissions.add(Permission.objects.get(codename="add_sanction"))
    person.is_staff = True
    person.save()
    return fresh(person)


def writes(world, room, mine, hers):
    """Every way to write in a room, by name; `mine` is a message of ben's there and `hers` one of anna's."""
    ben = world.ben
    return {
        "send": lambda: post(ben, room, "hello"),
        "edit": lambda: messages.edit_message(actor=ben, room=room, seq=mine, body="other"),
        "react": lambda: reactions.add_reaction(actor=ben, room=room, seq=hers, emoji="👍"),
        "take a reaction back": lambda: reactions.remove_reaction(actor=ben, room=room, seq=hers, emoji="👍"),
        "pin": lambda: messages.pin_message(actor=ben, room=room, seq=hers),
        "unpin": lambda: messages.unpin_message(actor=ben, room=room, seq=hers),
        "join": lambda: memberships.join_room(actor=ben, room=room),
        "add": lambda: memberships.add_member(actor=ben, room=room, username="cleo"),
        "promote": lambda: memberships.change_member(actor=ben, room=room, username="dora", role="member"),
        "rename": lambda: rooms.change_room(actor=ben, room=room, title="x"),
        "archive": lambda: rooms.archive_room(actor=ben, room=room),
    }


@pytest.fixture
def talk(world):
    return say(world.ben, world.harbour, "mine").seq, say(world.anna, world.harbour, "hers").seq


@pytest.mark.parametrize("everywhere", [False, True], ids=["here", "everywhere"])
@pytest.mark.parametrize("office", [False, True], ids=["member", "administrator"])
def test_who_is_muted_writes_by_no_use_case_whatever_their_office(world, talk, everywhere, office):
    if office:
        world.ben.is_staff = True
        world.ben.save()
        world.ben.user_permissions.set(Permission.objects.filter(content_type__app_label="chat"))
    impose(administrator(), world.ben, room=None if everywhere else world.harbour, ends_at=timezone.now() + SOON)
    before = head(world.harbour)
    for name, write in writes(world, world.harbour, *talk).items():
        with pytest.raises(Muted) as refused:
            write()
        assert refused.value.message.endswith("Reason: spam"), name
        assert 0 < refused.value.retry_after_ms <= SOON.total_seconds() * 1000, name
    assert head(world.harbour) == before


def test_a_mute_of_one_room_is_none_elsewhere_and_reading_goes_on(world):
    impose(world.anna, world.ben, room=world.harbour)
    say(world.ben, world.bridge, "still here")
    assert history.page(world.ben, world.harbour).head == head(world.harbour)
    assert rooms.create_room(actor=world.ben, slug="cove").room == "cove"


def test_who_is_muted_everywhere_makes_no_room_but_takes_back_and_leaves(world, talk):
    mine, _ = talk
    impose(administrator(), world.ben)
    for make in (
        lambda: rooms.create_room(actor=world.ben, slug="cove"),
        lambda: rooms.open_direct_room(actor=world.ben, people=["cleo"]),
    ):
        with pytest.raises(Muted):
            make()
    assert messages.delete_message(actor=world.ben, room=world.harbour, seq=mine).deleted
    memberships.leave_room(actor=world.ben, room=world.harbour)


def test_a_lost_ack_repeated_after_a_mute_is_answered_with_the_first_message(world):
    first = post(world.ben, world.harbour, "Ahoy", client_id="once")
    impose(world.anna, world.ben, room=world.harbour)
    assert post(world.ben, world.harbour, "Ahoy", client_id="once").message.seq == first.message.seq


@pytest.mark.parametrize("kind", ["mute", "ban"])
@pytest.mark.parametrize("room", [None, "harbour"])
def test_it_is_over_by_itself_when_its_end_has_passed(world, kind, room):
    made = impose(administrator(), world.ben, kind, room, ends_at=timezone.now() + SOON)
    with pytest.raises(Muted if kind == "mute" else Banned):
        post(world.ben, world.harbour, "Ahoy")
    over(made)
    assert post(world.ben, world.harbour, "Ahoy").created


@pytest.mark.parametrize("kind", ["mute", "ban"])
@pytest.mark.parametrize("room", [None, "harbour"])
def test_it_ends_when_it_is_lifted_and_lifting_twice_is_once(world, kind, room):
    root = administrator()
    made = impose(root, world.ben, kind, room)
    sanctions.lift(actor=root, sanction=made)
    assert post(world.ben, world.harbour, "Ahoy").created
    first = models.Sanction.objects.get()
    assert first.lifted_by == root and first.made_by == root
    sanctions.lift(actor=root, sanction=first)
    assert models.Sanction.objects.get().lifted_at == first.lifted_at


def test_of_several_the_one_everywhere_and_then_the_longest_is_told(world):
    root, now = administrator(), timezone.now()
    impose(root, world.ben, room=world.harbour, reason="for ever")
    impose(root, world.ben, room=world.harbour, reason="short", ends_at=now + SOON)
    with pytest.raises(Muted, match="for ever"):
        post(world.ben, world.harbour, "Ahoy")
    impose(root, world.ben, reason="long", ends_at=now + 3 * SOON)
    impose(root, world.ben, reason="shorter", ends_at=now + 2 * SOON)
    with pytest.raises(Muted, match="long"):
        post(world.ben, world.harbour, "Ahoy")


# --- Bans of one room -------------------------------------------------------------------------------------------------


def reads(viewer, room):
    """What each reader of a room answers, as a code."""
    epoch = models.Installation.objects.get().epoch
    found = set()
    for read in (
        lambda: history.page(viewer, room),
        lambda: log.events_after(viewer, room, after=1, epoch=epoch),
        lambda: memberships.join_room(actor=viewer, room=room),
    ):
        try:
            read()
        except ChatError as error:
            found.add(error.code)
        else:
            found.add("read")
    return found


def test_who_is_banned_from_an_open_room_is_no_member_reads_nothing_and_is_told_why(world):
    before = head(world.harbour)
    impose(world.dora, world.ben, "ban", world.harbour, "harassment")
    assert kinds(world.harbour, before) == ["member.left"]
    assert reads(world.ben, world.harbour) == {"banned"}
    with pytest.raises(Banned, match="harassment"):
        post(world.ben, world.harbour, "Ahoy")
    assert reads(world.ben, world.bridge) == {"read"}


def test_who_only_looked_on_is_put_out_of_an_open_room_too_and_replay_shows_what_there_is(world):
    held = snapshot(world.anna, world.harbour)
    before = head(world.harbour)
    impose(world.dora, world.cleo, "ban", world.harbour)
    assert kinds(world.harbour, before) == ["member.left"], "what makes every worker ask for their rights"
    assert reads(world.cleo, world.harbour) == {"banned"}
    held.follow(world.anna, 100)
    assert held == snapshot(world.anna, world.harbour)


def test_a_private_room_is_like_none_to_who_is_banned_from_it(world):
    before = head(world.bridge)
    impose(world.anna, world.ben, "ban", world.bridge)
    assert kinds(world.bridge, before) == ["member.left"]
    assert reads(world.ben, world.bridge) == {"not_found"}
    impose(world.anna, world.cleo, "ban", world.bridge)
    assert kinds(world.bridge, before) == ["member.left"], "nobody can have looked on"
    assert reads(world.cleo, world.bridge) == {"not_found"}


def test_who_is_banned_is_brought_back_in_when_it_is_lifted(world):
    made = impose(world.anna, world.ben, "ban", world.bridge)
    with pytest.raises(Conflict):
        memberships.add_member(actor=world.anna, room=world.bridge, username="ben")
    sanctions.lift(actor=world.anna, sanction=made)
    memberships.add_member(actor=world.anna, room=world.bridge, username="ben")
    assert say(world.ben, world.bridge, "back").seq == head(world.bridge)


def test_a_lost_ack_is_not_answered_to_who_may_not_read_any_more(world):
    post(world.ben, world.harbour, "Ahoy", client_id="once")
    impose(world.anna, world.ben, "ban", world.harbour)
    with pytest.raises(Banned):
        post(world.ben, world.harbour, "Ahoy", client_id="once")


def test_the_last_owner_among_others_stays(world):
    with pytest.raises(Conflict):
        impose(administrator(), world.anna, "ban", world.harbour)
    assert not models.Sanction.objects.exists()


# --- Bans everywhere --------------------------------------------------------------------------------------------------


def test_a_ban_everywhere_ends_sessions_tokens_and_tickets_and_says_that_it_is_one(world, client):
    client.force_login(world.ben)
    key = client.session.session_key
    sessions.begin_session(person=world.ben, session_key=key, user_agent="", address="")
    _, plain = tokens.create_token(actor=world.ben, person=world.ben, name="bot")
    _, ticket = tickets.create_ticket(actor=world.ben, credential="x", scopes=["read"], ends_at=None)
    with bus.capture() as news:
        impose(administrator(), world.ben, "ban")
    assert news == [Revoked(1, world.ben.pk, "", banned=True)]
    assert people_of_sessions([key]) == {} == tokens.authenticate_all(plains=[plain])
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(plain=ticket)
    assert memberships_of(world.ben) == {world.harbour, world.bridge, world.direct}, "they come back to their rooms"


def test_all_that_is_open_is_told_of_a_mute_and_of_its_end_and_stays_open(world):
    plain = tokens.create_token(actor=world.ben, person=world.ben, name="t")[1]
    with bus.capture() as news:
        held = impose(administrator(), world.ben, room=world.harbour)
        sanctions.lift(actor=administrator("other"), sanction=held)
        sanctions.lift(actor=administrator("third"), sanction=held)
    assert news == [Revoked(number, world.ben.pk, RIGHTS) for number in (1, 2)] == revocations_after(0)
    assert tokens.authenticate_all(plains=[plain])


def memberships_of(person):
    return set(models.Membership.objects.filter(user=person.pk).values_list("room__slug", flat=True))


def test_credentials_that_are_made_meanwhile_are_worth_something_when_it_is_over(world, client):
    made = impose(administrator(), world.ben, "ban", ends_at=timezone.now() + SOON)
    client.force_login(world.ben)
    key = client.session.session_key
    _, plain = tokens.create_token(actor=world.ben, person=world.ben, name="bot")
    _, ticket = tickets.create_ticket(actor=world.ben, credential="x", scopes=["read"], ends_at=None)
    assert people_of_sessions([key]) == {} == tokens.authenticate_all(plains=[plain])
    assert PersonBackend().get_user(world.ben.pk) is None
    with pytest.raises(Unauthenticated):
        tickets.use_ticket(plain=ticket)
    over(made)
    assert people_of_sessions([key])[key].user == world.ben
    assert plain in tokens.authenticate_all(plains=[plain])
    assert PersonBackend().get_user(world.ben.pk) == world.ben


def test_who_is_banned_everywhere_is_told_so_in_every_room(world):
    impose(administrator(), world.ben, "ban")
    for room in (world.harbour, world.bridge, world.direct):
        assert reads(world.ben, room) == {"banned"}
    for make in (
        lambda: rooms.create_room(actor=world.ben, slug="cove"),
        lambda: impose(world.ben, world.cleo, room=world.harbour),
        lambda: impose(world.ben, world.cleo),
    ):
        with pytest.raises(Banned):
            make()


def test_of_many_readers_those_who_are_banned_are_told_so(world):
    impose(administrator(), world.cleo, "ban")
    impose(world.anna, world.ben, "ban", world.harbour)
    room, _ = access.located(world.harbour)
    refused = access.refused_readers(room, [world.anna.pk, world.ben.pk, world.cleo.pk])
    assert {pk: error.code for pk, error in refused.items()} == {world.ben.pk: "banned", world.cleo.pk: "banned"}


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_moderators_of_a_room_sanction_there_and_nowhere_else(world):
    impose(world.dora, world.ben, room=world.harbour)
    for refused in (
        lambda: impose(world.dora, world.anna, room=world.harbour),
        lambda: impose(world.ben, world.cleo, room=world.harbour),
        lambda: impose(world.dora, world.ben),
        lambda: impose(world.anna, world.ben, room=world.direct),
    ):
        with pytest.raises(Forbidden):
            refused()
    with pytest.raises(NotFound):
        impose(world.cleo, world.ben, room=world.bridge)


def test_who_has_the_right_of_the_admin_sanctions_everywhere_but_no_administrator_and_not_themselves(world):
    judge, root = clerk(world.cleo), administrator()
    impose(judge, world.anna, room=world.bridge)
    impose(judge, world.anna)
    for person in (root, judge):
        for room in (None, world.harbour):
            with pytest.raises(Forbidden):
                impose(judge, person, room=room)


def test_nobody_lifts_what_they_could_not_impose(world):
    here = impose(world.anna, world.dora, room=world.harbour)
    everywhere = impose(administrator(), world.ben)
    for actor, sanction in ((world.ben, here), (world.dora, here), (world.anna, everywhere)):
        with pytest.raises(ChatError) as refused:
            sanctions.lift(actor=actor, sanction=sanction)
        assert refused.value.code in ("forbidden", "muted")
    assert not models.Sanction.objects.exclude(lifted_at=None).exists()


@pytest.mark.parametrize(
    "options",
    [{"kind": "shun"}, {"reason": " "}, {"reason": "x" * 251}, {"ends_at": timezone.now() - SOON}],
    ids=["kind", "no reason", "long reason", "past"],
)
def test_what_makes_no_sense_is_refused(world, options):
    with pytest.raises(Invalid):
        impose(world.anna, world.ben, **{"room": world.harbour, **options})


def test_people_and_rooms_that_do_not_exist_are_not_found(world):
    nobody = User(pk=10**9, username="nobody")
    for act in (
        lambda: impose(world.anna, nobody, room=world.harbour),
        lambda: impose(administrator(), nobody),
        lambda: impose(world.anna, world.ben, room="nowhere"),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Unauthenticated):
        impose(nobody, world.ben)


# --- At once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [None, "harbour"])
def test_nothing_commits_after_a_ban_did(world, room):
    root = administrator()

    def write():
        for number in range(30):
            [result] = post_messages([send(world.ben, world.harbour, f"{number}")])
            if isinstance(result, ChatError):
                return result
        return None

    def ban():
        impose(root, world.ben, "ban", room)
        left = models.Event.objects.filter(room__slug=world.harbour, kind="member.left").order_by("-seq").first()
        return left.seq if left else head(world.harbour)

    *answers, limit = race(*[write] * 3, ban)
    theirs = models.Message.objects.filter(room__slug=world.harbour, author=world.ben).order_by("-seq").first()
    assert theirs is None or theirs.seq <= limit
    assert {error.code for error in answers if error} <= {"banned"}
    with pytest.raises(Banned):
        post(world.ben, world.harbour, "later")
