"""The words in which every operation is described (OpenAPI 3.1, https://spec.openapis.org/oas/v3.1.0)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

Node = dict[str, Any]

TEXT: Final[Node] = {"type": "string"}
NUMBER: Final[Node] = {"type": "integer"}
TRUTH: Final[Node] = {"type": "boolean"}
TEXTS: Final[Node] = {"type": "array", "items": TEXT}
ANYTHING: Final[Node] = {"type": "object"}
JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"


def one_of(values: Iterable[str]) -> Node:
    """A text that is one of `values`."""
    return {"type": "string", "enum": list(values)}


def record(properties: Mapping[str, Node], required: Sequence[str] = (), **more: object) -> Node:
    """An object; what is not named may stand in it too."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, **more}


def schema(name: str) -> Node:
    """The schema of that name."""
    return {"$ref": f"#/components/schemas/{name}"}


def body(media_type: str, described: Node) -> Node:
    """A body that is needed."""
    return {"required": True, "content": {media_type: {"schema": described}}}


def answer(
    description: str, content: Mapping[str, Node] | None = None, headers: Mapping[str, Node] | None = None
) -> Node:
    """What comes back, by media type; nothing if there is no `content`."""
    told: Node = {"description": description}
    if content is not None:
        told["content"] = {kind: {"schema": one} for kind, one in content.items()}
    return told if headers is None else told | {"headers": dict(headers)}


def refusals(**names: str) -> Node:
    """Answers of `errors.RESPONSES` by status (`_400="Refused"`), and those of every operation."""
    told = {status.removeprefix("_"): name for status, name in names.items()} | {"500": "Failed", "503": "Unavailable"}
    return {status: {"$ref": f"#/components/responses/{name}"} for status, name in told.items()}


def header(name: str, description: str) -> Node:
    """A header that may be sent."""
    return {"name": name, "in": "header", "description": description, "schema": TEXT}


def headed(get: Node) -> Node:
    """HEAD beside a GET: the same answers without their bodies (RFC 9110 section 9.3.2)."""
    bare = {status: {"description": "As of GET, without its body."} for status in get["responses"]}
    kept: Node = {name: get[name] for name in ("tags", "parameters", "security") if name in get}
    return {
        **kept,
        "operationId": f"{get['operationId']}Head",
        "summary": f"{get['summary']}: headers",
        "responses": bare,
    }
