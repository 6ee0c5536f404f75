"""The wire's shapes as the page's types see them."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from steepest.protocol import commands, events, room_commands, room_events, schema
from steepest.protocol.catalog import catalog

FRONTEND = Path(__file__).parents[2] / "frontend"
SCHEMAS: dict[str, dict[str, Any]] = schema.schema()["components"]["schemas"]
OBJECTS = [name for name, shape in SCHEMAS.items() if shape.get("type") == "object"]

COMMANDS: tuple[type[BaseModel], ...] = get_args(get_args(commands.Command)[0])
EVENTS: tuple[type[BaseModel], ...] = get_args(get_args(events.Event)[0])
ROOM_COMMANDS: tuple[type[BaseModel], ...] = get_args(get_args(room_commands.RoomCommand)[0])
ROOM_EVENTS: tuple[type[BaseModel], ...] = get_args(get_args(room_events.RoomEvent)[0])
UNIONS = [("Command", COMMANDS), ("Event", EVENTS), ("RoomCommand", ROOM_COMMANDS), ("RoomEvent", ROOM_EVENTS)]


def test_every_shape_becomes_a_type_of_the_page() -> None:
    generator = shutil.which("openapi-typescript", path=str(FRONTEND / "node_modules/.bin"))
    if generator is None:
        pytest.skip("the page's packages are not installed")
    made = subprocess.run(
        [generator, "--default-non-nullable=false"], input=schema.text(), check=True, capture_output=True, text=True
    ).stdout
    types = re.findall(r"^        (\w+): ", made.partition("    schemas: {")[2].partition("\n    };")[0], re.MULTILINE)
    assert sorted(types) == sorted(SCHEMAS)


def test_every_name_is_a_class_of_ours() -> None:
    assert not [name for name in SCHEMAS if name.endswith(("-Input", "-Output")) or "__" in name]
    assert {"Command", "Event", "Catalog", "Experiment", "Run", "OptimizerSpec", "Edit", "Scene", "Value"} <= set(
        SCHEMAS
    )


@pytest.mark.parametrize("name", OBJECTS)
def test_every_shape_forbids_unknown_fields(name: str) -> None:
    # The other fields of these are hyperparameters and the like, each of which must be a Value.
    free = name in ("OptimizerSpec", "ScheduleSpec")
    expected = {"anyOf": SCHEMAS["Value"]["anyOf"]} if free else False
    assert SCHEMAS[name]["additionalProperties"] == expected


def reachable(root: str) -> set[str]:
    found = {root}
    waiting = [root]
    while waiting:
        for target in _references(SCHEMAS[waiting.pop()]):
            if target not in found:
                found.add(target)
                waiting.append(target)
    return found


def _references(shape: object) -> list[str]:
    if isinstance(shape, list):
        return [name for item in shape for name in _references(item)]
    if not isinstance(shape, dict):
        return []
    here = [shape["$ref"].rsplit("/", 1)[1]] if "$ref" in shape else []
    return here + [name for key, item in shape.items() if key != "discriminator" for name in _references(item)]


# What a client writes may leave out what has a default, and an event gives an experiment back in the same words.
WRITTEN = reachable("Command") | reachable("RoomCommand")


@pytest.mark.parametrize(
    "name", sorted((reachable("Event") | reachable("RoomEvent") | reachable("Catalog")) - WRITTEN - {"Event"})
)
def test_what_a_client_reads_has_every_field(name: str) -> None:
    shape = SCHEMAS[name]
    if shape.get("type") == "object":
        assert sorted(shape["required"]) == sorted(shape["properties"])


@pytest.mark.parametrize(("root", "models"), UNIONS)
def test_unions_are_distinguished_by_op(root: str, models: tuple[type[BaseModel], ...]) -> None:
    shape = SCHEMAS[root]
    assert shape["discriminator"]["propertyName"] == "op"
    mapping = {op: ref.rsplit("/", 1)[1] for op, ref in shape["discriminator"]["mapping"].items()}
    assert sorted(mapping.values()) == sorted(model.__name__ for model in models)
    for op, name in mapping.items():
        assert SCHEMAS[name]["properties"]["op"] == {"const": op, "type": "string"}
        assert "op" in SCHEMAS[name]["required"]


@pytest.mark.parametrize("model", [*COMMANDS, *EVENTS, *ROOM_COMMANDS, *ROOM_EVENTS], ids=lambda model: model.__name__)
def test_models_forbid_unknown_fields(model: type[BaseModel]) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({"colour": "red"})
    assert {"extra_forbidden", "unknown_field"} & {error["type"] for error in refused.value.errors()}


@pytest.mark.parametrize("model", [*EVENTS, *ROOM_EVENTS], ids=lambda model: model.__name__)
def test_an_event_has_no_defaults(model: type[BaseModel]) -> None:
    assert all(field.is_required() for field in model.model_fields.values())


def test_pairs_are_tuples_for_the_page() -> None:
    pair = {"maxItems": 2, "minItems": 2, "prefixItems": [{"type": "number"}, {"type": "number"}], "type": "array"}
    assert SCHEMAS["Scene"]["properties"]["bounds"] == {"items": pair, "type": "array"}
    assert SCHEMAS["SurfaceEvent"]["properties"]["bounds"] == {"items": pair, "type": "array"}


def test_the_catalog_is_json_with_every_entry_once() -> None:
    whole = json.loads(catalog().model_dump_json())
    for shelf in ("surfaces", "optimizers"):
        ids = [entry["id"] for entry in whole[shelf]]
        assert len(ids) == len(set(ids)) > 0
    for entry in whole["optimizers"]:
        assert next(param["id"] for param in entry["params"]) == "lr"


@pytest.mark.parametrize("shelf", ["surfaces", "optimizers"])
def test_every_default_of_the_catalog_is_accepted(shelf: str) -> None:
    for entry in getattr(catalog(), shelf):
        for param in entry.params:
            assert param.check(param.default) == param.default, f"{entry.id}.{param.id}"
