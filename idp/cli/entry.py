"""The way in: whoever presses Ctrl-C while the rest is still being read is obeyed at once, without a traceback."""

import importlib
import signal


def main() -> None:
    """`idp`. Reading takes a second or two; afterwards Ctrl-C is the command's to answer."""
    answered = signal.signal(signal.SIGINT, signal.SIG_DFL)
    commands = importlib.import_module("idp.cli.main")
    signal.signal(signal.SIGINT, answered)
    commands.main()


def workers() -> None:
    """What `idp serve` becomes. From when it serves, the server answers Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    importlib.import_module("idp.cli.workers").main()
