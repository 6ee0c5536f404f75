#!/bin/sh
# Makes the virtual environment, or prints in one line what is missing.
#   sh tools/venv.sh PYTHON FOLDER
python=$1 folder=$2
if ! command -v "$python" >/dev/null; then
  echo "Steepest needs Python 3.11 or later: install python3, or name yours: make PYTHON=/path/to/python3" >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "Steepest needs Python 3.11 or later, $python is $("$python" -V): name another: make PYTHON=python3.12" >&2
  exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
  echo "Python's venv module is missing: install it with: apt-get install python3-venv" >&2
  exit 1
fi
"$python" -m venv "$folder"
