"""What a citizen does with her own account: services, ways to sign in, sessions, activity, details.

It leaves proving that it is she to journeys.signin.
"""
