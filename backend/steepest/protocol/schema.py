"""Every message as one OpenAPI 3.1 document without paths; the page's TypeScript types are generated from it.

python -m steepest.protocol.schema        (`make protocol` passes it to the generator)
"""

import json
import sys
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

from steepest.classroom.activity import Activity
from steepest.classroom.lesson import Lesson
from steepest.classroom.question import Answer, Condition, Question
from steepest.engine.diagnosis.detectors import AnyVerdict
from steepest.gallery import Gallery
from steepest.protocol.catalog import Catalog
from steepest.protocol.commands import Command
from steepest.protocol.event_base import Real
from steepest.protocol.events import Event
from steepest.protocol.room_commands import RoomCommand
from steepest.protocol.room_events import RoomEvent, Spread, Truth
from steepest.protocol.rooms import Classroom, EnterRoom, Lessons, MakeRoom, RoomFound, RoomMade
from steepest.protocol.sketch import Sketch
from steepest.protocol.upload import Uploaded
from steepest.spec import Param, Value

_REF = "#/components/schemas/{model}"


class _Untitled(GenerateJsonSchema):
    """pydantic's generator without titles of fields, which repeat the names."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def schema() -> dict[str, Any]:
    """The document. Commands and experiments as a client writes them, events and the catalog as it reads them."""
    roots: dict[str, tuple[JsonSchemaMode, Any]] = {
        "Command": ("validation", Command),
        "Event": ("serialization", Event),
        "Catalog": ("serialization", Catalog),
        "Gallery": ("serialization", Gallery),
        "Sketch": ("serialization", Sketch),
        "Uploaded": ("serialization", Uploaded),
        "RoomCommand": ("validation", RoomCommand),
        "RoomEvent": ("serialization", RoomEvent),
        "Classroom": ("serialization", Classroom),
        "Lessons": ("serialization", Lessons),
        "MakeRoom": ("validation", MakeRoom),
        "RoomMade": ("serialization", RoomMade),
        "EnterRoom": ("validation", EnterRoom),
        "RoomFound": ("serialization", RoomFound),
        "Lesson": ("validation", Lesson),
        # Unions without a class: the names are for the page.
        "Param": ("serialization", Param),
        "Real": ("serialization", Real),
        "Verdict": ("serialization", AnyVerdict),
        "Value": ("validation", Value),
        "Activity": ("validation", Activity),
        "Answer": ("validation", Answer),
        "Condition": ("validation", Condition),
        "Question": ("validation", Question),
        "Spread": ("serialization", Spread),
        "Truth": ("serialization", Truth),
    }
    adapters = [(name, mode, TypeAdapter[Any](kind)) for name, (mode, kind) in roots.items()]
    # One generator for all: a model that is both written and read gets one schema and one name.
    found, definitions = TypeAdapter.json_schemas(adapters, ref_template=_REF, schema_generator=_Untitled)
    schemas = dict(definitions.get("$defs", {}))
    for (name, _mode), root in found.items():
        if root.get("$ref") != _REF.format(model=name):
            schemas[name] = root
    return {
        "openapi": "3.1.0",
        "info": {"title": "Steepest live protocol", "version": "1"},
        "paths": {},
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def text() -> str:
    """The document as JSON."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
