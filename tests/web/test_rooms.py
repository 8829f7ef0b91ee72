"""The room page, and the pages by which one comes into rooms."""

import re
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Membership, Message, Revocation, Room
from chat.services import messages, reactions, rooms
from chat.services.sanctions import impose
from chat.services.sessions import session_credential
from chat.services.word_rules import save_rule
from tests.web.conftest import Browser, page_data, text
from tests.world import World, administrator, head, say


def test_the_first_answer_holds_the_newest_messages_and_where_to_follow_on(world: World, anna: Client) -> None:
    for number in range(60):
        say(world.ben, "harbour", f"line {number}.")
    answer = anna.get("/rooms/harbour/")
    assert "line 59." in text(answer)
    assert "line 9." not in text(answer)
    data = page_data(answer)
    assert [message["body"] for message in data["history"]["messages"]][:2] == ["line 59.", "line 58."]
    assert data["history"]["head"] == head("harbour")
    assert data["history"]["epoch"]
    assert data["history"]["has_older"] is True
    assert data["me"]["username"] == "anna"


def test_a_message_is_drawn_in_all_its_states(world: World, anna: Client) -> None:
    first = say(world.ben, "harbour", "hello @anna")
    say(world.ben, "harbour", "quoting", reply_to=first.seq)
    reactions.add_reaction(actor=world.dora, room="harbour", seq=first.seq, emoji="👍")
    gone = say(world.ben, "harbour", "secret")
    messages.delete_message(actor=world.dora, room="harbour", seq=gone.seq, reason="a reason")
    answer = text(anna.get("/rooms/harbour/"))
    assert "mentions-me" in answer
    assert '<span class="mention" data-username="anna">@anna</span>' in answer
    assert 'aria-label="👍 1: dora"' in answer
    assert f'href="/rooms/harbour/{first.seq}/"' in answer
    assert "Message removed by a moderator: a reason" in answer
    assert "secret" not in answer


@pytest.mark.parametrize("attack", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_whatever_people_write_is_inert(world: World, anna: Client, attack: str) -> None:
    say(world.anna, "harbour", attack)
    rooms.change_room(actor=world.anna, room="harbour", title=attack, topic=attack)
    anna.post("/settings/", {"display_name": attack, "theme": ""})
    for path in ("/rooms/harbour/", "/browse/", "/settings/"):
        assert attack not in text(anna.get(path))
        assert "<img src=x" not in text(anna.get(path))


def test_the_data_of_the_page_cannot_end_its_script(world: World, anna: Client) -> None:
    say(world.ben, "harbour", "</script><script>alert(1)</script>")
    answer = anna.get("/rooms/harbour/")
    assert page_data(answer)["history"]["messages"][0]["body"] == "</script><script>alert(1)</script>"
    assert "<script>alert" not in text(answer)


def test_no_page_has_inline_scripts_or_styles(world: World, anna: Client) -> None:
    say(world.ben, "harbour", "hello")
    for path in ("/rooms/harbour/", "/browse/", "/new/", "/people/", "/settings/", "/sign-in/", "/nowhere/"):
        answer = text(anna.get(path))
        assert "<style" not in answer
        assert not re.search(r"\sstyle=", answer)
        assert not re.search(r"\son\w+=", answer)
        assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", answer))


@pytest.mark.parametrize("slug", ["bridge", "nothing", "HARBOUR", "a_b", "-"])
def test_a_room_one_may_not_see_answers_like_one_that_is_not_there(world: World, browser: Browser, slug: str) -> None:
    cleo = browser(world.cleo)
    answers = [cleo.get(f"/rooms/{slug}/"), cleo.get(f"/rooms/{slug}/1/"), cleo.post(f"/rooms/{slug}/join/")]
    answers.append(cleo.get("/rooms/never-heard-of/"))
    assert {answer.status_code for answer in answers} == {404}
    assert len({text(answer) for answer in answers}) == 1


def test_a_seq_opens_the_page_around_its_message(world: World, anna: Client) -> None:
    seqs = [say(world.ben, "harbour", f"line {number}.").seq for number in range(120)]
    data = page_data(anna.get(f"/rooms/harbour/{seqs[40]}/"))
    shown = [message["seq"] for message in data["history"]["messages"]]
    assert seqs[40] in shown
    assert seqs[119] not in shown
    assert data["history"]["has_newer"] is True
    assert data["at"] == seqs[40]


@pytest.mark.parametrize("seq", [2**53, 10**30])
def test_an_impossible_seq_is_refused_politely(world: World, anna: Client, seq: int) -> None:
    assert anna.get(f"/rooms/harbour/{seq}/").status_code == 400


def test_the_line_stands_before_the_first_unread_message(world: World, browser: Browser) -> None:
    say(world.anna, "harbour", "read this")
    ben = browser(world.ben)
    said = say(world.ben, "harbour", "mine")
    unread = say(world.anna, "harbour", "not yet read")
    entries = re.split(r'<li class="entry"', text(ben.get("/rooms/harbour/")))
    lines = [entry for entry in entries if '<p class="unread-line" data-slot="unread">' in entry]
    assert len(lines) == 1
    assert f'data-seq="{unread.seq}"' in lines[0]
    assert page_data(ben.get("/rooms/harbour/"))["room"]["read"] == said.seq


def test_days_and_hours_are_those_of_the_readers_zone(world: World, anna: Client) -> None:
    said = say(world.ben, "harbour", "late")
    Message.objects.filter(seq=said.seq).update(created_at=datetime(2020, 5, 1, 22, 30, tzinfo=UTC))
    assert "Friday 1 May 2020" in text(anna.get("/rooms/harbour/"))
    anna.cookies["zone"] = "Europe/Berlin"
    answer = text(anna.get("/rooms/harbour/"))
    assert "Saturday 2 May 2020" in answer
    assert ">00:30<" in answer


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/passwd", "Nowhere/Land", "", "Europe", "\x00"])
def test_a_forged_zone_is_utc(world: World, anna: Client, zone: str) -> None:
    anna.cookies["zone"] = zone
    assert anna.get("/rooms/harbour/").status_code == 200


def test_home_is_the_room_one_was_in_last_or_the_first_or_a_welcome(world: World, browser: Browser) -> None:
    ben = browser(world.ben)
    assert ben.get("/").headers["Location"] == "/rooms/bridge/"
    ben.get("/rooms/harbour/")
    assert ben.get("/").headers["Location"] == "/rooms/harbour/"
    ben.post("/rooms/harbour/leave/")
    assert ben.get("/").headers["Location"] == "/rooms/bridge/"
    assert "You are in no room yet" in text(browser(world.cleo).get("/"))


def test_the_list_counts_what_waits(world: World, browser: Browser) -> None:
    say(world.anna, "harbour", "one")
    say(world.anna, "harbour", "@ben two")
    answer = text(browser(world.ben).get("/browse/"))
    link = re.search(r'data-room="harbour".*?</a>', answer, re.DOTALL)
    assert link and ">1</span>" in link[0] and "calling you" in link[0]


def test_a_direct_room_is_called_by_the_other_person(world: World, browser: Browser) -> None:
    assert "<title>ben · Parley</title>" in text(browser(world.anna).get(f"/rooms/{world.direct}/"))
    assert "<title>anna · Parley</title>" in text(browser(world.ben).get(f"/rooms/{world.direct}/"))


def test_a_page_offers_only_what_its_reader_may_do(world: World, browser: Browser) -> None:
    def offered(person: User, room: str = "harbour") -> set[str]:
        may = page_data(browser(person).get(f"/rooms/{room}/"))["may"]
        return {act for act, allowed in may.items() if allowed}

    assert offered(world.anna) == {"send", "moderate", "sanction", "pin", "leave", "add", "invite", "change"}
    assert offered(world.ben) == {"send", "leave", "add"}
    assert offered(world.cleo) == {"send", "join"}
    assert offered(world.anna, world.direct) == {"send", "pin"}
    assert offered(administrator()) == {"send", "moderate", "sanction", "join", "add", "admin", "invite", "change"}
    rooms.archive_room(actor=world.anna, room="harbour")
    assert "This room is archived" in text(browser(world.ben).get("/rooms/harbour/"))


def test_a_room_is_made_with_an_address_of_its_title(world: World, anna: Client) -> None:
    answer = anna.post("/new/", {"title": "Old Gate & Keys", "topic": "", "kind": "private"})
    assert answer.headers["Location"] == "/rooms/old-gate-keys/"
    assert Room.objects.get(slug="old-gate-keys").kind == "private"
    taken = anna.post("/new/", {"title": "old gate keys", "topic": "", "kind": "open"})
    assert "This name is taken" in text(taken)


def test_a_title_in_any_script_makes_a_room(world: World, anna: Client) -> None:
    location = anna.post("/new/", {"title": "港口", "topic": "", "kind": "open"}).headers["Location"]
    assert re.fullmatch(r"/rooms/room-[0-9a-f]{8}/", location)
    assert "港口" in text(anna.get(location))


@pytest.mark.parametrize("form", [{"title": ""}, {"title": "x" * 81}, {"title": "x", "kind": "secret"}, {}])
def test_unfit_rooms_are_not_made(world: World, anna: Client, form: dict[str, str]) -> None:
    before = Room.objects.count()
    assert anna.post("/new/", {"topic": "", "kind": "open", **form}).status_code == 200
    assert Room.objects.count() == before


def test_rooms_are_found_by_their_name(world: World, browser: Browser) -> None:
    cleo = browser(world.cleo)
    assert "# harbour" in text(cleo.get("/browse/"))
    assert "# harbour" in text(cleo.get("/browse/?q=arb"))
    assert "# harbour" not in text(cleo.get("/browse/?q=zzz"))
    assert "bridge" not in text(cleo.get("/browse/"))
    assert cleo.get("/browse/", {"q": "\x00" * 3}).status_code == 200


def test_joining_and_leaving(world: World, browser: Browser) -> None:
    cleo = browser(world.cleo)
    assert cleo.get("/rooms/harbour/join/").status_code == 405
    cleo.post("/rooms/harbour/join/")
    assert Membership.objects.filter(room__slug="harbour", user=world.cleo).exists()
    cleo.post("/rooms/harbour/leave/")
    assert not Membership.objects.filter(room__slug="harbour", user=world.cleo).exists()


def test_the_last_owner_cannot_leave_the_others_alone(world: World, anna: Client) -> None:
    answer = anna.post("/rooms/harbour/leave/")
    assert answer.status_code == 409
    assert "keeps an owner" in text(answer)


def test_a_form_sent_twice_writes_once_and_one_with_another_text_writes_that_too(world: World, anna: Client) -> None:
    name = re.search(r'name="client_id" value="([^"]+)"', text(anna.get("/rooms/harbour/")))
    assert name
    for body in ("by hand", "by hand", "another\r\nline"):
        answer = anna.post("/rooms/harbour/send/", {"client_id": name[1], "body": body})
        assert answer.headers["Location"] == "/rooms/harbour/"
    written = Message.objects.filter(room__slug="harbour", author=world.anna).order_by("seq")
    assert [message.body for message in written] == ["by hand", "another\nline"]
    assert anna.post("/rooms/harbour/send/", {"client_id": name[1], "body": " "}).status_code == 400


def test_what_a_rule_holds_is_said_to_wait(world: World, anna: Client, browser: Browser) -> None:
    save_rule(actor=administrator(), pattern="odd", action="hold")
    answer = browser(world.ben).post("/rooms/harbour/send/", {"client_id": "a", "body": "odd"})
    assert (answer.status_code, "Your message waits" in text(answer)) == (202, True)


def test_the_page_says_why_and_how_long_one_has_to_wait(world: World, browser: Browser) -> None:
    rooms.change_room(actor=world.anna, room="harbour", slow_seconds=30)
    say(world.ben, "harbour", "one")
    answer = browser(world.ben).get("/rooms/harbour/")
    assert page_data(answer)["pause"]["code"] == "slow_mode"
    assert 'data-component="composer"' in text(answer)
    impose(actor=world.anna, person=world.ben, kind="mute", reason="shouting", room="harbour")
    shown = text(browser(world.ben).get("/rooms/harbour/"))
    assert "Reason: shouting</span>" in shown and 'data-component="composer"' not in shown


def test_members_are_added_by_who_may(world: World, browser: Browser) -> None:
    assert browser(world.ben).post("/rooms/bridge/members/", {"username": "cleo"}).status_code == 403
    browser(world.anna).post("/rooms/bridge/members/", {"username": " @Cleo "})
    assert Membership.objects.filter(room__slug="bridge", user=world.cleo).exists()


def test_a_name_that_nobody_has_is_said_beside_the_field_and_stays_in_it(world: World, anna: Client) -> None:
    shown = text(anna.post("/rooms/bridge/members/", {"username": "@Nobody"}))
    assert 'role="alert">There is no such person.</p>' in shown
    assert 'value="@Nobody"' in shown
    assert anna.get("/rooms/bridge/members/").headers["Location"] == "/rooms/bridge/"
    assert anna.post("/rooms/nowhere/members/", {"username": "cleo"}).status_code == 404


def test_writing_to_somebody_opens_the_one_room_of_both(world: World, browser: Browser) -> None:
    first = browser(world.cleo).post("/people/", {"username": "ben"}).headers["Location"]
    again = browser(world.ben).post("/people/", {"username": "cleo"}).headers["Location"]
    assert first == again
    assert "no such person" in text(browser(world.cleo).post("/people/", {"username": "nobody"}))
    found = text(browser(world.cleo).get("/people/?q=da"))
    assert "tide" in found or "@dora" not in found


def test_a_page_costs_the_same_however_much_was_said(world: World, anna: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            anna.get("/rooms/harbour/")
        return len(captured)

    def talk(count: int) -> None:
        for number in range(count):
            message = say(world.ben, "harbour", f"@anna {number}")
            reactions.add_reaction(actor=world.ben, room="harbour", seq=message.seq, emoji="👍")

    talk(1)
    before = queries()
    talk(60)
    assert queries() == before <= 21


def test_a_form_of_a_session_that_ends_while_it_is_written_writes_nothing(world: World, anna: Client) -> None:
    credential = session_credential(anna.session.session_key)
    Revocation.objects.create(number=1000, user=world.anna, credential=credential, at=datetime.now(UTC))
    assert anna.post("/rooms/harbour/send/", {"client_id": "late", "body": "too late"}).status_code == 401
    assert not Message.objects.filter(client_id="late").exists()
    assert anna.post("/rooms/harbour/members/", {"username": "cleo"}).status_code == 401
    assert not Membership.objects.filter(room__slug="harbour", user=world.cleo).exists()
