"""The browser of the page tests: its executable and arguments."""

import os
import shutil

# The headless shell first: the same engine without a window system opens a page in half the time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """Path of the system's Chromium. None: use Playwright's own."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def arguments(*, webgl: bool = False) -> list[str]:
    """Arguments that block all connections but the page's own and need no screen or graphics card.

    webgl: for a page with a WebGL canvas. SwiftShader then composes the picture, three times slower. Without it,
    Chromium writes a `ReadPixels` warning to the console for each WebGL canvas.
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
    # Chromium's sandbox does not work for root, the user of most containers.
    return [*quiet, "--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else quiet
