#!/bin/sh
# Finds an nginx for the tests: the system's, else Debian's package. The package is unpacked into the environment and not
# installed, so it needs no root rights and starts no service.
#   sh tools/nginx.sh VENV
venv=$1
mkdir -p "$venv/nginx"
PATH=$PATH:/usr/sbin:/sbin
command -v nginx >/dev/null && exit 0
[ -x "$venv/nginx/usr/sbin/nginx" ] && "$venv/nginx/usr/sbin/nginx" -v 2>/dev/null && exit 0
if command -v apt-get >/dev/null; then
  echo "Unpacking Debian's nginx into $venv/nginx"
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  # Updates the list of packages only if the first try fails: it needs root rights.
  for again in no yes; do
    if (cd "$folder" && apt-get download -qq nginx >/dev/null 2>&1 || apt-get download -qq nginx-light >/dev/null 2>&1); then
      for package in "$folder"/nginx*.deb; do dpkg-deb -x "$package" "$venv/nginx"; done
      "$venv/nginx/usr/sbin/nginx" -v 2>/dev/null && exit 0
    fi
    [ $again = yes ] && break
    root=
    [ "$(id -u)" = 0 ] || root='sudo -n'
    $root apt-get update -qq >/dev/null 2>&1
  done
fi
echo "The tests of the server behind a proxy need nginx: install it and run this again" >&2
exit 1
