#!/usr/bin/env bash
# Runs the training tests in a virtual environment of their own: training/.venv is made at the first call.
set -euo pipefail
cd "$(dirname "$0")"
if [ ! -x .venv/bin/python ]; then python3 -m venv .venv; fi
stamp=.venv/requirements.sha256
if [ "$(sha256sum requirements.txt)" != "$(cat "$stamp" 2>/dev/null || true)" ]; then
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
  sha256sum requirements.txt >"$stamp"
fi
exec .venv/bin/python -m pytest -q tests
