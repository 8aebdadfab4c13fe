"""./run bench effort: what a head's afternoon costs in keys, clicks and round trips, beside the same work in Word.

A real browser does the work on tables of the sample's own sentences. The models of Word count one key a character and
one Tab or Enter a cell, as written at each; its clicks are those of its menus. Times are those of the keystroke-level
model (tests/bench/hand.py), never those of this machine.
"""

import argparse
import html
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.hand import Count, Hand
from tests.bench.sentences import table_of
from tests.bench.server import Server, Site

CHROMIUM = Path("/usr/bin/chromium-headless-shell")
TITLES = ("岗位", "风险类别", "风险点", "风险等级", "防控措施")
CATEGORIES = {
    "duty": "岗位职责风险",
    "process": "业务流程风险",
    "institution": "制度机制风险",
    "environment": "外部环境风险",
}
LEVELS = {1: "一级（高）", 2: "二级（中）", 3: "三级（低）"}
# What Ctrl+V hands over; the browser's own clipboard can't be filled from outside.
PASTE = """html => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  data.setData("text/plain", "表");
  document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@dataclass(frozen=True)
class Result:
    """One piece of work: what it came to here and in Word, and what it should come to at most."""

    name: str
    here: Count
    word: Count
    goals: tuple[tuple[str, float, float], ...]  # what is measured, its value, the most it should be

    @property
    def missed(self) -> list[str]:
        """The goals that were not reached."""
        return [
            f"{self.name}: {what} {value:.1f}, at most {most:.1f}" for what, value, most in self.goals if value > most
        ]

    def lines(self) -> list[str]:
        """What is printed."""
        said = [f"· {self.name}"]
        for whose, count in (("here", self.here), ("Word", self.word)):
            used = f"{count.text:5} characters, {count.keys:3} keys, {count.clicks:3} clicks, {count.scrolls:2} scrolls"
            said.append(f"  {whose:5} {used}, {count.trips:3} round trips: {count.minutes:5.1f} min of the model")
        return said + [f"  {what}: {value:.1f} (at most {most:.1f})" for what, value, most in self.goals]


def characters(rows: list[dict[str, Any]]) -> int:
    """The text of these points and their measures."""
    return sum(len(row["text"]) + sum(map(len, row["measures"])) for row in rows)


def word_list(rows: list[dict[str, Any]]) -> Count:
    """A list of six columns (岗位、类别、风险点、等级、措施、责任人) typed in Word: a Tab for each cell, an Enter for
    each further measure of a cell; opening, saving and naming the file take 6 clicks and 2 scrolls."""
    further = sum(max(len(row["measures"]) - 1, 0) for row in rows)
    short = sum(
        len(row.get("post", "")) + len("岗位职责") + len("一级") + len(row.get("responsible", "")) for row in rows
    )
    return Count(
        text=characters(rows) + short, keys=6 * len(rows) + further, clicks=6, scrolls=2, decisions=2 * len(rows)
    )


def as_word_html(rows: list[dict[str, Any]]) -> str:
    """The table as Word puts it on the clipboard: paragraphs in cells."""
    lines = [TITLES]
    for row in rows:
        numbered = [f"{n}.{text}" for n, text in enumerate(row["measures"], start=1)]
        measures = "；".join(numbered) if len(numbered) > 1 else "".join(row["measures"])
        lines.append((row.get("post", ""), CATEGORIES[row["category"]], row["text"], LEVELS[row["level"]], measures))
    cells = ["".join(f"<td><p class=MsoNormal>{html.escape(cell)}</p></td>" for cell in line) for line in lines]
    return f"<table class=MsoTableGrid>{''.join(f'<tr>{line}</tr>' for line in cells)}</table>"


def take_over(hand: Hand, version: int) -> Result:
    """A first table of 12 points that exists in Word: copied there, pasted here, looked at, taken in, levelled."""
    page, rows = hand.page, table_of(12)["points"]
    page.goto(f"/versions/{version}/")
    hand.count = Count(keys=2, clicks=1)  # in Word: the table's handle, Ctrl+C, Alt+Tab
    hand.click(page.get_by_role("link", name="粘贴或导入整张表").first)
    page.locator("form[data-takes-table]").wait_for()
    page.evaluate(PASTE, as_word_html(rows))
    hand.count.keys += 1  # Ctrl+V
    page.get_by_role("heading", name="导入预览").wait_for()
    hand.count.decisions += len(rows)
    hand.click(page.get_by_role("button", name="导入到草稿"))
    page.get_by_text("已从").first.wait_for()
    level_all(hand, version, rows)
    goals = (("actions", hand.count.actions, 25.0), ("minutes of the model", hand.count.minutes, 3.0))
    return Result("a first table of 12 points taken over from Word", hand.count, word_list(rows), goals)


def level_all(hand: Hand, version: int, rows: list[dict[str, Any]]) -> None:
    """One key a point on 逐条定级."""
    page = hand.page
    hand.click(page.get_by_role("link", name="逐条定级").first)
    page.get_by_role("heading", name="逐条定级").wait_for()
    while not page.evaluate("document.activeElement.hasAttribute('data-squares')"):
        hand.press("Tab")
    for row in rows:
        hand.press(str(3 * (row["likelihood"] - 1) + row["harm"]))
        hand.count.decisions += 1
    page.get_by_text(f"{len(rows)} 个风险点都已定级").wait_for()


def type_in(hand: Hand, version: int) -> Result:
    """A first table of 12 points typed by keyboard alone: texts, measures, the post of each, then 逐条定级."""
    page, rows = hand.page, table_of(12)["points"]
    page.goto(f"/versions/{version}/")
    hand.press("Tab", "Enter")
    category = rows[0]["category"]
    for row in rows:
        if row["category"] != category:  # past the line for a new point, to that of the next category
            category = row["category"]
            hand.press("Escape", "ArrowDown")
        if not page.locator("textarea.cell-area:focus").count():
            hand.press("Enter")
        write(hand, row)
    hand.press("Escape")
    page.locator(".cell-form").first.wait_for(state="detached")
    page.wait_for_timeout(500)
    typed = Count(**vars(hand.count))
    level_all(hand, version, rows)
    most = 0.7 * word_list(rows).actions
    goals = (
        ("actions besides text", hand.count.actions, most),
        ("keys a point while typing", typed.keys / len(rows), 6.0),
    )
    return Result("a first table of 12 points typed in", hand.count, word_list(rows), goals)


def write(hand: Hand, row: dict[str, Any]) -> None:
    """One point with its post and level, as lists say them, and its measures, in the fields where they stand."""
    hand.type(f"{row['text']}（{row['post']}，{LEVELS[row['level']][:2]}）")
    hand.count.decisions += 1
    hand.press("Tab")
    for number, text in enumerate(row["measures"] or ["两人以上办理，每月抽查一次"]):
        if number:
            hand.press("Enter")
        hand.type(text)
    hand.press("Tab")


def word_renewal(rows: list[dict[str, Any]]) -> Count:
    """Last year's file in Word with 3 points changed, 1 added, 1 removed: it is opened and saved under another name (6
    clicks), its year and day are typed anew, each changed text is scrolled to, clicked into and typed, a row is added
    (Tab for each of its 6 cells), and one is marked and deleted (4 clicks)."""
    text = 3 * len("，今年起改为线上办理") + len(rows[0]["text"]) + len("两人以上办理，每月抽查一次") + 14
    return Count(text=text, keys=6 + 4, clicks=6 + 2 + 3 + 1 + 4, scrolls=5, decisions=len(rows) + 5)


def renew(hand: Hand, version: int) -> Result:
    """A renewal of 12 points: 8 stay, 3 are changed, 1 goes, 1 is added."""
    page, rows = hand.page, table_of(12)["points"]
    page.goto(f"/versions/{version}/walk/")
    page.locator("[data-walk]:focus").wait_for()
    for number in range(len(rows)):
        hand.count.decisions += 1
        if number < 3:
            hand.press("2")
            hand.type("，今年起改为线上办理")
            hand.press("Control+Enter")
            page.locator(".changed-mark").nth(number).wait_for()
        elif number == 3:
            hand.press("3", "Enter")
            page.get_by_text("不再适用").first.wait_for()
        else:
            hand.press("1")
    page.get_by_text("都已核对").first.wait_for()
    stays = len(rows) - 4
    hand.click(page.get_by_role("link", name="返回填报").first)
    blank = page.locator(".points.blank-row [data-cell]").first
    hand.click(blank)
    hand.type(rows[0]["text"])
    hand.press("Tab")
    hand.type("两人以上办理，每月抽查一次")
    hand.press("Control+Enter")
    page.locator(".cell-form").first.wait_for(state="detached")
    word = word_renewal(rows)
    goals = (("actions besides one key a point that stays", hand.count.actions - stays, 0.5 * word.actions),)
    return Result("a renewal of 12 points", hand.count, word, goals)


def review(hand: Hand, version: int) -> Result:
    """The committee reviews 14 points, one of which was changed this year: looks at what differs, and approves."""
    page = hand.page
    page.goto(f"/versions/{version}/")
    hand.press("Space")
    hand.press("j")
    hand.count.decisions += 14
    hand.click(page.locator("button[value=approve]"))
    page.get_by_text("审核通过").first.wait_for()
    word = Count(
        keys=14, clicks=3 + 14, scrolls=6, decisions=14
    )  # on paper or in Word each level is clicked and looked at
    return Result("a review of 14 points with one change", hand.count, word, (("actions", hand.count.actions, 8.0),))


WORK: dict[str, Callable[[Hand, int], Result]] = {
    "taken": take_over,
    "typed": type_in,
    "renewed": renew,
    "reviewed": review,
}


def run(site: Site, names: list[str]) -> list[Result]:
    """Make the school, and do each piece of work in a browser as its head, the review as the committee."""
    from playwright.sync_api import sync_playwright

    site.prepare()
    school = site.call("tests.bench.effort_school", "make")
    server = Server(site, site.folder / "server.log")
    results = []
    with ExitStack() as stack:
        stack.callback(server.stop)
        server.start()
        driver = stack.enter_context(sync_playwright())
        chromium = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        stack.callback(chromium.close)
        for name in names:
            who = school["reviewer"] if name == "reviewed" else school[name]["head"]
            page = enter(chromium, f"http://localhost:{server.port}", who, school["password"])
            results.append(WORK[name](Hand(page), school[name]["version"]))
            page.context.close()
    return results


def enter(chromium: Any, address: str, number: str, password: str) -> Any:
    """A page of somebody who has logged in."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=address)
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.goto("/login/")
    page.fill("[name=username]", number)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def main() -> int:
    """Do the work, print the counts, and say which goals were missed."""
    parser = argparse.ArgumentParser(prog="./run bench effort", description=__doc__)
    parser.add_argument("work", nargs="*", choices=[[], *WORK], help="only these (all)")
    chosen = parser.parse_args().work or list(WORK)
    folder = Path(tempfile.mkdtemp(prefix="register-effort-"))
    try:
        results = run(Site(folder, f"sqlite:///{folder / 'register.sqlite3'}", is_short=False), chosen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for result in results:
        print("\n".join(result.lines()), flush=True)
    missed = [line for result in results for line in result.missed]
    for line in missed:
        print(f"  missed: {line}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
