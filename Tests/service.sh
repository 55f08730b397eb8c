# Sourced by scripts that try the service with programs of others; it makes `$folder`, which is gone at
# the end, as is a service that was started.
#
# SEGMENTD_BINARY  the program to start; built for release when it is not given
#
# Packages that cannot be had end a script with 75 (EX_TEMPFAIL): nothing was tried, and nothing is wrong
# with the service.

folder=$(mktemp -d)
service=""
finish() {
  local children
  mapfile -t children < <(jobs -p)
  if [ "${#children[@]}" -gt 0 ]; then kill "${children[@]}" 2>/dev/null || true; fi
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT TERM

# environment FOLDER PACKAGE...: a Python environment with packages, in $environment. An empty FOLDER is a
# temporary one.
environment() {
  environment=${1:-$folder/environment}
  shift
  if ! { [ -x "$environment/bin/python" ] || python3 -m venv "$environment"; } ||
    ! "$environment/bin/pip" install --quiet --disable-pip-version-check "$@"; then
    echo "$0: skipped, for these packages could not be installed: $*" >&2
    exit 75
  fi
}

# The program, in $binary.
find_binary() {
  binary=${SEGMENTD_BINARY:-}
  if [ -z "$binary" ]; then
    swift build --configuration release --product segmentd
    binary=$(swift build --configuration release --show-bin-path)/segmentd
  fi
  # It is no setting of the service, which would refuse it.
  unset SEGMENTD_BINARY
}

# start_service OPTION...: a service on a free port, with its address in $url.
start_service() {
  # There before the service is, which begins a moment later.
  : >"$folder/out"
  "$binary" --port 0 --log-level off "$@" >"$folder/out" 2>&1 &
  service=$!
  url=""
  for _ in $(seq 300); do
    url=$(sed -n 's|^segmentd listening on \(http://[^ ]*\).*|\1|p' "$folder/out")
    if [ -n "$url" ]; then return; fi
    kill -0 "$service" 2>/dev/null || break
    sleep 0.1
  done
  cat "$folder/out" >&2
  exit 1
}
