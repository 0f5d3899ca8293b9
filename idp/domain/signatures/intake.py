"""What may be signed at all: a plain PDF that shows everybody the same thing.

Hidden layers, scripts, forms that redraw themselves and attached files let one document mean two things, so they are
refused with a reason; a plain print of the same document has none of them.
"""

import hashlib
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

generic: Any = deferred("pyhanko.pdf_utils.generic")
misc: Any = deferred("pyhanko.pdf_utils.misc")
reader: Any = deferred("pyhanko.pdf_utils.reader")

LARGEST = 10 * 1024 * 1024
MOST_PAGES = 200
MOST_OBJECTS = 50_000
LONGEST_TITLE = 200

REASONS: Mapping[str, str] = {
    "not_pdf": "The file is not a PDF document.",
    "too_large": "The file is larger than 10 megabytes.",
    "too_many_pages": "The document has more than 200 pages.",
    "broken": "The file is damaged, or too complicated to read safely.",
    "encrypted": "The document is encrypted.",
    "hybrid": "The document is stored in two ways at once. Save it again as an ordinary PDF.",
    "layers": "The document holds layers that can be hidden.",
    "xfa": "The document holds a form that redraws itself (XFA).",
    "script": "The document holds JavaScript.",
    "action": "The document holds an action that starts by itself.",
    "attachment": "The document holds attached files.",
    "media": "The document holds sound, film or three-dimensional content.",
    "no_pages": "The document has no pages.",
}

_ACTIONS = {"/JavaScript": "script", "/Launch": "action", "/SubmitForm": "action", "/ImportData": "action"}
_ANNOTATIONS = {"/RichMedia": "media", "/Movie": "media", "/Sound": "media", "/3D": "media", "/Screen": "media"}
_KEYS = {"/XFA": "xfa", "/JS": "script", "/JavaScript": "script", "/EmbeddedFiles": "attachment", "/AA": "action"}


@dataclass(frozen=True, slots=True)
class Document:
    """A document that may be signed. `size` is in octets; `title` is the file's own, and may be empty."""

    sha256: str
    pages: int
    size: int
    title: str


def accept(document: bytes) -> Document:
    """Look through the whole file. Raises Refusal("signatures.document.<why>") with a sentence from REASONS."""
    if len(document) > LARGEST:
        raise _refusal("too_large")
    if not document.lstrip()[:5] == b"%PDF-":
        raise _refusal("not_pdf")
    try:
        return _examine(document)
    except Refusal:
        raise
    except (misc.PdfReadError, ValueError, KeyError, TypeError, IndexError, RecursionError, OSError) as error:
        raise _refusal("broken") from error


def _examine(document: bytes) -> Document:
    file = reader.PdfFileReader(io.BytesIO(document), strict=False)
    if file.encrypted:
        raise _refusal("encrypted")
    if file.xrefs.hybrid_xrefs_present:
        raise _refusal("hybrid")
    for found in _hazards(file):
        raise _refusal(found)
    pages = int(file.root["/Pages"]["/Count"])
    if pages > MOST_PAGES:
        raise _refusal("too_many_pages")
    if pages < 1:
        raise _refusal("no_pages")
    return Document(hashlib.sha256(document).hexdigest(), pages, len(document), _title(file))


def _hazards(file: Any) -> Iterator[str]:
    """Walk everything that can be reached from the trailer; the first hazard is reason enough."""
    waiting: list[Any] = [file.root]
    seen: set[tuple[int, int]] = set()
    visited = 0
    while waiting:
        visited += 1
        if visited > MOST_OBJECTS:
            raise _refusal("broken")
        value = waiting.pop()
        if isinstance(value, generic.IndirectObject):
            if (value.idnum, value.generation) in seen:
                continue
            seen.add((value.idnum, value.generation))
            value = value.get_object()
        if isinstance(value, generic.DictionaryObject):
            yield from _of_dictionary(value)
            waiting.extend(value.raw_get(key) for key in value)
        elif isinstance(value, generic.ArrayObject):
            waiting.extend(value.raw_get(index) for index in range(len(value)))


def _of_dictionary(value: Any) -> Iterator[str]:
    keys = {str(key) for key in value}
    yield from (reason for key, reason in _KEYS.items() if key in keys)
    if "/OCGs" in keys or "/OCProperties" in keys:
        yield "layers"
    if "/EF" in keys:
        yield "attachment"
    kind = value.raw_get("/S") if "/S" in keys else None
    if isinstance(kind, generic.NameObject) and str(kind) in _ACTIONS:
        yield _ACTIONS[str(kind)]
    subtype = value.raw_get("/Subtype") if "/Subtype" in keys else None
    if isinstance(subtype, generic.NameObject) and str(subtype) in _ANNOTATIONS:
        yield _ANNOTATIONS[str(subtype)]


def _title(file: Any) -> str:
    information = file.trailer_view.get("/Info")
    if isinstance(information, generic.IndirectObject):
        information = information.get_object()
    information = information if isinstance(information, generic.DictionaryObject) else {}
    title = re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", str(information.get("/Title") or ""))
    return title.strip()[:LONGEST_TITLE]


def _refusal(why: str) -> Refusal:
    return Refusal(f"signatures.document.{why}", REASONS[why])
