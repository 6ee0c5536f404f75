"""`POST /api/weights`: a safetensors file checked against an experiment's model, as numbers for an edit."""

from functools import partial

from starlette.responses import Response

from steepest.protocol.export import Weights, parse_weights
from steepest.server.http.endpoint import Exchange, json_response, request_too_large
from steepest.server.worker import export_tasks

MAX_BODY = 1_048_576  # bytes; weights that fit into an experiment need a tenth of it


async def import_weights(exchange: Exchange) -> Response:
    """The parameters in the file, which a worker reads."""
    with exchange.account.uploads.place():
        body = await exchange.body(MAX_BODY, partial(request_too_large, field="file"))
        asked = await exchange.service.beside_the_loop(partial(parse_weights, body))
        exchange.language = asked.language
        document, content = asked.experiment.model_dump_json(), asked.content
        scheduler = exchange.service.scheduler
        params = await scheduler.run(exchange.share, export_tasks.import_weights, document, content)
    return json_response(Weights(params=params).model_dump_json())
