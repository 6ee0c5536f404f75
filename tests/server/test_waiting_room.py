"""A full server: clients wait in a queue, idle experiments let go of their places, and come back without a loss."""

import asyncio
import random
import time

import pytest
from tests.server.in_process import Client, no_task_left, service
from tests.server.running import BEALE, Json
from tests.server.test_places import HERE, THERE, account

from steepest.server.accounts import Account
from steepest.server.errors import ClientLimit, Refused
from steepest.server.service import Service
from steepest.server.settings import Settings
from steepest.server.waiting_room import WaitingRoom

LONG = 3600.0
COMMANDS: dict[str, Json] = {"open": {"experiment": BEALE}, "advance": {"until": 50}, "close": {}}


class Guest:
    """Hears its places; idle since ever if `idle`."""

    def __init__(self, room: WaitingRoom, address: Account, *, idle: bool = False) -> None:
        self._room = room
        self.account = address
        self.idle_since = -1e9 if idle else None
        self.places: list[int] = []
        self.released = False
        self.left = asyncio.Event()

    def moved(self, place: int) -> None:
        if self.places[-1:] != [place]:
            self.places.append(place)

    def release(self) -> None:
        self.released = True
        self.left.set()
        self._room.leave(self)


def settings(**given: object) -> Settings:
    return Settings(workers=1).model_copy(update={"max_sessions": 2, "idle_seconds": LONG, **given})


def seconds_idle(guest: Guest, seconds: float) -> Guest:
    guest.idle_since = time.monotonic() - seconds
    return guest


# --- the room alone --------------------------------------------------------------------------------------------------


async def test_guests_get_places_in_the_order_in_which_they_came() -> None:
    given = settings()
    room = WaitingRoom(given)
    guests = [Guest(room, Account(given)) for _ in range(5)]
    assert [room.enter(guest) for guest in guests] == [True, True, False, False, False]
    assert [guest.places for guest in guests] == [[0], [0], [1], [2], [3]]
    room.leave(guests[3])
    assert guests[4].places == [3, 2]
    room.leave(guests[0])
    assert [guest.places for guest in guests[2:]] == [[1, 0], [2], [3, 2, 1]]
    assert not room.enter(guests[4]), "once more is the same place"
    room.leave(guests[1])
    assert guests[4].places == [3, 2, 1, 0]
    for guest in guests:
        room.leave(guest)
        room.leave(guest)
        assert guest.account.sessions.taken == 0
    assert (room.seated, room.waiting) == (set(), [])


async def test_nobody_is_released_while_there_is_room() -> None:
    given = settings(idle_seconds=1.0)
    room = WaitingRoom(given)
    guests = [Guest(room, Account(given), idle=True) for _ in range(2)]
    assert all(room.enter(guest) for guest in guests)
    assert not any(guest.released for guest in guests)


async def test_who_has_been_idle_longest_makes_room_and_who_is_at_work_stays() -> None:
    given = settings(max_sessions=4)
    room = WaitingRoom(given)
    busy = Guest(room, Account(given))
    short = seconds_idle(Guest(room, Account(given)), LONG - 600)
    long, longer = (seconds_idle(Guest(room, Account(given)), LONG + extra) for extra in (5, 500))
    for guest in (busy, short, long, longer):
        assert room.enter(guest)
    new = [Guest(room, Account(given)) for _ in range(3)]
    assert room.enter(new[0])
    assert [guest.released for guest in (busy, short, long, longer)] == [False, False, False, True]
    assert room.enter(new[1])
    assert [guest.released for guest in (busy, short, long, longer)] == [False, False, True, True]
    assert not room.enter(new[2]), "the others are not idle, or not for long enough"
    room.leave(new[2])


async def test_who_becomes_idle_later_makes_room_for_those_who_wait() -> None:
    given = settings(max_sessions=1, idle_seconds=0.01)
    room = WaitingRoom(given)
    first, second = Guest(room, Account(given)), Guest(room, Account(given))
    assert room.enter(first)
    assert not room.enter(second)
    await asyncio.sleep(0.1)
    assert not first.released, "it is at work"
    first.idle_since = time.monotonic()
    async with asyncio.timeout(30):
        await first.left.wait()
    assert second.places == [1, 0]


async def test_a_full_queue_is_busy() -> None:
    given = settings(max_sessions=1, max_waiting=1)
    room = WaitingRoom(given)
    guests = [Guest(room, Account(given)) for _ in range(3)]
    assert [room.enter(guest) for guest in guests[:2]] == [True, False]
    with pytest.raises(Refused, match="1 experiments open, which is its limit, and 1 more wait"):
        room.enter(guests[2])
    assert guests[2].account.sessions.taken == 0
    room.leave(guests[1])
    assert not room.enter(guests[2])
    room.leave(guests[2])


async def test_an_address_at_its_limit_is_refused_unless_one_of_its_own_is_idle() -> None:
    given = settings(max_sessions=10, client_sessions=2)
    room = WaitingRoom(given)
    here, there = Account(given), Account(given)
    other = Guest(room, there, idle=True)
    mine = [Guest(room, here), Guest(room, here)]
    for guest in (other, *mine):
        room.enter(guest)
    with pytest.raises(ClientLimit, match="2 experiments open"):
        room.enter(Guest(room, here))
    assert not other.released
    mine[0].idle_since = -1e9
    assert room.enter(Guest(room, here))
    assert mine[0].released


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_comes_and_goes_the_counts_are_right(seed: int) -> None:
    chance = random.Random(seed)
    given = settings(max_sessions=3, max_waiting=3, client_sessions=4)
    room = WaitingRoom(given)
    accounts = [Account(given) for _ in range(3)]
    guests = [Guest(room, chance.choice(accounts), idle=chance.random() < 0.3) for _ in range(12)]
    for _ in range(300):
        guest = chance.choice(guests)
        if chance.random() < 0.5:
            room.leave(guest)
        else:
            try:
                room.enter(guest)
            except Refused:
                assert guest not in room.seated
        assert len(room.seated) <= 3
        assert len(room.waiting) <= 3
        assert not room.waiting or len(room.seated) == 3, "nobody waits while there is a place"
        assert not room.seated & set(room.waiting)
        for one in accounts:
            present = [guest for guest in (*room.seated, *room.waiting) if guest.account is one]
            assert one.sessions.taken == len(present) <= 4
        for place, waiting in enumerate(room.waiting, start=1):
            assert isinstance(waiting, Guest)
            assert waiting.places[-1] == place
    for guest in guests:
        room.leave(guest)
    assert not any(one.in_use for one in accounts)


# --- sockets ---------------------------------------------------------------------------------------------------------


async def opened(shared: Service, host: str = HERE) -> Client:
    client = Client(shared, host)
    assert (await client.ask(op="open", experiment=BEALE))["op"] == "opened"
    return client


async def test_one_experiment_too_many_waits_says_its_place_and_opens_in_its_turn() -> None:
    shared = service(settings())
    present = [await opened(shared), await opened(shared)]
    first, second = Client(shared), Client(shared)
    assert await first.ask(op="open", id=5, experiment=BEALE, after=3) == {"op": "waiting", "id": 5, "place": 1}
    assert await second.ask(op="open", id=6, experiment=BEALE) == {"op": "waiting", "id": 6, "place": 2}
    assert (await first.ask(op="inspect", id=7, step=0, run=0))["code"] == "no_experiment"
    assert shared.health()["waiting"] == 2
    await present[0].ask(op="close")
    assert (await first.event())["op"] == "opened"
    assert await second.event() == {"op": "waiting", "id": 6, "place": 1}
    assert (await first.reach(9))["last"] == 9
    await present[1].leave()
    assert (await second.event())["id"] == 6
    assert (await second.reach(9))["last"] == 9
    for one in (present[0], first, second):
        await one.leave()
    await no_task_left()
    assert not account(shared, HERE).in_use


async def test_an_experiment_that_cannot_be_opened_does_not_wait() -> None:
    shared = service(settings(max_sessions=1))
    present, other = await opened(shared), Client(shared)
    wrong: Json = {**BEALE, "problem": {"kind": "surface", "id": "expression", "params": {"text": "x +"}}}
    assert (await other.ask(op="open", id=2, experiment=wrong))["code"] == "invalid"
    assert not shared.room.waiting
    for one in (present, other):
        await one.leave()


async def test_a_later_open_takes_the_place_in_the_queue_and_a_close_gives_it_up() -> None:
    shared = service(settings(max_sessions=1))
    present, first, second = await opened(shared), Client(shared), Client(shared)
    await first.ask(op="open", id=1, experiment=BEALE)
    await second.ask(op="open", id=1, experiment=BEALE)
    assert (await first.ask(op="open", id=2, experiment={**BEALE, "seed": 2}))["code"] == "limit"
    assert await first.event() == {"op": "waiting", "id": 2, "place": 1}
    assert (await second.ask(op="close", id=2))["id"] == 1, "the open that waited"
    assert (await second.event())["op"] == "closed"
    await second.ask(op="open", id=3, experiment=BEALE)
    await present.leave()
    reply = await first.event()
    assert (reply["op"], reply["id"], reply["experiment"]["seed"]) == ("opened", 2, 2)
    for one in (first, second):
        await one.leave()
    await no_task_left()
    assert not account(shared, "127.0.0.1").in_use


async def test_who_leaves_the_queue_in_any_way_is_not_waited_for() -> None:
    shared = service(settings(max_sessions=1))
    present = await opened(shared)
    waiting = [Client(shared) for _ in range(3)]
    for one in waiting:
        await one.ask(op="open", experiment=BEALE)
    await waiting[0].leave()
    waiting[1].task.cancel()
    await asyncio.gather(waiting[1].task, return_exceptions=True)
    assert [await waiting[2].event() for _ in range(2)][-1]["place"] == 1
    await present.leave()
    assert (await waiting[2].event())["op"] == "opened"
    await waiting[2].leave()
    await no_task_left()
    assert not account(shared, "127.0.0.1").in_use


async def test_an_idle_experiment_is_released_for_one_that_waits_and_comes_back_without_a_loss() -> None:
    shared = service(settings(max_sessions=1, idle_seconds=0.02))
    first = await opened(shared, HERE)
    reached = await first.reach(20)
    second = Client(shared, THERE)
    second.send(op="open", id=1, experiment=BEALE)
    assert await first.event() == {"op": "released"}
    assert (await first.ask(op="advance", id=8, until=30))["code"] == "no_experiment"
    while (reply := await second.event())["op"] != "opened":
        assert reply["op"] == "waiting"
    again = await first.ask(op="open", id=9, experiment=BEALE, after=20)
    while again["op"] == "waiting":  # until the other one is idle too
        again = await first.event()
    assert (again["op"], again["id"]) == ("opened", 9)
    assert await second.event() == {"op": "released"}
    first.send(op="advance", until=reached["last"] + 1)
    assert (await first.event())["first"] == 21
    for one in (first, second):
        await one.leave()
    await no_task_left()


async def test_an_experiment_at_work_is_not_released() -> None:
    shared = service(settings(max_sessions=1, idle_seconds=0.01))
    second, first = Client(shared), await opened(shared)
    first.send(op="advance", until=2000)
    assert (await first.event())["op"] == "chunk"
    assert (await second.ask(op="open", id=1, experiment=BEALE))["op"] == "waiting"
    assert (await first.reach(2000))["last"] == 2000
    assert (await first.event())["op"] == "released"
    assert (await second.event())["op"] == "opened"
    for one in (first, second):
        await one.leave()


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_kept_by_clients_that_come_wait_and_go_at_random(seed: int) -> None:
    chance = random.Random(seed)
    shared = service(settings(max_sessions=2, max_waiting=3, client_sessions=5, idle_seconds=0.01))

    async def visit(host: str) -> None:
        one = Client(shared, host)
        for _ in range(chance.randrange(1, 6)):
            op = chance.choice(["open", "open", "advance", "close"])
            one.send(op=op, **COMMANDS[op])
            for _ in range(chance.randrange(6)):
                await asyncio.sleep(chance.choice([0, 0, 0.01]))
        if chance.random() < 0.3:
            one.task.cancel()
            await asyncio.gather(one.task, return_exceptions=True)
        else:
            await one.leave()

    await asyncio.gather(*(visit(chance.choice([HERE, THERE])) for _ in range(30)))
    await no_task_left()
    assert (shared.room.seated, shared.room.waiting, shared.sockets.taken) == (set(), [], 0)
    assert not account(shared, HERE).in_use
    assert not account(shared, THERE).in_use
    assert shared.checkpoints.bytes.total >= 0
    last = await opened(shared)
    assert (await last.reach(5))["last"] == 5
    await last.leave()
