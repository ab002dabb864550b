"""The JSON schema of rule trees, made of the models that read them."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from journeykit.segments.rules.shape import Group


class _Branching(GenerateJsonSchema):
    """Lets the key that tells the kind decide alone.

    Trying every kind in turn, as ``oneOf`` does, takes time that doubles with each level of a tree.
    """

    def tagged_union_schema(self, schema: core_schema.TaggedUnionSchema) -> dict[str, Any]:
        made = super().tagged_union_schema(schema)
        told = made.pop("discriminator", None)
        if told is None:
            return made
        key, kinds = told["propertyName"], told["mapping"]
        made["allOf"] = [
            {
                "if": {"properties": {key: {"enum": [name for name in kinds if kinds[name] == kind]}}},
                "then": {"$ref": kind},
            }
            for kind in dict.fromkeys(kinds.values())
        ]
        del made["oneOf"]
        return {"type": "object", "required": [key], "properties": {key: {"enum": list(kinds)}}, **made}


def rule_schema() -> dict[str, Any]:
    """The JSON schema (draft 2020-12) of rule trees.

    It accepts what :func:`from_rules` accepts and refuses what a schema can: names, texts and numbers are
    looked at closer when a tree is read.

    Examples
    --------
    >>> rule_schema()["$defs"]["Match"]["required"]
    ['mode', 'threshold']
    """
    made = Group.model_json_schema(schema_generator=_Branching)
    return {"$schema": _Branching.schema_dialect, **made}
