"""Going to another page of ours."""

from flask import Response, make_response


def local(path: str) -> Response:
    """303 See Other, so that a posted form is not posted again; `path` is ours and begins with one slash."""
    if not path.startswith("/") or path.startswith(("//", "/\\")):
        raise ValueError("not a path of ours")
    response = make_response("", 303)
    response.headers["Location"] = path
    return response
