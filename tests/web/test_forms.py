import io
from datetime import date

import pytest
from werkzeug.datastructures import FileStorage, MultiDict

from idp.foundation.refusal import Refusal
from idp.web.forms import Form, digits_only


def form(**fields: str) -> Form:
    return Form(MultiDict({name.replace("_", "-"): value for name, value in fields.items()}))


def uploaded(content: bytes) -> Form:
    return Form(MultiDict(), MultiDict({"portrait": FileStorage(io.BytesIO(content), "p.png")}))


def test_a_name_is_normalised_and_trimmed() -> None:
    assert form(name=" Andre\u0301 ").text("name") == "André"


def test_a_name_in_any_script_is_kept() -> None:
    assert form(name="محمد\u200f بن 張").text("name") == "محمد\u200f بن 張"


def test_a_password_keeps_its_spaces() -> None:
    assert form(password=" correct horse ").secret("password") == " correct horse "


@pytest.mark.parametrize("value", ["a\x00b", "a\nb", "a\x7fb", "a\x85b", "a\ufffdb", "a" * 201])
def test_what_no_browser_of_ours_sends_is_refused(value: str) -> None:
    with pytest.raises(Refusal, match=r"forms\.malformed"):
        form(name=value).text("name")


def test_a_field_sent_twice_is_refused() -> None:
    with pytest.raises(Refusal, match="more than once"):
        Form(MultiDict([("name", "a"), ("name", "b")])).text("name")


def test_lines_are_kept_where_lines_are_asked_for() -> None:
    assert form(note="one\r\ntwo").text("note", lines=True) == "one\r\ntwo"


def test_what_is_missing_is_collected_and_not_raised() -> None:
    read = form()
    read.text("username", missing="Enter your e-mail address", field_id="login-username")
    read.secret("password", missing="Enter your password", field_id="login-password")
    assert read.errors == [("login-username", "Enter your e-mail address"), ("login-password", "Enter your password")]


@pytest.mark.parametrize(
    "typed", ["123 456", "123-456", "١٢٣٤٥٦", "123\u00a0456", "\uff11\uff12\uff13\uff14\uff15\uff16"]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert form(code=typed).digits("code", count=6) == "123456"


def test_a_code_of_the_wrong_length_is_wrong() -> None:
    read = form(code="12345")
    assert read.digits("code", count=6, wrong="Enter the six digits") == ""
    assert read.errors == [("code", "Enter the six digits")]


def test_superscripts_are_not_digits() -> None:
    assert digits_only("1²3") == "13"


def test_a_choice_that_was_not_offered_is_refused() -> None:
    with pytest.raises(Refusal, match="not offered"):
        form(document="crown").choice("document", ["passport", "card"])
    with pytest.raises(Refusal, match="not offered"):
        form(claims="tax").choices("claims", ["name"])


def test_boxes_are_read_together() -> None:
    read = Form(MultiDict([("claims", "name"), ("claims", "email")]))
    assert read.choices("claims", ["name", "email", "tax"]) == {"name", "email"}


def test_an_unticked_box_can_be_required() -> None:
    read = form()
    assert not read.checked("agree", missing="Tick the box")
    assert read.errors == [("agree", "Tick the box")]


def test_a_date_is_read_from_its_parts_in_any_digits() -> None:
    assert form(born_day="٢٧", born_month="3", born_year="1990").date("born") == date(1990, 3, 27)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({}, "Enter your date of birth"),
        ({"born_day": "31", "born_month": "2", "born_year": "1990"}, "There is no such day"),
        ({"born_day": "31"}, "There is no such day"),
        ({"born_day": "1", "born_month": "1", "born_year": "99999"}, "There is no such day"),
    ],
)
def test_a_date_that_is_missing_or_wrong_is_explained_at_its_first_part(parts: dict[str, str], message: str) -> None:
    read = form(**parts)
    assert read.date("born", missing="Enter your date of birth", wrong="There is no such day") is None
    assert read.errors == [("born-day", message)]


def test_a_file_is_read_up_to_its_limit_and_no_further() -> None:
    assert uploaded(b"12345").upload("portrait", limit=5) == b"12345"
    read = uploaded(b"123456")
    assert read.upload("portrait", limit=5, too_big="Choose a smaller file") is None
    assert read.errors == [("portrait", "Choose a smaller file")]


def test_no_file_and_an_empty_file_are_both_missing() -> None:
    for read in (uploaded(b""), form()):
        assert read.upload("portrait", limit=5, missing="Choose a file") is None
        assert read.errors == [("portrait", "Choose a file")]
