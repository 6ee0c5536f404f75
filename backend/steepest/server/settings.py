"""Every setting and limit of the server; the environment variable of each is `STEEPEST_` and its name in capitals."""

import os
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from steepest.spec.limits import MAX_PARAMETERS

Words = Annotated[tuple[str, ...], NoDecode]  # in the environment: separated by commas


def _default_workers() -> int:
    """One per core, 2 to 4: enough for a class of thirty, and each takes some 250 MB of memory.

    With two, short steps never wait for slow ones.
    """
    return max(2, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 4))


class Settings(BaseSettings):
    """Settings of one server. Times are in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(env_prefix="STEEPEST_", extra="forbid", frozen=True, hide_input_in_errors=True)

    # --- addresses and access ---
    host: str = Field("127.0.0.1", description="Address to listen on; the default is reachable from this machine only.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes any free one.")
    allowed_hosts: Words = Field(
        (), description="Further Host headers to accept, `name:port` exactly; each also allows its http:// origin."
    )
    allowed_origins: Words = Field(
        (), description="Further origins to accept exactly, such as `https://class.example`, behind a TLS proxy."
    )
    frame_ancestors: Words = Field(
        ("self",),
        description="Sites that may show the page in a frame: `self`, `none`, or origins such as "
        "`https://class.example`.",
    )
    public_url: str = Field(
        "",
        description="Address under which users reach the server, where it differs from the server's own: behind a "
        "proxy, in a container. Its host and origin are accepted, and the printed link begins with it.",
    )
    token: SecretStr | None = Field(
        None,
        description="Secret that every request must send once other machines can reach the server, 16 to 128 of "
        "A-Z a-z 0-9 . _ ~ -; by default a new one at each start.",
    )
    metrics_token: SecretStr | None = Field(
        None,
        description="Secret of `GET /metrics`, sent as `Authorization: Bearer`, of the same form as the token and "
        "another one; without it there are no metrics.",
    )
    token_failures: int = Field(
        10,
        ge=1,
        description="Different wrong tokens a minute from one address; beyond that another wrong one is answered 429, "
        "and the answer to any token comes after 2 s.",
    )
    trusted_proxies: Words = Field(
        (), description="Addresses or networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )

    # --- rooms ---
    classroom: bool = Field(
        False,
        description="Whether a class can come in by a room's code alone: the page is then open to all who reach the "
        "server, everything else only with the code or the token.",
    )
    max_rooms: int = Field(
        16, ge=0, description="Rooms at once; one more takes the place of one that has ended, or gets the error `busy`."
    )
    max_seats: int = Field(300, ge=1, description="Seats of one room; one more gets the error `limit`.")
    max_room: int = Field(
        100_000_000, ge=100_000, description="Bytes of one room's log; beyond it nothing more happens in the room."
    )
    room_hours: float = Field(
        24.0, gt=0, description="How long a room is kept after its last event; then its files are deleted."
    )
    room_seconds: float = Field(
        30.0, gt=0, description="Time that the answer to a question, or a seat's run in the cloud, may take to compute."
    )
    client_rooms: int = Field(
        400,
        ge=1,
        description="Sockets to rooms of one address, which may be that of a whole school; one more gets the error "
        "`busy` and is closed with 1013.",
    )
    code_failures: int = Field(
        60,
        ge=1,
        description="Different wrong codes a minute from one address; beyond that every code is answered `busy`, and "
        "who is in a room stays there.",
    )

    # --- computing ---
    device: Literal["cpu", "cuda", "mps", "auto"] = Field(
        "cpu", description="Device that computes the steps: cpu, cuda, mps, or auto for the best available."
    )
    workers: int = Field(
        default_factory=_default_workers,
        ge=1,
        le=64,
        description="Worker processes; by default one per core, 2 to 4. Of two or more, one is kept for short steps.",
    )
    first_slice: float = Field(
        0.004,
        gt=0,
        le=1,
        description="Time budget of the first call after an open or an edit; short, so that the change shows at once.",
    )
    short_slice: float = Field(
        0.02, gt=0, le=1, description="Longest time budget of a call while every worker is busy."
    )
    long_slice: float = Field(
        0.1, gt=0, le=10, description="Longest time budget of a call while another worker is free."
    )
    step_timeout: float = Field(
        2.0, gt=0, description="Longest processor time of one step; by the clock, five times that."
    )
    tries: int = Field(3, ge=1, le=10, description="Attempts at a call whose worker dies.")
    data: str = Field(
        "",
        description="Folder of downloaded data sets and uploaded tables; by default the user's own data folder.",
    )

    make_kernels: bool = Field(
        True, description="Whether the kernels of what the menus offer are made ahead, in a process of lowest priority."
    )

    # --- memory ---
    server_memory: int = Field(
        536_870_912,
        ge=1_000_000,
        description="Bytes of open experiments, all checkpoints, and records that several clients need. Checkpoints "
        "that nobody has open are dropped first, then the records used longest ago.",
    )

    worker_memory: int = Field(
        536_870_912,
        ge=1_000_000,
        description="Bytes of data sets, prepared experiments and kernels that one worker keeps for later calls; the "
        "longest unused are dropped.",
    )

    # --- limits for one client ---
    max_message: int = Field(
        65536, ge=1024, description="Largest message from a client; a larger one closes the socket with 1009."
    )
    message_rate: float = Field(200.0, gt=0, description="Messages a second that a client may send in the long run.")
    message_burst: int = Field(400, ge=1, description="Messages that a client may send at once.")
    flood_seconds: float = Field(
        10.0, gt=0, description="How long a client may exceed that rate before it is closed with 1008."
    )
    own_time: float = Field(
        0.1,
        gt=0,
        le=1,
        description="Seconds a second that the server itself may compute for one client in the long run, to read its "
        "messages and check its edits; beyond that its next message waits.",
    )
    own_time_burst: float = Field(0.5, gt=0, description="Seconds of this at once.")
    max_bad_messages: int = Field(
        20, ge=1, description="Invalid messages in a row; one more closes the socket with 1008."
    )
    max_steps: int = Field(100_000, ge=1, description="Largest step that may be granted.")
    max_runs: int = Field(8, ge=1, le=8, description="Runs in one experiment.")
    max_parameters: int = Field(MAX_PARAMETERS, ge=1, le=MAX_PARAMETERS, description="Parameters of a model.")
    max_grid_points: int = Field(262_144, ge=4, description="Points of one surface grid.")
    max_sweep_runs: int = Field(262_144, ge=4, description="Runs of one map.")
    max_sweep_seconds: float = Field(
        120.0, gt=0, description="Time that one map may take on one core, as estimated before the work begins."
    )
    max_sessions: int = Field(320, ge=1, description="Experiments open at once; one more waits in a queue.")
    max_waiting: int = Field(
        256, ge=0, description="Clients that wait for a place at once; one more gets the error `busy`."
    )
    idle_seconds: float = Field(
        60.0,
        gt=0,
        description="How long nothing happens in an experiment before it lets go of its place, where another client "
        "waits for one; it comes back by itself.",
    )
    checkpoints: int = Field(256, ge=8, description="Checkpoints kept of one experiment, dense near its end.")
    recent: int = Field(
        64, ge=0, description="Experiments that nobody has open, kept for clients that reconnect where memory allows."
    )
    silent_seconds: float = Field(
        10.0, gt=0, description="How long a client may read nothing of what is sent to it before it is disconnected."
    )
    message_seconds: float = Field(
        30.0, gt=0, description="How long an unfinished message may take to arrive; then close 1008."
    )
    frame_rate: float = Field(
        200.0, gt=0, description="Pings, pongs and fragments a second that a client may send; beyond that close 1008."
    )
    client_connections: int = Field(
        800,
        ge=1,
        description="Connections of one address, live sockets included; one more is answered 503. Not counted behind "
        "trusted proxies, which have limits of their own.",
    )
    client_sockets: int = Field(
        400,
        ge=1,
        description="Live sockets of one address, which may be that of a whole school; one more gets the error `busy` "
        "and is closed with 1013.",
    )
    client_sessions: int = Field(
        256, ge=1, description="Experiments that one address has open; one more gets the error `busy`."
    )
    client_uploads: int = Field(
        4,
        ge=1,
        description="Tables and weights that one address uploads at once; one more gets `busy` with status 429.",
    )
    client_tables: int = Field(
        150_000_000,
        ge=0,
        description="Bytes of the tables that one address has uploaded; of those that nobody uses the oldest are "
        "deleted, and where all are in use a further one gets `limit` and status 429.",
    )
    client_exports: int = Field(
        1, ge=1, description="Exports that one address runs at once; one more gets `busy` and status 429."
    )
    max_exports: int = Field(2, ge=1, description="Exports that run at once; one more gets the error `busy`.")
    max_export_steps: int = Field(10_000, ge=1, description="Steps of an exported file.")
    max_export: int = Field(
        100_000_000, ge=1_000, description="Largest exported file in bytes, as estimated before the work begins."
    )
    max_export_files: int = Field(
        500_000_000,
        ge=1_000,
        description="Bytes of all exported files that are being made or downloaded; one more gets the error `busy`.",
    )
    export_seconds: float = Field(30.0, gt=0, description="Time that an export may take in all.")
    max_upload: int = Field(8_388_608, ge=1024, description="Largest body of any request; beyond it, 413.")
    max_data: int = Field(5_000_000, ge=1024, description="Largest uploaded table; beyond it, 413.")
    max_data_folder: int = Field(
        200_000_000,
        ge=0,
        description="Bytes of all uploaded tables in the data folder; of those that nobody uses "
        "the oldest are deleted, and where all are in use a further one gets the error `busy`.",
    )
    max_uploads: int = Field(8, ge=1, description="Tables uploaded at once; one more gets the error `busy`.")
    request_seconds: float = Field(10.0, gt=0, description="Time that the head of a request may take to arrive.")
    upload_seconds: float = Field(30.0, gt=0, description="Time that a whole request may take to arrive.")
    ping_seconds: float = Field(20.0, gt=0, description="Time between two pings on a live socket.")
    pong_seconds: float = Field(20.0, gt=0, description="Time that a pong may take before the client counts as gone.")
    max_connections: int = Field(
        1000,
        ge=1,
        description="Connections at once, limited further by the number of open files; one more is answered 503. Of "
        "ten, nine may be live sockets; `GET /api/health` is answered beyond the limit too.",
    )

    # --- the process ---
    start_seconds: float = Field(120.0, gt=0, description="Time that the workers may take to start.")
    shutdown_seconds: int = Field(2, ge=1, le=60, description="Time that open sockets may take to end after SIGTERM.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least serious log line that is written."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Form of the log: text, or JSON, one object a line."
    )
    log_lines: int = Field(10, ge=1, description="Log lines of one kind within 5 s; beyond that they are only counted.")

    @property
    def max_sockets(self) -> int:
        """Live sockets at once: the other connections stay free for pages."""
        return max(1, self.max_connections - self.max_connections // 10)

    @field_validator("allowed_hosts", "allowed_origins", "trusted_proxies", "frame_ancestors", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(word.strip() for word in value.split(",") if word.strip())
        return value

    @field_validator("token", "metrics_token")
    @classmethod
    def _hard_to_guess(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        # No other characters: addresses, cookies and headers contain the token unescaped.
        if value and not re.fullmatch(r"[A-Za-z0-9._~-]{16,128}", value.get_secret_value()):
            raise ValueError("must be 16 to 128 of A-Z a-z 0-9 . _ ~ -")
        if info.field_name == "metrics_token" and value and value == info.data.get("token"):
            raise ValueError("must differ from the token, which all users have")
        return value

    @field_validator("public_url")
    @classmethod
    def _whole_address(cls, value: str) -> str:
        parts = urlsplit(value)
        if value and (parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment):
            raise ValueError("must be an address such as https://class.example/steepest")
        return value.rstrip("/")

    @field_validator("frame_ancestors")
    @classmethod
    def _known_ancestors(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        # These words become part of a header: names only, and no wildcard that would allow every site.
        for word in value:
            if word not in ("self", "none") and not re.fullmatch(r"https?://[a-z0-9.-]+(:\d{1,5})?", word):
                raise ValueError(f"{word!r} is neither `self`, `none` nor an origin such as https://class.example")
        if not value or ("none" in value and len(value) > 1):
            raise ValueError("give at least one word, and `none` only by itself")
        return value
