"""Which browser the page tests use, and how it is started."""

import os
import shutil

# The headless shell first: it has the same engine without the windows around it, and opens a page in half the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The system's Chromium; None: Playwright's own."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def arguments(*, webgl: bool = False) -> list[str]:
    """Nothing but the page itself may open a connection, and no screen or graphics card is needed.

    webgl: for a page that shows a WebGL canvas. The picture is then put together by SwiftShader, three times as slow;
    without it, Chromium itself writes a warning of `ReadPixels` to the console for each WebGL canvas.
    """
    drawing = [] if webgl else ["--disable-gpu-compositing", "--disable-accelerated-2d-canvas"]
    quiet = [
        *drawing,
        "--disable-gpu-rasterization",
        "--use-gl=angle",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
        "--ignore-gpu-blocklist",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    # Chromium's sandbox does not work for root, which is who runs in most containers.
    return [*quiet, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else quiet
