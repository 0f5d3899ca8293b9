"""Pages as pictures, for reading before signing."""

import io
import threading
from typing import Any

from idp.foundation.deferred import deferred
from idp.foundation.refusal import Refusal

pypdfium2: Any = deferred("pypdfium2")

MOST_PIXELS = 6_000_000
_pdfium = threading.Lock()  # PDFium is not safe to use from two threads at once.


def page(document: bytes, number: int, width: int) -> bytes:
    """Page `number`, from 1, as a PNG about `width` pixels wide. Raises Refusal("signatures.no_such_page")."""
    with _pdfium:
        file = pypdfium2.PdfDocument(document)
        try:
            return _drawn(file, number, width)
        finally:
            file.close()


def _drawn(file: Any, number: int, width: int) -> bytes:
    if not 1 <= number <= len(file):
        raise Refusal("signatures.no_such_page", f"the document has {len(file)} pages")
    sheet = file[number - 1]
    across, down = sheet.get_size()
    scale = min(width / max(across, 1), (MOST_PIXELS / max(across * down, 1)) ** 0.5)
    drawn = io.BytesIO()
    sheet.render(scale=scale).to_pil().save(drawn, "PNG")
    return drawn.getvalue()
