# shellcheck shell=bash
# What ./run and ./test share: packages and builds. Sourced with the working directory at the root of the source.
export LC_ALL=C.UTF-8
log_folder=build/log
mkdir -p "$log_folder"

say() { printf '%s\n' "$@"; }  # each argument on a line of its own

# The names in the lists given, without comments.
listed_packages() { sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$@"; }

missing_packages() {
  local name
  for name in $(listed_packages "$@"); do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || printf '%s ' "$name"
  done
}

# Installs what is missing of the lists given, or says how and stops.
install_packages() {
  command -v dpkg-query >/dev/null || { say "partnerd is built on Debian 12 (bookworm); this system has no dpkg."; exit 1; }
  local missing as_root=
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  missing=${missing% }
  if [ "$(id -u)" != 0 ]; then
    if sudo -n true 2>/dev/null; then as_root="sudo -n"; else
      say "These Debian packages are missing, and this user may not install them. Please run:" "" \
        "  sudo apt-get update && sudo apt-get install --no-install-recommends $missing" ""
      exit 1
    fi
  fi
  say "Installing: $missing"
  # shellcheck disable=SC2086 # the words are meant to be split
  { $as_root apt-get update && $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $missing; } \
    >"$log_folder/packages.log" 2>&1 </dev/null && return 0
  show_tail "$log_folder/packages.log"
  say "The packages could not be installed. Please run: apt-get update && apt-get install --no-install-recommends $missing"
  exit 1
}

show_tail() {
  say "--- the end of $1"
  tail -n 40 "$1"
  say "---"
}

# Compilers of this source take up to 1.5 GB each.
parallel_jobs() {
  local processors memory_kb
  processors=$(nproc)
  memory_kb=$(awk '/^MemAvailable/ {print $2}' /proc/meminfo)
  local by_memory=$((memory_kb / 1572864))
  [ "$by_memory" -ge 1 ] || by_memory=1
  say "$((by_memory < processors ? by_memory : processors))"
}

# Reads ninja's "[12/345] ..." and shows how far it is: on one line of a terminal, elsewhere at each tenth.
show_build() {
  awk -v label="$1" -v terminal="$([ -t 1 ] && [ -z "${CI:-}" ] && echo 1 || echo 0)" '
    match($0, /^\[[0-9]+\/[0-9]+\]/) {
      split(substr($0, 2, RLENGTH - 2), part, "/")
      percent = int(100 * part[1] / part[2])
      if (terminal) printf "\r\033[K%s: %d of %d", label, part[1], part[2]
      else if (int(percent / 10) > int(shown / 10)) { printf "%s: %d %%\n", label, percent; shown = percent }
      fflush()
    }
    END { if (terminal && part[2]) print "" }'
}

# build PRESET [TARGET...]: configures and builds, with the whole output in build/log/PRESET.log. PARTNERD_TESTS=ON: the tests too.
build() {
  local preset=$1 log="$log_folder/$1.log" targets=()
  shift
  [ $# -eq 0 ] || targets=(--target "$@")
  say "Building $preset (log: $log)"
  if ! cmake --preset "$preset" ${PARTNERD_TESTS:+-DPARTNERD_TESTS=$PARTNERD_TESTS} >"$log" 2>&1; then show_tail "$log"; return 1; fi
  if ! cmake --build --preset "$preset" -j "$(parallel_jobs)" "${targets[@]}" 2>&1 | tee -a "$log" | show_build "$preset"; then
    grep -nE '(error|FAILED|undefined)[: ]' "$log" | head -n 20
    show_tail "$log"
    return 1
  fi
}
