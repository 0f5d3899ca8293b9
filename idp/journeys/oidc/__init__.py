"""What relying parties come for: an authorization, tokens, user information, the end of a session.

It leaves signing in to journeys.signin, and what HTTP makes of the answers to web.oidc.
"""
