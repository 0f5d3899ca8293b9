"""Protocol owns published rules as pure functions: what a request may say, what a token must hold, what a code proves.

It leaves HTTP, storage, the clock and chance to others: the time comes in as `now` (Unix seconds), octets come in made.
"""
