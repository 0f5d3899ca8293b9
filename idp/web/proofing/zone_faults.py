"""What is wrong with machine-readable lines, said so that somebody can find it: which line, which characters."""

from collections.abc import Callable
from typing import Final

from flask_babel import gettext

from idp.foundation.refusal import Refusal
from idp.protocol.mrz import Fault
from idp.protocol.mrz_layout import LAYOUTS, TD1, TD2, TD3, Layout, Span
from idp.web.forms import Form

_: Callable[..., str] = gettext
ALPHABET: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<")


def explain(form: Form, refusal: Refusal, typed: list[str]) -> None:
    """Collect a message for every fault at its line. Raises the refusal again if it is about something else."""
    faults = refusal.facts.get("faults")
    if not isinstance(faults, tuple):
        explain_document(form, refusal, "mrz-line-1")
        return
    lines = ["".join(line.split()).upper() for line in typed]
    layout = _layout(lines)
    shown = [fault for fault in faults if fault.field != "composite"] or list(faults)
    for fault in shown:
        form.fail(f"mrz-line-{max(fault.line, 1)}", _sentence(fault, lines, layout))


def explain_document(form: Form, refusal: Refusal, field_id: str) -> None:
    """Collect what is wrong with the document itself. Raises the refusal again if it is about something else."""
    messages = {
        "proofing.document_expired": _("This document is no longer valid. Use one that is."),
        "proofing.other_document": _("These lines are of another kind of document. Go back and choose that kind."),
        "proofing.dates_unknown": _("This document leaves a date open. Please visit a citizens' office."),
    }
    if refusal.code not in messages:
        raise refusal
    form.fail(field_id, messages[refusal.code])


def _layout(lines: list[str]) -> Layout:
    """As protocol.mrz finds it: three lines are TD1, two long ones TD3, two others TD2."""
    given = [line for line in lines if line]
    fitting = [one for one in LAYOUTS if one.rows == len(given) and any(len(line) == one.width for line in given)]
    if fitting:
        return fitting[0]
    if len(lines) == TD3.rows:
        return TD3
    return TD2 if len(given) == TD2.rows else TD1


def _sentence(fault: Fault, lines: list[str], layout: Layout) -> str:
    if fault.problem == "lines":
        return _("Type all lines, each in its own box.")
    line = lines[fault.line - 1]
    if fault.problem == "length":
        return _(
            "Line %(line)s has %(count)s characters. It must have %(wanted)s, arrows included.",
            line=fault.line,
            count=len(line),
            wanted=layout.width,
        )
    if fault.problem == "character":
        place = next((at for at, letter in enumerate(line, 1) if letter not in ALPHABET), 1)
        return _("Line %(line)s: character %(place)s must be A to Z, 0 to 9 or <.", line=fault.line, place=place)
    return _about_field(fault, layout)


def _about_field(fault: Fault, layout: Layout) -> str:
    span = _span(fault.field, layout)
    facts = {"line": fault.line, "field": _names().get(fault.field, fault.field)}
    if fault.field == "composite":
        return _(
            "Line %(line)s: the last digit, which checks all lines together, does not fit. Compare every character.",
            line=fault.line,
        )
    places = {"first": span.start + 1, "last": span.end, "digit": span.end + 1}
    if fault.problem == "check_digit":
        return _(
            "Line %(line)s: %(field)s (characters %(first)s to %(last)s) does not fit its check digit "
            "(character %(digit)s). One of them is mistyped.",
            **facts,
            **places,
        )
    return _(
        "Line %(line)s: %(field)s (characters %(first)s to %(last)s) cannot be right. Compare it with your document.",
        **facts,
        **places,
    )


def _span(field: str, layout: Layout) -> Span:
    spans = {
        "document_number": layout.number,
        "birth_date": layout.birth,
        "expiry_date": layout.expiry,
        "optional_data": layout.optional,
        "document_code": layout.document_code,
        "issuing_state": layout.issuing_state,
        "nationality": layout.nationality,
        "sex": layout.sex,
    }
    return spans.get(field, layout.names)


def _names() -> dict[str, str]:
    return {
        "document_number": _("the document number"),
        "birth_date": _("the date of birth"),
        "expiry_date": _("the date of expiry"),
        "optional_data": _("the optional data"),
        "document_code": _("the kind of document"),
        "issuing_state": _("the issuing state"),
        "nationality": _("the nationality"),
        "sex": _("the sex"),
        "names": _("the name"),
    }
