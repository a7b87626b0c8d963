# shellcheck shell=bash
# The temporary folder, the processes in it, and what is noted of a run.

build_bench() {
  cmake --preset release -DPARTNERD_BENCH=ON >"$log_folder/bench.log" 2>&1 || { show_tail "$log_folder/bench.log"; return 1; }
  build release partnerd plugins/all bench_all
}

# Installs what is missing. Debian starts nginx and PostgreSQL when it installs them, on the net's addresses; policy-rc.d is its way to say no.
install_without_services() {
  local policy=/usr/sbin/policy-rc.d as_root=
  if [ -n "$(missing_packages "$@")" ] && [ ! -e "$policy" ]; then
    [ "$(id -u)" = 0 ] || as_root="sudo -n"
    if printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null 2>&1 && $as_root chmod 755 "$policy"; then
      # shellcheck disable=SC2064 # as it is now
      trap "$as_root rm -f $policy" EXIT
    fi
    install_packages "$@"
    $as_root rm -f "$policy"
    trap - EXIT
    return
  fi
  install_packages "$@"
}

# Everything lies in build/bench/<pid> and goes with this process, however it ends.
open_workshop() {
  work=$PWD/build/bench/$$
  mkdir -p "$work"
  : >"$work/samples.tsv"
  : >"$work/notes.tsv"
  log_level=${PARTNERD_BENCH_LOG_LEVEL:-warn}
  started=()
  next_port=$((18400 + RANDOM % 1000))
  if [ "$quick" = 1 ]; then rounds=2 seconds=2; else rounds=5 seconds=4; fi
  load_before=$(cut -d ' ' -f 1 /proc/loadavg)
  if awk -v load="$load_before" 'BEGIN {exit !(load > 0.7)}'; then say "The machine is not idle (load average $load_before): take the figures for nothing."; fi
  trap close_workshop EXIT
  trap 'exit 130' INT TERM
}

close_workshop() {
  local pid
  for pid in "${started[@]}"; do kill "$pid" 2>/dev/null; done
  for pid in "${started[@]}"; do wait "$pid" 2>/dev/null; done
  stop_postgresql
  if [ -n "${PARTNERD_BENCH_KEEP:-}" ]; then say "Kept: $work"; else rm -rf "$work"; fi
}

# Ends one process of `started` and waits for it.
stop() {
  local pid kept=()
  kill "$1" 2>/dev/null
  wait "$1" 2>/dev/null
  for pid in "${started[@]}"; do [ "$pid" = "$1" ] || kept+=("$pid"); done
  started=("${kept[@]}")
}

# Sets `port` to one where nobody listens.
free_port() {
  while :; do
    port=$next_port
    next_port=$((next_port + 1))
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || return 0
  done
}

stop_all() {
  local pid
  for pid in "${started[@]}"; do stop "$pid"; done
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
  local tries=$(($1 * 50))
  shift
  while ! "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || return 1
    sleep 0.02
  done
}

# note KEY REASON [broken|meant]: why a goal has no figure; broken: why it is missed whatever the figure is; meant: it is only said.
note() {
  say "$1: $2"
  [ "${3:-}" = meant ] || incomplete=1
  printf '%s\t%s\t%s\n' "$1" "$2" "${3:-}" >>"$work/notes.tsv"
}

# unmeasured WHAT: the run goes on, and says at its end that it is not whole.
unmeasured() {
  say "$1"
  incomplete=1
}

# sample SERIES ROUND STEAL VALUE
sample() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$work/samples.tsv"; }

# Time that the hypervisor took, in % of all processors' time since clock_steal.
read_steal() { awk '/^cpu / {total = 0; for (i = 2; i <= 9; i++) total += $i; print total, $9}' /proc/stat; }
clock_steal() { steal_before=$(read_steal); }
steal_since() { awk -v before="$steal_before" -v after="$(read_steal)" 'BEGIN {split(before, b, " "); split(after, a, " "); d = a[1] - b[1]; printf "%.2f", (d > 0 ? 100 * (a[2] - b[2]) / d : 0)}'; }

# Processor time of processes so far, in microseconds: user and system.
cpu_us() {
  local pid sum=0 fields
  for pid in "$@"; do
    read -r -a fields < <(sed 's/.*) //' "/proc/$pid/stat")
    sum=$((sum + (fields[11] + fields[12]) * 10000))
  done
  printf '%s' "$sum"
}

resident_mib() { awk '/^VmRSS:/ {printf "%.1f", $2 / 1024}' "/proc/$1/status"; }
disk_bytes() { cat "$@" 2>/dev/null | wc -c; }
divide() { awk -v a="$1" -v b="$2" -v f="${3:-1}" 'BEGIN {printf "%.4f", (b > 0 ? f * a / b : 0)}'; }

report_goals() {
  local out=${json:-$work/result.json} about
  about=$(jq -nc --arg commit "$(git describe --always --dirty 2>/dev/null)" --arg at "$(date -u +%FT%TZ)" --arg kernel "$(uname -r)" --argjson processors "$(nproc)" \
    --arg processor "$(awk -F': ' '/^model name/ {print $2; exit}' /proc/cpuinfo)" --argjson quick "$quick" --arg parts "$parts" --argjson load "$load_before" --arg build "$build_dir" \
    '{commit: $commit, at: $at, kernel: $kernel, processors: $processors, processor: $processor, quick: ($quick == 1), parts: $parts, load_average_before: $load, build: $build}')
  awk -v json="$out" -v about="$about" -v steal_max=3 -v fewest=3 -f bench/summary.awk bench/goals.tsv <(cat "$work/notes.tsv"; echo) <(cat "$work/samples.tsv"; echo) || return 1
  say "" "$about"
  [ "$quick" = 0 ] || say "--quick: short rounds and small data. These figures show that it runs, not how fast it is."
  [ -z "$json" ] || say "JSON: $json"
}
