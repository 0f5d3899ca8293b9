"""Which modules of a published conformance plan the tests of one file replay, and whether one is forgotten."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

MODULES = Path(__file__).with_name("modules.txt")
Test = TypeVar("Test", bound=Callable[..., Any])


class Plan:
    """A plan of the OpenID Foundation. `listed` are its modules, as it names them, without `prefix` (`published`)."""

    def __init__(self, prefix: str, *listed: str) -> None:
        self.prefix = prefix
        self.listed = frozenset(listed)
        self.replayed: dict[str, str] = {}
        self.apart: dict[str, str] = {}

    def replays(self, *modules: str) -> Callable[[Test], Test]:
        """This test does what these modules do, and wants what they want."""

        def note(test: Test) -> Test:
            self.replayed |= dict.fromkeys(modules, test.__name__)
            return test

        return note

    def answers_otherwise(self, why: str, *modules: str) -> Callable[[Test], Test]:
        """These modules are for providers that do something we do not do; this test says what we answer instead."""

        def note(test: Test) -> Test:
            self.apart |= dict.fromkeys(modules, why)
            return self.replays(*modules)(test)

        return note

    def gaps(self, tests: dict[str, object]) -> dict[str, list[str]]:
        """What is listed and not replayed, replayed and not listed, lost from `tests`, or apart without a reason."""
        return {
            "forgotten": self._named(self.listed - self.replayed.keys()),
            "unknown": self._named(self.replayed.keys() - self.listed),
            "lost": self._named(module for module, test in self.replayed.items() if test not in tests),
            "unexplained": self._named(module for module, why in self.apart.items() if not why),
        }

    def _named(self, modules: Iterable[str]) -> list[str]:
        return sorted(self.prefix + module for module in modules)


def published(prefix: str, plans: str, *, beside: str = "") -> list[str]:
    """The modules, without `prefix`, of any of these plans by `MODULES`, but for those of the plans `beside` them."""
    return [
        module.removeprefix(prefix)
        for module, letters in every_module().items()
        if module.startswith(prefix) and set(letters) & set(plans) and not set(letters) & set(beside)
    ]


def every_module() -> dict[str, str]:
    """What `MODULES` says: in which plans each is."""
    lines = [line for line in MODULES.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split(" ", 1) for line in lines)


COMPLETE: dict[str, list[str]] = {"forgotten": [], "unknown": [], "lost": [], "unexplained": []}
