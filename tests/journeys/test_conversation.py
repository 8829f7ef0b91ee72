"""Two people in one room, each in a browser of their own."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Arrive
from tests.journeys.person import Person
from tests.journeys.test_access import check


def test_what_one_writes_the_other_reads_at_once(anna: Person, ben: Person) -> None:
    anna.send("The crane survey is in.")
    ben.sees("The crane survey is in.")
    anna.sees("The crane survey is in.")
    ben.send("Good.")
    anna.sees("Good.")
    assert anna.texts() == ben.texts() == ["The crane survey is in.", "Good."]


def test_a_quick_succession_keeps_its_order_and_loses_nothing(anna: Person, ben: Person) -> None:
    said = [f"line {number}." for number in range(12)]
    for line in said:
        anna.send(line)
    ben.sees(said[-1])
    assert ben.texts() == said
    expect(anna.page.locator(".pending")).to_have_count(0)
    assert anna.texts() == said


def test_an_edit_changes_the_message_everywhere(anna: Person, ben: Person) -> None:
    anna.send("Berth tree is free")
    ben.sees("Berth tree is free")
    anna.field.press("ArrowUp")
    expect(anna.field).to_have_value("Berth tree is free")
    anna.send("Berth three is free")
    ben.sees("Berth three is free")
    expect(ben.message("Berth three is free").get_by_text("edited")).to_be_visible()
    expect(ben.message("Berth tree")).to_have_count(0)
    expect(anna.field).to_have_value("")


def test_an_edit_given_up_brings_back_what_was_being_written(anna: Person) -> None:
    anna.send("first")
    anna.sees("first")
    anna.field.fill("half a thou")
    anna.act("first", "Edit")
    expect(anna.field).to_have_value("first")
    anna.field.press("Escape")
    expect(anna.field).to_have_value("half a thou")


def test_a_message_is_reported_to_the_moderators(anna: Person, ben: Person) -> None:
    anna.send("Buy my boat")
    ben.sees("Buy my boat")
    ben.act("Buy my boat", "Report")
    ben.page.get_by_label("What is wrong with it").fill("an advert")
    ben.page.get_by_role("dialog").get_by_role("button", name="Report").click()
    expect(ben.page.get_by_text("Reported.")).to_be_visible()


def test_a_deleted_message_is_gone_for_both(anna: Person, ben: Person) -> None:
    anna.send("my number is 12345")
    ben.sees("my number is 12345")
    anna.act("my number is 12345", "Delete")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(ben.page.get_by_text("Message deleted")).to_be_visible()
    expect(ben.page.get_by_text("12345")).to_have_count(0)
    expect(anna.page.get_by_text("12345")).to_have_count(0)


def test_an_owner_removes_anothers_message_and_says_why(anna: Person, ben: Person) -> None:
    ben.send("buy my boat")
    anna.sees("buy my boat")
    anna.act("buy my boat", "Delete")
    anna.page.get_by_label("Reason, shown to all").fill("advertising")
    anna.page.get_by_role("button", name="Delete", exact=True).last.click()
    expect(ben.page.get_by_text("Message removed by a moderator: advertising")).to_be_visible()


def test_nobody_is_offered_to_change_anothers_message(anna: Person, ben: Person) -> None:
    anna.send("mine")
    ben.message("mine").hover()
    expect(ben.message("mine").get_by_role("button", name="React", exact=True)).to_be_visible()
    for action in ("Edit", "Delete"):
        expect(ben.message("mine").get_by_role("button", name=action, exact=True)).to_be_hidden()


def test_a_reaction_counts_for_both_and_can_be_taken_back(anna: Person, ben: Person) -> None:
    anna.send("Coffee?")
    ben.sees("Coffee?")
    ben.act("Coffee?", "React")
    ben.page.get_by_role("button", name="React with 👍").click()
    pill = anna.message("Coffee?").get_by_role("button", name=re.compile("👍"))
    expect(pill).to_have_text("👍1")
    pill.click()
    expect(ben.message("Coffee?").get_by_role("button", name=re.compile("👍 2"))).to_be_visible()
    pill.click()
    ben.message("Coffee?").get_by_role("button", name=re.compile("👍 1")).click()
    expect(anna.page.locator(".pill")).to_have_count(0)


def test_an_answer_quotes_what_it_answers(anna: Person, ben: Person) -> None:
    anna.send("Who has the keys?")
    ben.act("Who has the keys?", "Reply")
    ben.send("I do")
    anna.sees("I do")
    expect(anna.message("I do").locator(".reply")).to_have_text(re.compile("Anna.*Who has the keys"))


def test_typing_is_seen_and_fades_with_the_message(anna: Person, ben: Person) -> None:
    ben.field.press_sequentially("Hm")
    expect(anna.page.get_by_text("Ben is typing")).to_be_visible()
    expect(ben.page.get_by_text("is typing")).to_have_count(0)
    ben.send("Hm")
    anna.sees("Hm")
    expect(anna.page.get_by_text("Ben is typing")).to_have_count(0)


def test_who_is_here_is_seen_coming_and_going(anna: Person, ben: Person) -> None:
    here = anna.page.locator("#people [data-slot=here] [data-username]")
    expect(here).to_have_count(2)
    ben.page.close()
    expect(here).to_have_count(1)


def test_scripts_and_markup_in_messages_are_inert(anna: Person, ben: Person) -> None:
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>[x](javascript:alert(1))'
    anna.send(attack)
    ben.sees("<img src=x")
    assert "Parley" in ben.page.title()
    assert ben.page.locator("article img, article script, article a[href^=javascript]").count() == 0


def test_a_first_message_makes_a_visitor_a_member(anna: Person, arrive: Arrive, harbour: str) -> None:
    cleo = arrive("Cleo", room=harbour)
    expect(cleo.page.get_by_role("button", name="Join")).to_be_visible()
    cleo.send("Hello")
    anna.sees("Hello")
    expect(anna.page.locator(f"#people [data-username={cleo.username}]")).to_be_attached()
    expect(cleo.room_link(harbour)).to_be_attached()
    expect(cleo.page.get_by_role("button", name="Join")).to_be_hidden()


def test_a_thread_of_replies_stands_beside_the_conversation(
    anna: Person, ben: Person, arrive: Arrive, harbour: str
) -> None:
    anna.send("Who brings lamps?")
    ben.sees("Who brings lamps?")
    ben.act("Who brings lamps?", "Reply")
    ben.send("I do")
    anna.send("In other news")
    anna.sees("In other news")
    anna.message("Who brings lamps?").get_by_role("button", name="1 reply").click()
    thread = anna.page.get_by_role("region", name="Thread")
    expect(thread.get_by_role("article")).to_have_count(2)
    check(anna.page)
    thread.get_by_role("button", name="Reply").click()
    anna.send("Thank you")
    expect(thread.get_by_role("article").last).to_contain_text("Thank you")
    expect(thread).not_to_contain_text("In other news")
    ben.act("I do", "Thread")
    expect(ben.page.get_by_role("region", name="Thread").get_by_role("article")).to_have_count(3)
    thread.get_by_role("button", name="Close the thread").click()
    expect(thread).to_be_hidden()
    expect(anna.message("Who brings lamps?")).to_be_focused()

    cleo = arrive("Cleo", room=harbour, phone=True)
    cleo.message("Who brings lamps?").get_by_role("button", name="2 replies").tap()
    cleo.page.get_by_role("region", name="Thread").get_by_role("button", name="Reply").tap()
    expect(cleo.page.get_by_text("Answering Anna")).to_be_visible()
    expect(cleo.field).to_be_focused()
