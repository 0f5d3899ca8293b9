"""Modules that are loaded when they are first used.

Some libraries take tens of megabytes and are needed by few requests (signing a PDF, checking a passkey). A worker that
never meets one should not carry it, and an import inside a function would hide what a file depends on:

    if TYPE_CHECKING:
        import webauthn
    else:
        webauthn = deferred("webauthn")
"""

import importlib
from types import ModuleType


class _Deferred(ModuleType):
    """Stands for a module until one of its names is asked for."""

    def __getattr__(self, name: str) -> object:
        module = importlib.import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return getattr(module, name)


def deferred(name: str) -> ModuleType:
    """The module `name`, imported at the first use of anything in it. ModuleNotFoundError comes then, not now."""
    return _Deferred(name)
