"""Every table of every room in one MetaData: what the migrations must add up to."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import MetaData

from idp.foundation.tables import metadata

_ROOT = Path(__file__).parent.parent


def whole() -> MetaData:
    """The metadata after every module that declares a table was imported."""
    for path in sorted((_ROOT / "idp").rglob("*.py")):
        if path.name == "tables.py" or path.parent.name == "foundation":
            import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"))
    return metadata
