"""The command line owns what an operator types; each command is one short file.

It leaves the work to journeys and the rooms below, and wiring to idp.parts and idp.app.
"""
