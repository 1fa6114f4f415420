"""Reading a law file: YAML without its traps (repeated keys, floats, dates, anchors that loop)."""

from pathlib import Path
from typing import Any

import yaml

from shared.law.refusals import SchemeInvalid


class _LawLoader(yaml.CSafeLoader):
    """Safe YAML in which a repeated key is an error, not the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001 - the parser's own signature
        keys = [key.value for key, _ in node.value]
        again = sorted({key for key in keys if keys.count(key) > 1})
        if again:
            message = f"the key {again[0]} stands twice in one mapping"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark)
        return super().construct_mapping(node, deep=deep)


def read_law_file(path: Path) -> dict[str, Any]:
    """The content of a law file as objects, lists, text and whole numbers. Raises SchemeInvalid."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _LawLoader)  # noqa: S506 - a safe loader, made stricter
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SchemeInvalid(path.name, [f"not readable as YAML: {error}"]) from error
    if not isinstance(content, dict):
        raise SchemeInvalid(path.name, ["expected one mapping with the scheme's parts"])
    return content
