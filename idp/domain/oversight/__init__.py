"""Oversight owns who works here: staff roles, what each role may do, and the stated purpose of every look at a record.

It leaves what is looked at to the room that owns it, and how staff sign in to authenticators and sessions.
"""
