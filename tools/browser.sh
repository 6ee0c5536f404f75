#!/bin/sh
# Makes sure of a Chromium for the tests: the system's; else Debian's package, as root or through sudo; else Playwright's.
#   sh tools/browser.sh PYTHON
python=$1
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null; then
  root=
  [ "$(id -u)" = 0 ] || root='sudo -n'
  if $root true 2>/dev/null; then
    echo "Installing Chromium and a Chinese typeface with apt-get"
    export DEBIAN_FRONTEND=noninteractive
    $root apt-get update -qq >/dev/null
    $root apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null \
      && command -v chromium >/dev/null && exit 0
  fi
fi
echo "Installing Playwright's own Chromium"
"$python" -m playwright install chromium && exit 0
echo "The page tests need a browser: install Chromium and run this again" >&2
exit 1
