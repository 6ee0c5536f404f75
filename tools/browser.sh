#!/bin/sh
# Finds or installs a Chromium: the system's, else Debian's package (as root or through sudo), else Playwright's.
#   sh tools/browser.sh PYTHON shell    for the tests: the headless shell, which is faster, if available
#   sh tools/browser.sh PYTHON full     for the benchmarks: the browser that people use
python=$1 kind=$2
found() {
  for name in "$@"; do command -v "$name" >/dev/null && return 0; done
  return 1
}
full='chromium chromium-browser google-chrome google-chrome-stable'
[ "$kind" = shell ] && found chromium-headless-shell && exit 0
[ "$kind" = full ] && found $full && exit 0
if command -v apt-get >/dev/null; then
  root=
  [ "$(id -u)" = 0 ] || root='sudo -n'
  if $root true 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    packages=chromium
    [ "$kind" = shell ] && packages='chromium-headless-shell chromium'
    for package in $packages; do
      [ "$package" = chromium ] && found $full && exit 0
      echo "Installing $package and a Chinese typeface with apt-get"
      $root apt-get update -qq >/dev/null
      $root apt-get install -y -qq --no-install-recommends "$package" fonts-noto-cjk >/dev/null && exit 0
    done
  fi
fi
found $full && exit 0
echo "Installing Playwright's own Chromium"
"$python" -m playwright install chromium && exit 0
echo "A browser is needed: install Chromium and run this again" >&2
exit 1
