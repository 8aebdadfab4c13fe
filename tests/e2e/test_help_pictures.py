"""The pictures of the help: each of a page of the sample school on one day, opened here, and taken anew when asked.

pytest --update-pictures tests/e2e/test_help_pictures.py takes them; look at what it took.
"""

import io
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from PIL import Image

from departments.models import User
from riskpoints.models import TableVersion
from riskpoints.sample import loader
from tests.e2e.browsing import enter

pytestmark = pytest.mark.e2e

KEPT = Path(settings.BASE_DIR, "static/help")
TEMPLATES = Path(settings.BASE_DIR, "templates")
DAY = "2026-11-20T10:00:00+08:00"
# What fits into the column of a page of the help at a desk, and is still read when it is printed.
WIDTH, COLOURS = 1120, 64
LARGEST, ALL_TOGETHER = 60_000, 1_200_000  # bytes


@dataclass(frozen=True)
class Shot:
    """One picture: who opens which page, what has to stand in it, how high it is.

    `opens` is the name of an address; `table` and `number` say of which version, if it is one's, `arguments` what else
    stands in it. `first` is at the top of the picture (without the menu, which grows), the `captions` are in it.
    """

    who: str
    opens: str
    captions: tuple[str, ...]
    height: int = 560
    table: str = ""
    number: int = 1
    arguments: tuple[str, ...] = ()
    query: str = ""
    first: str = "#workspace"
    width: int = WIDTH


SIGN = ("我已审阅本表，同意审核意见，确定上述风险等级。", "确定")
REVIEW = ("审核结论", "审核通过，核定等级", "退回修改", "先保存，稍后再审")
TRAIL = ("审计记录", "人员", "事项", "对象", "结果", "核验完整性")
PROGRESS = ("全校进度", "年度对照", "不漏岗、不缺项", "进度表（Excel）")
POINT = ("发生机率", "危害程度", "建议等级")
SHOTS = {
    "staff-register": Shot("5001", "register", ("风险点登记册", "查找", "检索词", "岗位", "导出 Excel")),
    "staff-propose": Shot("5001", "participation:propose", ("提建议", "送部门", "理由"), 780),
    "head-draft": Shot("3008", "version", ("清单、下载等", "提交纪委审核", "修改"), 700, "培训科"),
    "head-point": Shot("3010", "version", POINT, 760, "总务处", 2, query="?open=new-duty", first="#new-duty"),
    "leader-progress": Shot("1002", "progress", PROGRESS, 640, width=1366),
    "principal-sign": Shot("1001", "act", SIGN, 560, "工会", arguments=("confirm",)),
    "reviewer-review": Shot("2001", "version", REVIEW, 700, "实训处"),
    "deputy-inbox": Shot("1006", "inbox", ("待办", "去审核"), 330),
    "office-years": Shot("2003", "years", ("年度与档案", "开启年度", "进度", "改日程", "关闭"), 330),
    "office-sign": Shot("2003", "act", ("签字日期", "签字人", "登记签字盖章"), 600, "工会", arguments=("confirm",)),
    "admin-set-up": Shot("0001", "set_up", ("启用准备", "学校信息", "岗位和职能", "谁办哪一步"), 600),
    "admin-account": Shot("0001", "departments:account", ("增加角色", "重置密码", "停用账号"), 640),
    "auditor-trail": Shot("0002", "audit", TRAIL, query="?target=总务处"),
    "public-table": Shot("", "publication_table", ("对这张表提意见", "打印公示稿（PDF）"), 700, "学生处"),
    "public-send": Shot("", "participation:send", ("送出意见", "称呼", "检举控告"), 520, "学生处"),
}
# This browser has no Chinese words for the first two; the code to be scanned holds the address of this machine.
MADE_READY = """
for (const one of document.querySelectorAll("input[type=date]")) {
  const value = one.value.replaceAll("-", "/");
  one.type = "text";
  one.value = value || "年/月/日";
}
for (const one of document.querySelectorAll("input[type=file]")) {
  one.type = "text";
  one.value = "选择文件　未选择任何文件";
}
for (const one of document.querySelectorAll(".qr")) one.style.visibility = "hidden";
"""


def named() -> dict[str, str]:
    """The pictures that the help shows, with what is said of each for who does not see it."""
    found = [path.read_text() for path in TEMPLATES.rglob("*.html") if path.parent.name == "help"]
    return {name: shown for text in found for name, shown in re.findall(r'{% picture "([^"]+)" "([^"]+)"', text)}


def test_each_picture_is_kept_shown_and_taken():
    assert {path.name for path in KEPT.iterdir()} == {f"{name}.webp" for name in SHOTS}
    assert set(named()) == set(SHOTS)
    assert all(len(shown) > 10 for shown in named().values())


def test_the_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in KEPT.iterdir()}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) < ALL_TOGETHER
    for path in KEPT.iterdir():
        with Image.open(path) as picture:
            assert (picture.format, picture.width) == ("WEBP", SHOTS[path.stem].width)


@pytest.fixture
def sample(live_server):
    """Return nothing: the sample school is there, as it was on the day of the pictures."""
    with time_machine.travel(DAY, tick=False), override_settings(DEMO=True):
        assert loader.load()
        yield


def address_of(shot: Shot) -> str:
    arguments: list[object] = list(shot.arguments)
    if shot.table:
        versions = TableVersion.objects.filter(table__cycle__year=2026, number=shot.number)
        arguments.insert(0, versions.get(table__department__name=shot.table).pk)
    if shot.opens == "departments:account":
        arguments = [User.objects.get(staff_number="4001").pk]
    name = shot.opens if ":" in shot.opens else f"riskpoints:{shot.opens}"
    return reverse(name, args=arguments) + shot.query


def bounds(page, shot: Shot) -> dict[str, float]:
    """The part of the page that the picture shows."""
    top = page.locator(shot.first).first.evaluate("one => one.getBoundingClientRect().top + window.scrollY")
    return {"x": 0, "y": top, "width": shot.width, "height": shot.height}


def missing(page, shot: Shot) -> list[str]:
    """The captions that do not stand within the picture."""
    page.evaluate("window.scrollTo(0, 0)")
    top = bounds(page, shot)["y"]
    found = []
    for words in shot.captions:
        places = [one.bounding_box() for one in page.get_by_text(words).all()]
        if not any(box and top <= box["y"] <= top + shot.height - box["height"] for box in places):
            found.append(words)
    return found


def take(page, shot: Shot, path: Path) -> None:
    """Keep a picture in few colours, without loss."""
    page.evaluate(MADE_READY)
    taken = page.screenshot(full_page=True, clip=bounds(page, shot), animations="disabled")
    with Image.open(io.BytesIO(taken)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")
        few.save(path, "WEBP", lossless=True, quality=100, method=6)


@pytest.mark.long
@pytest.mark.usefixtures("sample")
def test_each_page_still_shows_what_its_picture_does(request, new_page):
    wrong = {}
    for name, shot in SHOTS.items():
        page = new_page(viewport={"width": shot.width, "height": 800})
        if shot.who:
            enter(page, User.objects.get(staff_number=shot.who))
        answer = page.goto(address_of(shot))
        wrong[name] = [] if answer.status == 200 else [f"status {answer.status}"]
        wrong[name] += missing(page, shot)
        if request.config.getoption("--update-pictures"):
            take(page, shot, KEPT / f"{name}.webp")
        page.close()
    assert {name: faults for name, faults in wrong.items() if faults} == {}
