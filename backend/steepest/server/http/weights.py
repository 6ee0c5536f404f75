"""`POST /api/weights`: a safetensors file checked against an experiment's model, as numbers that an edit can hold."""

import logging
import traceback
from functools import partial

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from steepest.protocol.events import ErrorCode
from steepest.protocol.export import Weights, parse_weights
from steepest.server.errors import Refused, error_event, expected
from steepest.server.logs import log_event
from steepest.server.service import Service
from steepest.server.worker import export_tasks
from steepest.server.worker.pool import WorkFailed
from steepest.server.worker.scheduler import Job, Share
from steepest.spec import Invalid, Text
from steepest.spec.text import Language

MOST = 1_048_576  # bytes of a request; what fits into an experiment has a tenth of it
_STATUS: dict[ErrorCode, int] = {"invalid": 400, "limit": 413, "busy": 503, "worker_lost": 503, "step_timeout": 503}


async def weights_answer(service: Service, request: Request) -> Response:
    """The parameters, or an `error` event as JSON with the status that fits. The file is read in a worker."""
    language: Language = "zh" if request.headers.get("accept-language", "").startswith("zh") else "en"
    try:
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > MOST:
                raise Refused("limit", Text(f"a request has at most {MOST} bytes", f"请求最多 {MOST} 字节"), "file")
        asked = parse_weights(bytes(body))
        language = asked.language
        job = partial(_job, asked.experiment.model_dump_json(), asked.content)
        found = await service.scheduler.work(Share(), job)
        if isinstance(found, Invalid):
            raise found
    except ClientDisconnect:
        return Response(status_code=499)  # nobody is there to read it
    except Exception as error:
        if not expected(error):
            trace = str(error) if isinstance(error, WorkFailed) else traceback.format_exc()
            log_event("weights.failed", logging.ERROR, trace=trace)
        event = error_event(error, language, 0)
        return _json(_STATUS.get(event.code, 500), event.model_dump_json())
    return _json(200, Weights(params=found).model_dump_json())


def _job(document: str, content: bytes, budget: float) -> Job:
    return export_tasks.weigh, (document, content)


def _json(status: int, content: str) -> Response:
    return Response(content, status_code=status, media_type="application/json", headers={"cache-control": "no-store"})
