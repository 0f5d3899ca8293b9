"""Web owns HTTP and HTML: routes, forms, cookies, headers, languages and the look of every page.

It leaves what somebody came to do to journeys, and every rule to the storeys below.
"""
