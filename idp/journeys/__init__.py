"""Journeys own what somebody comes to do, one file each; the only place where domain rooms meet.

They leave HTTP and HTML to web, invariants to the domain, and published rules to protocol.
"""
