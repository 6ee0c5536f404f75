"""Which browser the page is looked at with, and how it is started."""

import os
import shutil

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The system's Chromium; None: Playwright's own."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def arguments() -> list[str]:
    """Nothing but the page itself may open a connection, and no screen or graphics card is needed.

    WebGL is drawn by SwiftShader through ANGLE: where the picture is put together without it, Chromium itself writes a
    warning of `ReadPixels` to the console for each WebGL canvas.
    """
    quiet = [
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
