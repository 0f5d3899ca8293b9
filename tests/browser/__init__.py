"""The whole country in a real browser: `idp demo`, Chromium, a passkey in its device, and everybody's errands.

It owns the walks of citizens and staff from page to page; what a page answers by itself is tested in tests/web.
"""
