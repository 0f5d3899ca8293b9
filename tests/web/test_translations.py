import io
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tests.web.showroom import ROOT

CATALOGUES = ROOT / "idp/translations"


def catalogue(language: str) -> tuple[Path, Catalog]:
    path = CATALOGUES / language / "LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return path, read_po(file, locale=language)


@pytest.fixture(scope="module")
def wanted() -> set[object]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(
        ROOT, methods, options, keywords, directory_filter=lambda path: not Path(path).name.startswith(".")
    )
    return {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in found}


@pytest.mark.parametrize("language", ["zh_Hant", "ar"])
def test_every_word_a_citizen_reads_is_translated(language: str, wanted: set[object]) -> None:
    _, translated = catalogue(language)
    known = {
        message.id[0] if isinstance(message.id, tuple) else message.id
        for message in translated
        if _whole(message.string)
    }
    assert not wanted - known


@pytest.mark.parametrize("language", ["zh_Hant", "ar"])
def test_no_translation_breaks_its_placeholders(language: str) -> None:
    _, translated = catalogue(language)
    assert [(message.id, errors) for message, errors in translated.check()] == []


@pytest.mark.parametrize("language", ["zh_Hant", "ar"])
def test_the_compiled_catalogue_is_the_source_one(language: str) -> None:
    path, translated = catalogue(language)
    compiled = io.BytesIO()
    write_mo(compiled, translated)
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run: pybabel compile -d idp/translations"


@pytest.mark.parametrize(("language", "forms"), [("zh_Hant", 1), ("ar", 6)])
def test_a_catalogue_says_itself_how_it_counts(language: str, forms: int) -> None:
    """Without its header every language would count as English does."""
    with (CATALOGUES / language / "LC_MESSAGES/messages.mo").open("rb") as file:
        compiled = GNUTranslations(file)
    assert compiled.info()["plural-forms"].startswith(f"nplurals={forms};")


def _whole(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)
