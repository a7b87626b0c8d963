# shellcheck shell=bash
# A partner's dashboard with 1, 10 and 100 million clicks of the last year behind it.

# ask_summary NAME ROUND REQUEST: `reports_port` has a server for each size.
ask_summary() {
  local steal
  clock_steal
  load "${reports_port[$1]}" "$seconds" --warmup 0.3 --stream "request=$3,rows=$work/seed/partners.tsv,connections=1" || return 1
  steal=$(steal_since)
  only_status 200 || return 1
  sample "report$4.$1.p50_ms" "$2" "$steal" "$(answered .p50_ms)"
  sample "report$4.$1.p99_ms" "$2" "$steal" "$(answered .p99_ms)"
}

measure_report() {
  local sizes="1 10 100" size round folder pids=()
  local -A reports_port
  if [ "$quick" = 1 ]; then
    sizes=1
    note report_100m_over_1m "100 million clicks are filled in by a full run only" meant
  elif [ "$(df --output=avail -k "$work" | tail -n 1)" -lt 20000000 ]; then
    sizes="1 10"
    note report_100m_over_1m "100 million clicks need 20 GB of free disk"
  fi
  sed "s/group_by=link/group_by=link\&from=$(date -u -d '360 days ago' +%F)/" "$work/seed/summary.http" >"$work/summary-year.http"
  for size in $sizes; do
    folder=$(fresh_copy "report-$size")
    say "Filling in $size million clicks"
    "$tools/bench_fill" "$folder/partnerd.db" $((size * 1000000)) 365 || return 1
    sample "report.${size}m.data_mib" 1 0 "$(divide "$(disk_bytes "$folder/partnerd.db")" 1048576)"
    start_server "$folder" || return 1
    reports_port[${size}m]=$port
    pids+=("$server")
  done
  for round in $(seq "$rounds"); do
    for size in $sizes; do
      ask_summary "${size}m" "$round" "$work/seed/summary.http" "" && ask_summary "${size}m" "$round" "$work/summary-year.http" _of_a_year || return 1
    done
    say "Round $round of $rounds: p50 in ms $(awk -F '\t' -v r="$round" '$2 == r && $1 ~ /^report.*p50/ {printf "%s %s  ", $1, $4}' "$work/samples.tsv")"
  done
  for server in "${pids[@]}"; do stop "$server"; done
  for size in $sizes; do rm -rf "${work:?}/report-$size"; done
}
