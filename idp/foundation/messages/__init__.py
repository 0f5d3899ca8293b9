"""Messages owns how mail and text messages leave: sealed in the outbox, delivered through a Channel.

It leaves whom to tell and what to say to journeys.notify.
"""
