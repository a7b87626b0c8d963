# shellcheck shell=bash
# Start with all plugins on existing data, memory idle and after a million clicks, the size of the data.

measure_start() {
  local folder round out steal clicks=1000000 before
  folder=$(fresh_copy start)
  say "Filling in a million clicks"
  "$tools/bench_fill" "$folder/partnerd.db" 1000000 365 || return 1
  for round in $(seq "$rounds"); do
    server_config "$folder" "sqlite://$folder/partnerd.db"
    clock_steal
    out=$("$tools/bench_start" "$port" 2 "$partnerd" serve --config "$folder/partnerd.toml" 2>>"$folder/server.log") || { tail -n 3 "$folder/server.log"; return 1; }
    steal=$(steal_since)
    sample start.ready_ms "$round" "$steal" "${out% *}"
    sample start.rss_idle_mib "$round" "$steal" "$(divide "${out#* }" 1024)"
  done
  # On the filled data as well, so that the memory is that of a server that has a past.
  [ "$quick" = 0 ] || { clicks=100000; note rss_million_mib "after $clicks clicks only" meant; }
  before=$(disk_bytes "$folder/partnerd.db")
  start_server "$folder" || return 1
  load "$port" 600 --stream "request=$work/seed/click.http,rows=$work/seed/links.tsv,order=random,connections=64,most=$clicks" && only_status 302 || return 1
  sample start.rss_million_mib 1 0 "$(resident_mib "$server")"
  stop "$server"
  sample start.data_mib_per_million_clicks 1 0 "$(divide $(($(disk_bytes "$folder/partnerd.db") - before)) "$clicks" 0.95367)"
  say "Ready after ${out% *} ms; $(awk -F '\t' '$1 ~ /^start.(rss|data)/ {v[$1] = $4} END {for (s in v) printf "%s %s  ", s, v[s]}' "$work/samples.tsv")"
}
