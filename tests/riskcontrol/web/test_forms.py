"""What every form says when something is missing or wrong."""

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.exceptions import ValidationError

from riskcontrol.web.forms import CodeField, PlainForm


class Sample(PlainForm, forms.Form):
    text = forms.CharField(label="风险点", max_length=4)
    kind = forms.ChoiceField(label="类别", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    day = forms.DateField(label="日期", required=False)
    number = forms.IntegerField(label="份数", required=False, min_value=1, max_value=9)


@pytest.mark.parametrize(
    ("change", "name", "said"),
    [
        ({"text": ""}, "text", "请填写风险点。"),
        ({"text": "五个字的话"}, "text", "请缩短到 4 字以内，现在有 5 字。"),
        ({"text": "两\x00字"}, "text", "含有看不见的控制字符，请删去后再保存。"),
        ({"kind": ""}, "kind", "请选择类别。"),
        ({"kind": "c"}, "kind", "这个选项已不能使用，请重新选择。"),
        ({"day": "昨天"}, "day", "请填写日期，如 2026-11-20。"),
        ({"day": "20266-01-01"}, "day", "请填写日期，如 2026-11-20。"),
        ({"day": "0026-01-01"}, "day", "请核对年份，应在 1900 年至 2100 年之间。"),
        ({"number": "0"}, "number", "不能小于 1。"),
        ({"number": "10"}, "number", "不能大于 9。"),
        ({"number": "半"}, "number", "请填写整数，如 10。"),
    ],
)
def test_a_message_says_what_to_do(change, name, said):
    form = Sample({"text": "四字以内", "kind": "a", "day": "2026-11-20", "number": "2"} | change)
    assert form.errors == {name: [said]}


def test_a_message_written_for_one_field_stays():
    class Agreement(PlainForm, forms.Form):
        agree = forms.BooleanField(label="同意", error_messages={"required": "请勾选后再确定。"})

    assert Agreement({}).errors == {"agree": ["请勾选后再确定。"]}


def test_dates_use_the_browsers_calendar():
    html = str(Sample(initial={"day": "2026-11-20"})["day"])
    assert 'type="date"' in html
    assert 'value="2026-11-20"' in html


def test_an_error_of_a_group_follows_the_whole_group_and_is_linked():
    html = render_crispy_form(Sample({"text": "四字以内"}))
    assert 'aria-describedby="id_kind_error"' in html
    assert html.index("乙") < html.index('id="id_kind_error"')
    assert html.count('id="id_kind_error"') == 1


def test_what_the_model_refuses_is_shown_where_it_belongs():
    form = Sample({"text": "四字以内", "kind": "a"})
    assert form.is_valid()
    form.refuse(ValidationError({"text": "已有。", "gone": "没有这一栏。"}))
    form.refuse(ValidationError("整体不行。"))
    assert form.errors == {"text": ["已有。"], "__all__": ["没有这一栏。", "整体不行。"]}


def test_a_text_that_only_looks_like_one_is_missing():
    for text in ("\u200b", "\u3164 \u2800", "\u00ad\n"):
        assert Sample({"text": text, "kind": "a"}).errors == {"text": ["请填写风险点。"]}


def test_a_line_break_counts_once_as_beside_the_field():
    form = Sample({"text": "一\r\n二三", "kind": "a"})
    assert form.is_valid()
    assert form.cleaned_data["text"] == "一\n二三"


def test_a_code_is_taken_in_any_width():
    class Coded(PlainForm, forms.Form):
        code = CodeField(label="工号", max_length=8)

    form = Coded({"code": "Ａ１２３"})
    assert form.is_valid()
    assert form.cleaned_data == {"code": "A123"}
    assert Coded({"code": "１２ ３"}).is_valid()
