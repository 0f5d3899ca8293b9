"""ICAO Doc 9303: machine-readable zones. The first five zones are the specification's own specimens."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idp.foundation.refusal import Refusal
from idp.protocol.mrz import parse
from idp.protocol.mrz_layout import TD1, TD2, TD3, check_digit, names_of, partial_date
from idp.protocol.mrz_names import same_name, spellings

TODAY = date(2026, 11, 23)
PASSPORT = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
CARD = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
LONG_NUMBER = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
SMALL_CARD = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")
ZONES = {"TD3": PASSPORT, "TD1": CARD, "TD1, long number": LONG_NUMBER, "TD2": SMALL_CARD}
LAYOUT = {"TD3": TD3, "TD1": TD1, "TD1, long number": TD1, "TD2": TD2}


def read(*lines):
    return parse("\n".join(lines), TODAY)


def faults(*lines):
    with pytest.raises(Refusal) as refusal:
        read(*lines)
    assert refusal.value.code == "mrz.unreadable"
    assert all(fault.explanation in refusal.value.reason for fault in refusal.value.facts["faults"])
    return {(fault.line, fault.field, fault.problem) for fault in refusal.value.facts["faults"]}


def put(lines, line, start, text):
    changed = list(lines)
    changed[line - 1] = changed[line - 1][:start] + text + changed[line - 1][start + len(text) :]
    return changed


def sealed(lines, layout):
    """The lines with their check digits made right again, so that only what was changed on purpose is wrong."""
    spans = [layout.number, layout.birth, layout.expiry] + ([layout.optional] if layout.optional_is_checked else [])
    for span in spans:
        lines = put(lines, span.line, span.end, check_digit(span.of(lines)))
    composite = "".join(span.of(lines) for span in layout.composite)
    return put(lines, layout.composite_digit.line, layout.composite_digit.start, check_digit(composite))


def test_a_passport_is_read():
    zone = read(*PASSPORT)
    assert (zone.layout, zone.document_type, zone.document_code) == ("TD3", "passport", "P")
    assert (zone.issuing_state, zone.nationality, zone.document_number) == ("UTO", "UTO", "L898902C3")
    assert (zone.surname, zone.given_names, zone.names_may_be_cut) == ("ERIKSSON", "ANNA MARIA", False)
    assert (zone.birth_date, zone.sex, zone.expiry_date) == (date(1974, 8, 12), "F", date(2012, 4, 15))
    assert (zone.optional_data, zone.lines) == ("ZE184226B", PASSPORT)


@pytest.mark.parametrize("zone", [CARD, SMALL_CARD], ids=["TD1", "TD2"])
def test_an_identity_card_is_read(zone):
    card = read(*zone)
    assert (card.document_type, card.document_number) == ("idcard", "D23145890")
    assert (card.surname, card.given_names, card.birth_date) == ("ERIKSSON", "ANNA MARIA", date(1974, 8, 12))


def test_a_long_document_number_runs_on():
    assert read(*LONG_NUMBER).document_number == "D23145890734"
    assert faults(*put(LONG_NUMBER, 1, 17, "8")) == {
        (1, "document_number", "check_digit"),
        (2, "composite", "check_digit"),
    }


@pytest.mark.parametrize("name", ZONES)
@pytest.mark.parametrize(
    "mangle",
    [
        "\n".join,
        "\r\n".join,
        lambda lines: "\n\n".join(lines) + "\n",
        "".join,
        lambda lines: "\n".join(lines).lower(),
        lambda lines: "\n".join(" ".join(line[i : i + 5] for i in range(0, len(line), 5)) for line in lines),
        lambda lines: "  " + " \n ".join(lines).replace("<<", "«") + "\t",
    ],
    ids=["lines", "CRLF", "blank lines", "pasted as one", "lower case", "spaced", "guillemets"],
)
def test_what_people_paste_is_read_all_the_same(name, mangle):
    assert parse(mangle(ZONES[name]), TODAY) == read(*ZONES[name])


@pytest.mark.parametrize("name", ["TD3", "TD1", "TD2"])
@pytest.mark.parametrize("field", ["number", "birth", "expiry"])
def test_each_check_digit_finds_its_own_field(name, field):
    span = getattr(LAYOUT[name], field)
    digit = span.digit(ZONES[name])
    wrong = put(ZONES[name], span.line, span.end, str((int(digit) + 1) % 10))
    named = {"number": "document_number", "birth": "birth_date", "expiry": "expiry_date"}[field]
    assert (span.line, named, "check_digit") in faults(*wrong)


@pytest.mark.parametrize("name", ["TD3", "TD1", "TD2"])
def test_the_last_check_digit_covers_the_rest(name):
    digit = LAYOUT[name].composite_digit
    wrong = put(ZONES[name], digit.line, digit.start, str((int(digit.of(ZONES[name])) + 1) % 10))
    assert faults(*wrong) == {(digit.line, "composite", "check_digit")}


def test_the_personal_number_of_a_passport_has_its_own():
    assert (2, "optional_data", "check_digit") in faults(*put(PASSPORT, 2, 28, "ZE184226C"))


@pytest.mark.parametrize("digit", ["0", "<"])
def test_an_empty_personal_number_may_have_a_filler(digit):
    lines = put(sealed(put(PASSPORT, 2, 28, "<" * 14), TD3), 2, 42, digit)
    assert read(*lines).optional_data == ""


@given(st.sampled_from(sorted(ZONES)), st.data())
def test_one_wrong_digit_never_goes_unnoticed(name, data):
    layout, lines = LAYOUT[name], ZONES[name]
    checked = [(span.line, place) for span in layout.composite for place in range(span.start, span.end)]
    line, place = data.draw(st.sampled_from([(n, p) for n, p in checked if lines[n - 1][p].isdigit()]))
    old = lines[line - 1][place]
    new = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != old]))
    assert faults(*put(lines, line, place, new))


def test_every_fault_is_named_at_once():
    wrong = put(put(put(PASSPORT, 2, 9, "0"), 2, 13, "741332"), 1, 0, "X")
    assert faults(*wrong) >= {
        (1, "document_code", "value"),
        (2, "document_number", "check_digit"),
        (2, "birth_date", "check_digit"),
        (2, "birth_date", "date"),
        (2, "composite", "check_digit"),
    }


@pytest.mark.parametrize("text", ["", " ", "\n", "P<UTO", "a\nb\nc\nd", "x" * 1_000_000, "<" * 89])
def test_a_text_of_another_shape_is_no_zone(text):
    assert faults(text)


def test_a_line_of_another_length_is_named():
    assert faults(PASSPORT[0], PASSPORT[1][:-1]) == {(2, "line", "length")}
    assert faults(PASSPORT[0] + "<", PASSPORT[1]) == {(1, "line", "length")}
    assert faults(PASSPORT[0][:-1], PASSPORT[1][:-1]) == {(1, "line", "length"), (2, "line", "length")}
    assert faults(CARD[0], CARD[1], CARD[2] + "<") == {(3, "line", "length")}


@pytest.mark.parametrize("letter", ["Ö", "-", "'", "0️", "\0", "é", "ß", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_strange_character_is_named(letter):
    assert (1, "line", "character") in faults(PASSPORT[0][:10] + letter + PASSPORT[0][11:], PASSPORT[1])


@pytest.mark.parametrize(
    ("line", "start", "text", "field"),
    [
        (1, 0, "V<", "document_code"),
        (1, 0, "<<", "document_code"),
        (1, 2, "UT0", "issuing_state"),
        (1, 2, "<<<", "issuing_state"),
        (2, 10, "<<<", "nationality"),
        (2, 10, "12<", "nationality"),
        (2, 20, "K", "sex"),
        (1, 5, "<<ANNA", "names"),
        (1, 5, "ER1KSSON", "names"),
        (1, 5, "<" * 39, "names"),
    ],
)
def test_a_value_that_cannot_be_is_named(line, start, text, field):
    assert (line, field, "value") in faults(*sealed(put(PASSPORT, line, start, text), TD3))


@pytest.mark.parametrize("state", ["D<<", "GBD", "XXA"])
def test_states_have_one_to_three_letters(state):
    assert read(*put(PASSPORT, 1, 2, state)).issuing_state == state.rstrip("<")


@pytest.mark.parametrize(("written", "sex"), [("M", "M"), ("F", "F"), ("<", "X"), ("X", "X")])
def test_sex_may_be_left_open(written, sex):
    assert read(*put(PASSPORT, 2, 20, written)).sex == sex


@pytest.mark.parametrize(
    ("written", "born"),
    [
        ("261123", date(2026, 11, 23)),
        ("261124", date(1926, 11, 24)),
        ("270101", date(1927, 1, 1)),
        ("000229", date(2000, 2, 29)),
        ("<<<<<<", None),
        ("74<<<<", None),
        ("7408<<", None),
    ],
)
def test_a_birth_lies_in_the_past(written, born):
    assert read(*sealed(put(PASSPORT, 2, 13, written), TD3)).birth_date == born


@pytest.mark.parametrize(
    ("written", "expires"),
    [("261124", date(2026, 11, 24)), ("760101", date(2076, 1, 1)), ("770101", date(1977, 1, 1)), ("<<<<<<", None)],
)
def test_an_expiry_may_lie_in_the_future(written, expires):
    assert read(*sealed(put(PASSPORT, 2, 21, written), TD3)).expiry_date == expires


@pytest.mark.parametrize("written", ["740230", "741301", "740800", "000000", "ABCDEF", "7A<<<<"])
def test_a_date_that_never_was_is_named(written):
    assert (2, "birth_date", "date") in faults(*sealed(put(PASSPORT, 2, 13, written), TD3))


@given(st.text(max_size=150) | st.text("P<IABC0123456789\n", max_size=150))
def test_any_text_is_read_or_refused_and_nothing_else_happens(text):
    try:
        parse(text, TODAY)
    except Refusal as refusal:
        assert refusal.facts["faults"]  # noqa: PT017 (either outcome is right)


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("ERIKSSON<<ANNA<MARIA<<<", ("ERIKSSON", "ANNA MARIA")),
        ("ARKFREITH<<<<<<", ("ARKFREITH", "")),
        ("VAN<DER<MUELLEN<<CORNELIA", ("VAN DER MUELLEN", "CORNELIA")),
        ("SUHARTO", ("SUHARTO", "")),
        ("A<<B<<C<", ("A", "B C")),
    ],
)
def test_fillers_part_names(field, names):
    assert names_of(field) == names


def test_names_that_fill_their_field_may_be_cut():
    assert read(*put(PASSPORT, 1, 5, "NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K")).names_may_be_cut


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [
        ("Eriksson", "ERIKSSON"),
        ("Müller", "MUELLER"),
        ("Müller", "MULLER"),
        ("Weiß", "WEISS"),
        ("Ångström", "AANGSTROEM"),
        ("Ångström", "ANGSTROM"),
        ("Søren Æbelø", "SOEREN AEBELOE"),
        ("Þórður", "THORDUR"),
        ("Łukasz Żółć", "LUKASZ ZOLC"),
        ("Nguyễn Đức", "NGUYEN DUC"),
        ("D'Artagnan", "DARTAGNAN"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Connor", "OCONNOR"),
        ("Anna-Maria", "ANNA MARIA"),
        ("Martínez  Peña", "MARTINEZ PENA"),
        ("I\N{COMBINING DOT ABOVE}smail", "ISMAIL"),
        ("\N{MATHEMATICAL BOLD SCRIPT SMALL A}nna", "ANNA"),
    ],
)
def test_a_name_is_known_as_a_passport_spells_it(recorded, printed):
    assert same_name(recorded, printed)


@pytest.mark.parametrize(
    ("recorded", "printed"),
    [("Eriksson", "ERIKSON"), ("Eriksson", "ERIK"), ("مريم", "MARYAM"), ("", "A"), ("A", ""), ("A1", "A1")],
)
def test_another_name_is_another_name(recorded, printed):
    assert not same_name(recorded, printed)


def test_a_cut_name_is_how_the_name_begins():
    assert same_name("Chayapa Dejthamrong Krasuang", "CHAYAPA DEJTHAMRONG K", may_be_cut=True)
    assert not same_name("Chayapa Dejthamrong Krasuang", "CHAYAPA DEJTHAMRONG X", may_be_cut=True)


def test_nobody_s_second_name_is_nothing():
    assert same_name("", "")
    assert spellings("مريم") == frozenset()


@given(st.text())
def test_spellings_are_capitals_and_single_spaces(name):
    for spelling in spellings(name):
        assert spelling.isascii()
        assert spelling.replace(" ", "").isalpha()
        assert spelling.upper() == spelling == " ".join(spelling.split())


def test_partial_dates_hold_digits_and_fillers_only():
    with pytest.raises(ValueError, match="not a date"):
        partial_date("7A<<<<", TODAY, may_be_future=False)
