"""The scroll keeper: at the end one stays at the end, elsewhere one stays where one is."""

from tests.browser.conftest import Run

LOG = """
  document.body.innerHTML = '<div id="log"><div><ol style="margin: 0"></ol></div></div>';
  const log = document.querySelector("#log"), list = document.querySelector("ol");
  Object.assign(log.style, { display: "flex", flexDirection: "column-reverse", height: "400px", overflow: "auto" });
  log.style.overflowAnchor = "none";
  const article = (height) => {
    const made = document.createElement("article");
    made.style.height = `${height}px`;
    return made;
  };
  for (let each = 0; each < 20; each += 1) list.append(article(50));
  const keeper = new ScrollKeeper(log, list);
  const top = (element) => Math.round(element.getBoundingClientRect().top - log.getBoundingClientRect().top);
"""


def test_it_opens_at_the_end(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + "return [log.scrollTop, keeper.place]") == [
        0,
        {"atEnd": True, "nearStart": True, "nearEnd": True},
    ]


def test_at_the_end_what_comes_is_in_view(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + """
      keeper.keep(() => list.append(article(120)), true);
      return [log.scrollTop, top(list.lastElementChild)];
    """) == [0, 280]  # fmt: skip


def test_elsewhere_nothing_moves_whatever_comes_above_or_below(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + """
      log.scrollTop = -300;
      const watched = list.children[10], before = top(watched);
      keeper.keep(() => { list.prepend(article(333)); list.append(article(120), article(77)); }, false);
      return top(watched) - before;
    """) == 0  # fmt: skip


def test_a_head_that_the_topmost_message_loses_moves_nothing_below(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + """
      log.scrollTop = -300;
      const watched = list.children[12], before = top(watched);
      keeper.keep(() => { list.prepend(article(90)); list.children[7].style.height = "20px"; }, false);
      return top(watched) - before;
    """) == 0  # fmt: skip


def test_a_message_is_shown_in_the_upper_third(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + """
      keeper.show(list.children[8]);
      return top(list.children[8]);
    """) == 133  # fmt: skip


def test_every_change_says_where_one_is(run: Run) -> None:
    assert run("js/models/scroll_keeper", LOG + """
      const places = [];
      keeper.on("move", ({ atEnd }) => places.push(atEnd));
      log.scrollTop = -300;
      keeper.keep(() => {}, false);
      keeper.toEnd();
      keeper.keep(() => {}, true);
      return places;
    """) == [False, True]  # fmt: skip
