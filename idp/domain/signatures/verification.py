"""Checking the signatures of any PDF, as it is: nothing is fetched, nothing is kept, no upload can break it.

The signer's certificate is judged at the time-stamped moment, with the proof embedded in the file (ETSI EN 319 102-1
section 5.5 in its simplest form); the time-stamp's at the present moment.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.x509 import Certificate

from idp.foundation.deferred import deferred

asn1_parser: Any = deferred("asn1crypto.parser")
asn1_x509: Any = deferred("asn1crypto.x509")
misc: Any = deferred("pyhanko.pdf_utils.misc")
reader: Any = deferred("pyhanko.pdf_utils.reader")
diff_analysis: Any = deferred("pyhanko.sign.diff_analysis")
validation: Any = deferred("pyhanko.sign.validation")
dss: Any = deferred("pyhanko.sign.validation.dss")
status: Any = deferred("pyhanko.sign.validation.status")
certvalidator: Any = deferred("pyhanko_certvalidator.context")

LARGEST = 20 * 1024 * 1024
MOST_SIGNATURES = 20
_HEXADECIMAL = re.compile(rb"<[0-9A-Fa-f\s]*>")


class Conclusion(StrEnum):
    """What to tell a reader about one signature."""

    VALID = "valid"
    UNTRUSTED = "untrusted"
    CHANGED = "changed"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. `at` is the time-stamped moment in Unix seconds, None without a time-stamp that holds."""

    field: str
    signer: str
    reason: str
    at: int | None
    intact: bool
    covers_whole_file: bool
    modified_after: bool
    trusted: bool
    conclusion: Conclusion


@dataclass(frozen=True, slots=True)
class Report:
    """What was found. `reason` is empty, or why nothing could be checked: not_pdf, too_large, broken, unsigned."""

    reason: str
    signatures: tuple[Signature, ...] = ()

    @property
    def valid(self) -> bool:
        """Whether there is a signature and every one holds."""
        return bool(self.signatures) and all(one.conclusion is Conclusion.VALID for one in self.signatures)


def verify(document: bytes, trust: Iterable[Certificate], now: int) -> Report:
    """Check every signature against the roots in `trust`. Never raises for anything that is in the file."""
    if len(document) > LARGEST:
        return Report("too_large")
    if document.lstrip()[:5] != b"%PDF-":
        return Report("not_pdf")
    try:
        return _report(document, [_asn1(one) for one in trust], now)
    except Exception:  # noqa: BLE001 (a hostile file can fail in any of three libraries; all of it means unreadable)
        return Report("broken")


def _report(document: bytes, roots: Sequence[Any], now: int) -> Report:
    file = reader.PdfFileReader(io.BytesIO(document))
    embedded = [one for one in file.embedded_signatures if one.sig_object_type == "/Sig"]
    if not embedded:
        return Report("unsigned")
    if len(embedded) > MOST_SIGNATURES:
        return Report("broken")
    return Report("", tuple(_signature(document, file, one, roots, now) for one in embedded))


def _signature(document: bytes, file: Any, embedded: Any, roots: Sequence[Any], now: int) -> Signature:
    checked = _check(file, embedded, roots, now)
    intact = bool(checked and checked.intact and checked.valid) and _tiles_the_file(document, embedded)
    modified = checked is None or not checked.docmdp_ok or not _harmless(checked)
    timed = checked is not None and checked.timestamp_validity is not None
    stamped = bool(timed and checked.timestamp_validity.valid and checked.timestamp_validity.trusted)
    trusted = bool(checked and checked.trusted and stamped)
    return Signature(
        field=str(embedded.field_name),
        signer=_signer_name(embedded),
        reason=str(embedded.sig_object.get("/Reason", "") or "")[:300],
        at=int(checked.timestamp_validity.timestamp.timestamp()) if stamped else None,
        intact=intact,
        covers_whole_file=checked is not None and checked.coverage >= status.SignatureCoverageLevel.ENTIRE_REVISION,
        modified_after=modified,
        trusted=trusted,
        conclusion=_conclude(intact=intact, modified=modified, trusted=trusted),
    )


def _conclude(*, intact: bool, modified: bool, trusted: bool) -> Conclusion:
    if not intact:
        return Conclusion.BROKEN
    if modified:
        return Conclusion.CHANGED
    return Conclusion.VALID if trusted else Conclusion.UNTRUSTED


def _check(file: Any, embedded: Any, roots: Sequence[Any], now: int) -> Any:
    """pyHanko's status, or None for a signature it cannot make sense of."""
    present = dt.datetime.fromtimestamp(now, dt.UTC)
    stamped = _claimed_time(embedded) or present
    try:
        return validation.validate_pdf_signature(
            embedded,
            signer_validation_context=_context(file, roots, stamped),
            ts_validation_context=_context(file, roots, present),
        )
    except Exception:  # noqa: BLE001 (whatever is wrong with it, it is no good signature)
        return None


def _context(file: Any, roots: Sequence[Any], moment: dt.datetime) -> Any:
    settings = {"trust_roots": list(roots), "allow_fetching": False, "moment": moment, "revocation_mode": "soft-fail"}
    if "/DSS" in file.root:
        store = dss.DocumentSecurityStore.read_dss(file)
        return store.as_validation_context(settings | {"revocation_mode": "require"})
    return certvalidator.ValidationContext(**settings)


def _claimed_time(embedded: Any) -> dt.datetime | None:
    """The time in the signature's time-stamp, before the time-stamp itself is checked."""
    for attribute in embedded.signer_info["unsigned_attrs"] or ():
        if attribute["type"].native == "signature_time_stamp_token":
            token = attribute["values"][0]["content"]["encap_content_info"]["content"].parsed
            moment: dt.datetime = token["gen_time"].native
            return moment
    return None


def _harmless(checked: Any) -> bool:
    """Later revisions may add proof, and further signatures; nothing else."""
    level = checked.modification_level
    return level is not None and level <= diff_analysis.ModificationLevel.FORM_FILLING


def _tiles_the_file(document: bytes, embedded: Any) -> bool:
    """The signed ranges and the signature between them leave no gap to hide in, and nothing stands in the padding."""
    start, first, second, rest = (int(number) for number in embedded.byte_range)
    if start != 0 or second + rest > len(document) or not _HEXADECIMAL.fullmatch(document[first:second]):
        return False
    content = bytes(embedded.pkcs7_content)
    return not any(content[asn1_parser.peek(content) :])


def _signer_name(embedded: Any) -> str:
    native = embedded.signer_cert.subject.native
    return str(native.get("common_name", ""))[:200]


def _asn1(certificate: Certificate) -> Any:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
