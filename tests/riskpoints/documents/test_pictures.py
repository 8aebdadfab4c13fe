"""Pages with hard content as pictures: nothing cut off, nothing overlapping, everything where it was looked at."""

from dataclasses import replace

import pytest

from riskpoints import documents
from riskpoints.documents.data import FormRow, Mark
from tests.riskpoints.documents import cases
from tests.riskpoints.documents.album import ALLOWED, different_pixels, page_picture, side_by_side
from tests.riskpoints.documents.cases import CATEGORIES, department_form, many, with_row


def form_pdf(make):
    return lambda: documents.department_form_pdf(make())


NIL = "本岗位只负责收发信件，不接触人财物。"
FORMS = {
    "附件4_空白": cases.blank_form,
    "附件4_一页": department_form,
    "附件4_零个风险点": lambda: with_row(department_form(), FormRow(CATEGORIES[0])),
    "附件4_一个风险点": lambda: with_row(department_form(), many(1)),
    "附件4_六十个风险点": lambda: with_row(department_form(), many(60)),
    "附件4_措施八百字": cases.long_measure,
    "附件4_四十个岗位": lambda: replace(department_form(), level=cases.posts(40)),
    "附件4_生僻字": cases.hard_names,
    "附件4_草稿": lambda: replace(with_row(department_form(), many(12)), mark=Mark.DRAFT, filled_on=None),
}
OTHERS = {
    "附件2": lambda: documents.school_form_pdf(cases.school_form()),
    "附件2_多页": lambda: documents.school_form_pdf(cases.long_school_form()),
    "附件1": lambda: documents.group_list_pdf(cases.group_list()),
    "一览表_无风险点": lambda: documents.post_sheet_pdf(cases.post_sheet(0, nil_reason=NIL)),
    "一览表_多页": lambda: documents.post_sheet_pdf(cases.post_sheet(9)),
    "汇总表": lambda: documents.register_pdf(cases.register(40)),
    "公示稿": lambda: documents.notice_pdf(cases.notice(9)),
}
DOCUMENTS = {name: form_pdf(make) for name, make in FORMS.items()} | OTHERS
# Of long documents: the first pages, where a label is continued, and the last, where it is signed.
PAGES = {"附件4_六十个风险点": (1, 2, -1), "附件2_多页": (1, 2, -2, -1), "一览表_多页": (1, -1), "汇总表": (1, -1)}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_page_looks_as_it_was_looked_at(album, name):
    assert album("hard").faults(name, DOCUMENTS[name](), PAGES.get(name, ())) == []


def test_no_picture_is_left_over(album):
    assert album("hard").left_over(set(DOCUMENTS)) == set()


def test_one_changed_character_shows(tmp_path):
    kept = page_picture(documents.department_form_pdf(department_form()), 1)
    duties = department_form().duties
    for text in (duties.replace("资产", "资户"), duties.replace("与", "于")):
        taken = page_picture(documents.department_form_pdf(department_form(duties=text)), 1)
        assert different_pixels(kept, taken) > ALLOWED, text
    side_by_side(kept, taken).save(tmp_path / "seen.png")
    assert different_pixels(kept, kept.resize((10, 10))) > ALLOWED
    assert different_pixels(kept, page_picture(documents.department_form_pdf(department_form()), 1)) == 0
