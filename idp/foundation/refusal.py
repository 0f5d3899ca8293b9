"""The one way to say no."""


class Refusal(Exception):
    """Somebody asked, and the rules say no.

    A refusal is an answer, not a crash: a transaction it passes through is committed, so that a spent code stays
    spent and a failed attempt stays counted. The edge translates it once, to a page, an OAuth error or JSON.

    `code` is stable and short (`invalid_grant`, `totp.wrong_code`); `reason` is one English sentence for developers
    and logs, free of personal data; `facts` are what a page may need to say what to do next.
    """

    def __init__(self, code: str, reason: str = "", **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason
        self.facts = facts

    def __str__(self) -> str:
        return f"{self.code}: {self.reason}" if self.reason else self.code
