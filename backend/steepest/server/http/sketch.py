"""`GET /api/sketch?card=ID`: a small picture of a card's experiment, as numbers; made once, when first asked for."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from steepest.gallery import gallery
from steepest.gallery.card import Exercise, Note
from steepest.server.http.endpoint import Exchange, json_response
from steepest.server.worker import sketch_tasks
from steepest.spec import Invalid, Text


def sketch_handler() -> Callable[[Exchange], Awaitable[Response]]:
    """The route's handler, which keeps what it has made: some kilobytes for each card."""
    cards: dict[str, Note | Exercise] = {card.id: card for card in gallery().pieces}
    cards |= {card.id: card for card in gallery().notes}
    made: dict[str, str] = {}

    async def answer(exchange: Exchange) -> Response:
        name = exchange.request.query_params.get("card", "")
        card = cards.get(name)
        if card is None:
            raise Invalid("card", Text("the gallery has no such card", "范例中没有这张卡片"))
        if name not in made:
            document = card.experiment.model_dump_json()
            made[name] = await exchange.service.scheduler.run(
                exchange.share, sketch_tasks.sketch, document, card.until, slow=True
            )
        return json_response(made[name])

    return answer
