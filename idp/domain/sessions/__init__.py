"""Sessions owns browser sessions, which services took part in each, and sign-ins in progress.

It leaves how somebody signed in to authenticators, and what a service was given to grants.
"""
