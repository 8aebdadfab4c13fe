"""What papers are called: the school's own have no number of an annex, forms the title that the school chose."""

import re

import pytest
from django.conf import settings

from riskpoints.documents import build

ANNEX = re.compile(r"附件\s*[3３三]")


def test_no_paper_of_the_schools_own_has_an_annex_number():
    """The file has 附件1, 2 and 4; what its 附件3 was, nobody knows (T1)."""
    said = [path for path in sorted((settings.BASE_DIR / "templates").rglob("*")) if path.is_file()]
    assert len(said) > 200
    assert [path.name for path in said if ANNEX.search(path.read_text(encoding="utf-8"))] == []
    code = sorted((settings.BASE_DIR / "riskpoints").rglob("*.py"))
    words = {path.name: ANNEX.findall(re.sub(r"#.*", "", path.read_text(encoding="utf-8"))) for path in code}
    assert {name: found for name, found in words.items() if found} == {}


@pytest.mark.django_db
def test_a_form_has_the_title_that_the_school_chose(confirmed_version, school):
    """One form has three titles in the file (T3)."""
    school.department_form_title = "科室廉政风险点防控表"
    school.save()
    assert build.department_form(confirmed_version).title_lines == (school.short_name, "科室廉政风险点防控表")
