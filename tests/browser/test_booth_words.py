"""A terminal without a network speaks two languages, and shows each voter an order of their own where the rule book says so."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from diancai.platform.core.keys import Keys
from diancai.platform.features import load_jobs
from diancai.platform.rounds.states import ItemOrder
from diancai.voting import BallotType
from tests.browser.booths import OFFLINE, Booth, a_booth
from tests.browser.conftest import OpenContext
from tests.browser.test_kiosk import TABLET
from tests.factories import AT
from tests.sites import Clock, a_site

load_jobs()
CHINESE = re.compile("[\u4e00-\u9fff]")
OWN_WORDS = ("示范街道", "2026年家门口的小实事", "第一投票点", "一号机", "第一社区", "小区南门", "中文", "点菜")
"""What the office has written, the platform's name, and the way back to Chinese."""

OpenBooth = Callable[..., Booth]


@pytest.fixture(params=["sqlite"])
def dialect(request: pytest.FixtureRequest) -> str:
    """What a terminal shows does not depend on the database."""
    return str(request.param)


@pytest.fixture
def open_booth(database_url: str, engine: Engine, keys: Keys, open_context: OpenContext) -> Iterator[OpenBooth]:
    """A terminal whose network is gone."""
    with a_site(database_url, engine, keys, Clock(AT)) as site:

        def open_one(**columns: object) -> Booth:
            booth = a_booth(site, open_context(viewport=TABLET), **columns)
            booth.context.set_offline(True)
            booth.page.reload()
            booth.says(OFFLINE)
            return booth

        yield open_one


def switch(page: Page, to: str = "English") -> None:
    page.locator("[data-booth-language]", has_text=to).click()


def chinese_left(page: Page) -> list[str]:
    """Every line on the screen that still holds Chinese, without what the office wrote."""
    lines = [line for line in page.locator("body").inner_text().splitlines() if line.strip()]
    labels = page.eval_on_selector_all(
        "body [aria-label]", "all => all.filter(e => e.checkVisibility()).map(e => e.ariaLabel)"
    )
    without = [re.sub("|".join((*OWN_WORDS, "第[0-9]+道菜")), "", line) for line in (*lines, *labels)]
    return [line for line in without if CHINESE.search(line)]


def items_on(page: Page, within: str = "ul.items") -> list[str]:
    """The page draws its list after a press: wait for it, then read."""
    expect(page.locator(f"{within} .item-number").first).to_be_visible()
    return page.locator(f"{within} .item-number").all_inner_texts()


def test_a_whole_vote_in_english_without_a_network(open_booth: OpenBooth) -> None:
    booth = open_booth()
    page = booth.page
    switch(page)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert chinese_left(page) == []
    page.get_by_role("button", name="Press here to begin").click()
    assert chinese_left(page) == []
    page.get_by_label("Your ballot code").fill(booth.slips.pop())
    page.get_by_role("button", name="Next: choose items").click()
    page.locator("label[for=choice-2]").click()
    expect(page.locator("[data-said]")).to_contain_text("1")
    assert chinese_left(page) == []
    page.get_by_role("button", name="Next: check my choices").click()
    expect(page.locator("[data-total-money]")).to_have_text("¥100,000.00")
    assert chinese_left(page) == []
    tracker = page.locator("[data-tracker]").inner_text()
    page.get_by_role("button", name="Cast the ballot").click()
    expect(page.locator("[data-tracker]")).to_have_text(tracker)
    assert chinese_left(page) == []
    page.locator("[data-next-person]").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")  # the next person begins as everybody does


def test_changing_the_language_loses_nothing(open_booth: OpenBooth) -> None:
    booth = open_booth()
    page, code = booth.page, booth.slips[-1]
    booth.begins()
    page.get_by_label("您的投票码").fill(code)
    switch(page)
    expect(page.get_by_label("Your ballot code")).to_have_value(code)
    page.get_by_role("button", name="Next: choose items").click()
    page.locator("label[for=choice-2]").click()
    page.locator("label[for=choice-5]").click()
    switch(page, "中文")
    expect(page.locator("[data-choice]:checked")).to_have_count(2)
    expect(page.locator("[data-said]")).to_have_text("已选2项，还可选1项")
    page.get_by_role("button", name="下一步：核对我的选择").click()
    assert items_on(page, "[data-bill]") == ["2", "5"]
    tracker = page.locator("[data-tracker]").inner_text()
    switch(page)
    assert items_on(page, "[data-bill]") == ["2", "5"]
    assert page.locator("[data-tracker]").inner_text() == tracker
    page.get_by_role("button", name="Go back and change").click()
    expect(page.locator("[data-choice]:checked")).to_have_count(2)
    assert chinese_left(page) == []


def test_help_and_the_question_to_an_idle_person_change_too(open_booth: OpenBooth) -> None:
    page = open_booth().page
    switch(page)
    page.locator("[data-kiosk-help]").click()
    expect(page.locator("[data-kiosk-help-box] h2")).to_have_text("Do you need help?")
    assert chinese_left(page) == []
    page.locator("[data-kiosk-help-close]").click()
    still = page.locator("[data-kiosk-still]").text_content()
    assert not CHINESE.search(still or "中")


def test_a_ranking_keeps_its_places_in_both_languages(open_booth: OpenBooth) -> None:
    booth = open_booth(ballot_type=BallotType.RANKING, item_order=ItemOrder.RANDOM)
    page = booth.page
    booth.proves(booth.slips.pop())
    for number in (4, 1):
        page.locator(f"[data-item='{number}'] [data-add]").click()
    order = items_on(page)
    switch(page)
    expect(page.locator("[data-ranked] li")).to_have_count(2)
    assert items_on(page) == order
    page.get_by_role("button", name="Next: check my choices").click()
    assert items_on(page, "[data-bill]") == ["4", "1"]
    expect(page.locator("[data-bill] .rank-place")).to_have_text(["Place 1", "Place 2"])


def test_items_drawn_by_lot_stand_alike_for_everybody(open_booth: OpenBooth) -> None:
    booth = open_booth(item_order=ItemOrder.DRAWN)
    for _ in range(2):
        booth.proves(booth.slips[-1])
        assert items_on(booth.page) == ["1", "2", "3", "4", "5", "6"]
        booth.page.get_by_role("link", name="重来").first.click()


def test_an_order_per_voter_holds_until_the_review_and_not_for_the_next(open_booth: OpenBooth) -> None:
    """Twelve items: two people with the same order are one in 479 million."""
    booth = open_booth(item_order=ItemOrder.RANDOM, items=12, max_marks=12)
    page, seen = booth.page, []
    for _ in range(2):
        booth.proves(booth.slips.pop())
        seen.append(items_on(page))
        chosen = [number for number in seen[-1] if int(number) % 2]
        for number in sorted(chosen, key=int):
            page.locator(f"label[for=choice-{number}]").click()
        page.get_by_role("button", name="下一步：核对我的选择").click()
        assert items_on(page, "[data-bill]") == chosen
        page.get_by_role("button", name="返回修改").click()
        assert items_on(page) == seen[-1]
        page.get_by_role("button", name="下一步：核对我的选择").click()
        page.get_by_role("button", name="确认投票").click()
        page.locator("[data-next-person]").click()
    everything = [str(number) for number in range(1, 13)]
    assert [sorted(order, key=int) for order in seen] == [everything, everything]
    assert seen[0] != seen[1]


def test_every_order_is_as_likely_as_any_other(open_booth: OpenBooth) -> None:
    """6,000 draws of three items: each of six orders 1,000 times, five standard deviations either way."""
    page = open_booth(item_order=ItemOrder.RANDOM).page
    counts = page.evaluate("""async () => {
        const { drawOrder } = await import([...document.querySelector("main").dataset.assets.split(" ")].find(a => a.includes("booth-ballot")));
        const counts = {};
        for (let turn = 0; turn < 6000; turn += 1) { const key = drawOrder(["1", "2", "3"]).join(""); counts[key] = (counts[key] ?? 0) + 1; }
        return counts;
    }""")
    assert len(counts) == 6
    assert all(abs(count - 1000) < 5 * 29 for count in counts.values()), counts
