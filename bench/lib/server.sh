# shellcheck shell=bash
# A partnerd server on loopback with all plugins of the build.

# server_config FOLDER URL: sets `port` and `metrics_port`, writes FOLDER/partnerd.toml.
server_config() {
  local folder=$1 url=$2 plugin
  free_port && metrics_port=$port
  free_port
  {
    printf '[server]\nlisten = "127.0.0.1:%s"\nmetrics_listen = "127.0.0.1:%s"\nunix_socket = "%s"\n' "$port" "$metrics_port" "$folder/sock"
    printf '[server.limits]\nrate_per_minute = 0\n[log]\nlevel = "%s"\n[storage]\nurl = "%s"\n[plugins]\ndirectory = "%s"\n' "$log_level" "$url" "$build_dir/lib/partnerd/plugins"
    for plugin in "$build_dir"/lib/partnerd/plugins/*.so; do
      printf '[[plugin]]\nid = "%s"\nroot_routes = true\n' "$(basename "$plugin" .so)"
    done
  } >"$folder/partnerd.toml"
}

# start_server FOLDER [URL]: on the SQLite file of the folder if there is no URL. Sets server (the pid), port and metrics_port.
start_server() {
  local folder=$1
  server_config "$folder" "${2:-sqlite://$folder/partnerd.db}"
  "$partnerd" serve --config "$folder/partnerd.toml" 2>>"$folder/server.log" &
  server=$!
  started+=("$server")
  # Whoever answers must be this one: two runs at once may have chosen the same port.
  wait_for 20 curl -sf "http://127.0.0.1:$port/readyz" && kill -0 "$server" 2>/dev/null && return 0
  say "The server did not start:"
  tail -n 5 "$folder/server.log"
  return 1
}

# fresh_copy NAME: the seeded data in a folder of its own; prints the folder.
fresh_copy() {
  rm -rf "${work:?}/$1"
  mkdir "$work/$1"
  cp "$work/seed/partnerd.db" "$work/$1/"
  printf '%s' "$work/$1"
}

# A figure of /metrics.
metric() { curl -s "http://127.0.0.1:$metrics_port/metrics" | awk -v name="$1" '$1 == name {printf "%.0f", $2}'; }

# load PORT SECONDS ARGUMENT...: runs bench_load, leaves its answer in $work/load.json. answered FILTER: a figure of the first stream.
load() { "$tools/bench_load" "$@" >"$work/load.json"; }
answered() { jq -r ".streams[0] | $1" "$work/load.json"; }
# How many answers had one of the statuses.
with_status() { jq -r --arg wanted "$*" '.streams[0].status | to_entries | map(select(.key as $k | $wanted | split(" ") | index($k)) | .value) | add // 0' "$work/load.json"; }
# Says so when answers of the last load are others than the ones that were wanted; the first refusal tells why.
only_status() {
  local wanted all
  wanted=$(with_status "$@")
  all=$(jq -r '.streams[0] | ([.status[]] | add // 0) + .lost' "$work/load.json")
  [ "$wanted" = "$all" ] && [ "$all" != 0 ] && return 0
  say "of $all answers $wanted were $*: $(answered '.status, .lost, .first_refusal' | tr '\n' ' ')"
  return 1
}
