"""The templates and scripts by themselves, with sample values: access, sizes, and what the scripts promise."""

import threading
from collections.abc import Callable, Iterable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, Response, expect
from werkzeug.serving import make_server

from tests.browser.gallery.pages import PAGES, create_gallery

# A context that closes early leaves the server with a picture half sent.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

WAY = [name for name in PAGES if PAGES[name][0].startswith("voting/") and name != "tracker"]
BALLOT_LIMIT_BYTES = 60_000

SMALL_TARGETS = """limit => [...document.querySelectorAll('a, button, select, input, summary')]
  .filter(each => each.closest('main, header'))
  .filter(each => each.getClientRects().length && each.type !== 'hidden' && !each.matches('.item-choice, .visually-hidden, .item-name a, label input'))
  .filter(each => each.getBoundingClientRect().height < limit - 0.5)
  .filter(each => !each.closest('p:not(.actions), li:not(.item)') || each.matches('button'))
  .map(each => `${each.tagName} ${each.textContent.trim().slice(0, 12)} ${each.getBoundingClientRect().height}`)"""


TOO_WIDE = "document.documentElement.scrollWidth > 390"


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_gallery(), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()


def violations(page: Page) -> list[str]:
    """What axe finds, each with the first place."""
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found]


def offenders(page: Page, gallery: str, names: Iterable[str], look: Callable[[], object]) -> dict[str, object]:
    """What `look` finds on each page, for the pages where it finds something."""
    found = {}
    for name in names:
        page.goto(gallery + name)
        if seen := look():
            found[name] = seen
    return found


def test_no_page_of_the_gallery_breaks_a_rule_of_access(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    assert offenders(page, gallery, PAGES, lambda: violations(page)) == {}


@pytest.mark.parametrize("query", ["", "?large=1"])
def test_no_page_is_wider_than_the_phone(phone: BrowserContext, gallery: str, query: str) -> None:
    page = phone.new_page()
    names = [name + query for name in PAGES]
    assert offenders(page, gallery, names, lambda: page.evaluate(TOO_WIDE)) == {}


def test_every_target_on_the_way_to_the_vote_is_sixty_pixels(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    assert offenders(page, gallery, WAY, lambda: page.evaluate(SMALL_TARGETS, 60)) == {}


def test_every_other_target_is_forty_four_pixels(desk: BrowserContext, gallery: str) -> None:
    page = desk.new_page()
    names = ["public", "staff", "tracker", "error"]
    assert offenders(page, gallery, names, lambda: page.evaluate(SMALL_TARGETS, 44)) == {}


@pytest.mark.parametrize("name", ["ballot-tick", "ballot-knapsack", "ballot-ranking"])
def test_a_ballot_of_24_items_is_small_after_the_first_visit(phone: BrowserContext, gallery: str, name: str) -> None:
    page = phone.new_page()
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(gallery + name, wait_until="networkidle")
    again = [answer for answer in answers if "no-store" in answer.headers.get("cache-control", "")]
    assert {answer.request.resource_type for answer in again} == {"document"}
    assert sum(len(answer.body()) for answer in again) <= BALLOT_LIMIT_BYTES


def test_the_bar_says_what_is_left_and_a_sixth_tick_is_refused_with_the_reason(
    phone: BrowserContext, gallery: str
) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-tick")
    expect(page.locator("[data-said]")).to_have_text("已选2项，还可选3项")
    for number in ("3", "5", "6"):
        page.locator(f"label[for=choice-{number}]").click()
    expect(page.locator("[data-said]")).to_have_text("已选满5项")
    page.locator("label[for=choice-7]").click()
    expect(page.locator("[data-item='7'] [data-refusal]")).to_have_text("已满5项，请先取消一项")
    expect(page.locator("#choice-7")).not_to_be_checked()
    expect(page.locator("[data-live]")).to_have_text("已满5项，请先取消一项")


def test_an_item_over_the_fund_says_by_how_much(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-knapsack")
    page.get_by_text("按编号点菜").click()
    page.fill("[data-numbers]", "1 2 5 10 14 15 17 18 21 99")
    page.click("[data-numbers-apply]")
    expect(page.locator("[data-item='21'] [data-refusal]")).to_have_text("超出 12.28万元，请先取消一项")
    expect(page.locator("[data-said]")).to_have_text("已选8项，还剩27.72万元")


def test_ordering_by_number_ticks_the_cards_and_names_unknown_numbers(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-tick")
    page.get_by_text("按编号点菜").click()
    page.fill("[data-numbers]", "３、8 77")
    page.keyboard.press("Enter")
    expect(page.locator("#choice-3")).to_be_checked()
    expect(page.locator("#choice-8")).to_be_checked()
    expect(page.locator("[data-numbers-said]")).to_have_text("已按编号勾选：3 8；没有编号 77")


def test_ranking_moves_by_buttons_and_writes_the_selects(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-ranking")
    expect(page.locator("[data-ranked] li")).to_have_count(2)
    page.locator("[data-item='1'] [data-add]").click()
    page.get_by_role("button", name="上移：幸福里小区路灯改造").click()
    expect(page.locator("[name='rank-1']")).to_have_value("2")
    expect(page.locator("[name='rank-7']")).to_have_value("3")
    expect(page.locator("[data-live]")).to_have_text("幸福里小区路灯改造，现在第2位")
    expect(page.get_by_role("button", name="上移：幸福里小区路灯改造")).to_be_focused()


def test_find_and_filter_hide_other_cards_and_say_how_many(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-tick")
    page.get_by_text("查找和筛选").click()
    page.fill("[data-find]", "食堂")
    expect(page.locator("[data-shown]")).to_have_text("显示2项，共23项")
    expect(page.locator("[data-item='1']")).to_be_hidden()


def test_a_ballot_without_scripts_goes_to_the_review(open_context, gallery: str) -> None:
    page = open_context(java_script_enabled=False).new_page()
    page.goto(gallery + "ballot-tick")
    page.locator("label[for=choice-5]").click()
    assert page.locator("#choice-5").is_checked()
    page.get_by_role("button", name="下一步：核对我的选择").click()
    expect(page.get_by_role("button", name="确认投票")).to_be_visible()
    assert page.get_by_role("button").filter(has_text="投票").count() == 1


def test_the_large_type_switch_on_the_ballot_carries_the_choices(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-tick")
    page.locator("label[for=choice-6]").click()
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.get_by_role("button", name="大字版").click()
    assert "choice=1&choice=2&choice=6" in (sent.value.post_data or "")
    assert "large=1" in (sent.value.post_data or "")


def test_leaving_a_draft_is_said_in_the_page_first(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "ballot-tick")
    page.get_by_role("link", name="不交了，离开").click()
    expect(page.locator("[data-leave-note]")).to_be_visible()
    page.get_by_role("button", name="继续选").click()
    expect(page.locator("[data-leave-note]")).to_be_hidden()
    assert page.url.endswith("/ballot-tick")


def test_a_code_behind_the_address_fills_the_field_and_leaves_the_address(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "start#7KQM29XDPWCA")
    expect(page.locator("#code")).to_have_value("7KQM-29XD-PWCA")
    assert page.url == gallery + "start"


def test_typing_a_code_groups_it(phone: BrowserContext, gallery: str) -> None:
    page = phone.new_page()
    page.goto(gallery + "start")
    page.locator("#code").press_sequentially("7kqm29xdpwca")
    expect(page.locator("#code")).to_have_value("7KQM-29XD-PWCA")


def test_an_idle_kiosk_asks_then_wipes(desk: BrowserContext, gallery: str) -> None:
    page = desk.new_page()
    page.clock.install()
    page.goto(gallery + "ballot-tick?kiosk=1")
    page.clock.run_for(179_000)
    expect(page.locator("[data-kiosk-still]")).to_be_hidden()
    page.clock.run_for(2_000)
    expect(page.locator("[data-kiosk-still]")).to_be_visible()
    page.get_by_role("button", name="我还在，继续").click()
    expect(page.locator("[data-kiosk-still]")).to_be_hidden()
    page.clock.run_for(242_000)
    page.wait_for_url(gallery + "start")


def test_a_kiosk_replaces_pages_in_history(desk: BrowserContext, gallery: str) -> None:
    page = desk.new_page()
    page.goto(gallery + "ballot-tick?kiosk=1")
    before = page.evaluate("history.length")
    page.get_by_role("button", name="下一步：核对我的选择").click()
    expect(page.get_by_role("heading", name="请核对您的选择")).to_be_visible()
    assert page.evaluate("history.length") == before
    assert page.url == gallery + "ballot-tick?kiosk=1"


def test_a_kiosk_receipt_wipes_after_twenty_seconds(desk: BrowserContext, gallery: str) -> None:
    page = desk.new_page()
    page.clock.install()
    page.goto(gallery + "receipt?kiosk=1")
    page.clock.run_for(21_000)
    page.wait_for_url(gallery + "start")


def test_a_signature_becomes_a_picture_and_can_be_cleared(desk: BrowserContext, gallery: str) -> None:
    page = desk.new_page()
    page.goto(gallery + "staff")
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box
    page.mouse.move(box["x"] + 40, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 90, steps=5)
    page.mouse.up()
    assert page.locator("[data-signature-value]").input_value().startswith("data:image/png;base64,")
    page.get_by_role("button", name="清除重写").click()
    assert page.locator("[data-signature-value]").input_value() == ""
