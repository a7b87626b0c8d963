# shellcheck shell=bash
# Redirects: the server, durable and relaxed, beside nginx with a buffered access log and without a log.

# start_nginx NAME WORKERS LOG: sets nginx_port and nginx (its pid).
start_nginx() {
  local folder=$work/nginx-$1
  mkdir -p "$folder"
  free_port
  nginx_port=$port
  cat >"$folder/nginx.conf" <<END
worker_processes $2;
daemon off;
pid "$folder/pid";
error_log "$folder/error.log";
events { worker_connections 2048; }
http {
  access_log $3;
  keepalive_requests 100000000;
  client_body_temp_path "$folder"; proxy_temp_path "$folder"; fastcgi_temp_path "$folder"; uwsgi_temp_path "$folder"; scgi_temp_path "$folder";
  server {
    listen 127.0.0.1:$nginx_port reuseport backlog=1024;
    location /r/ { return 302 https://shop.example/products/the-one-that-was-reviewed?click_id=\$request_id; }
  }
}
END
  nginx -e "$folder/error.log" -p "$folder" -c "$folder/nginx.conf" &
  nginx=$!
  started+=("$nginx")
  wait_for 10 curl -s "http://127.0.0.1:$nginx_port/r/x" || { cat "$folder/error.log"; return 1; }
}

declare -A click_port click_pids click_count

# clicks NAME CONNECTIONS ROUND: one run of wrk against a server of click_port.
clicks() {
  local name=$1 connections=$2 round=$3 before after steal out series=click.$2.$1
  before=$(cpu_us ${click_pids[$name]})
  clock_steal
  out=$(wrk -t1 -c"$connections" -d"${seconds}s" --latency -s bench/click.lua "http://127.0.0.1:${click_port[$name]}" -- "$work/seed/codes" | awk '$1 == "BENCH"')
  steal=$(steal_since)
  after=$(cpu_us ${click_pids[$name]})
  read -r _ requests took p50 p99 refused lost <<<"$out"
  if [ "${requests:-0}" = 0 ] || [ "$refused" != 0 ] || [ "$lost" != 0 ]; then say "$series: $out: refused or lost"; return 1; fi
  click_count[$name]=$((${click_count[$name]:-0} + requests))
  sample "$series.rps" "$round" "$steal" "$(divide "$requests" "$took")"
  sample "$series.cpu_us" "$round" "$steal" "$(divide $((after - before)) "$requests")"
  sample "$series.p50_ms" "$round" "$steal" "$p50"
  sample "$series.p99_ms" "$round" "$steal" "$p99"
}

# The setting is a program's own: a server of its own where all programs have it.
start_relaxed() {
  local folder i
  folder=$(fresh_copy click-relaxed)
  start_server "$folder" || return 1
  for i in $(seq -w "$programs"); do
    write_program "shop-$i" 'durability = "relaxed"' >"$folder/program.toml"
    if ! "$partnerd" apply "$folder/program.toml" --config "$folder/partnerd.toml" >"$folder/apply.log" 2>&1; then
      note click_relaxed_over_nginx_logged "the referrals plugin refuses durability = \"relaxed\": $(grep -m1 . "$folder/apply.log" | sed 's|^[^ ]*program.toml:|the apply file, line |')"
      stop "$server"
      return 1
    fi
  done
  click_port[relaxed]=$port click_pids[relaxed]=$server
}

# Every redirect that was answered is a row; those of the warm-up are more.
check_recorded() {
  local rows
  rows=$(sqlite3 "$work/click/partnerd.db" 'select count(*) from click')
  say "${click_count[durable]} durable redirects were counted, $rows clicks are stored"
  [ "$rows" -ge "${click_count[durable]}" ] || note click_durable_over_nginx_logged "only $rows of ${click_count[durable]} clicks are stored" broken
}

measure_click() {
  local names=(durable durable_with_access_log nginx_1_logged nginx_2_logged nginx_1_silent nginx_2_silent) name workers connections round
  start_server "$(fresh_copy click)" || return 1
  click_port[durable]=$port click_pids[durable]=$server
  log_level=info start_server "$(fresh_copy click-with-log)" || return 1
  click_port[durable_with_access_log]=$port click_pids[durable_with_access_log]=$server
  if start_relaxed; then names+=(relaxed); else unmeasured "Relaxed clicks are not measured"; fi
  for workers in 1 2; do
    start_nginx "${workers}_logged" "$workers" "\"$work/access-$workers.log\" combined buffer=256k flush=1s" || return 1
    click_port[nginx_${workers}_logged]=$nginx_port click_pids[nginx_${workers}_logged]=$(pgrep -P "$nginx" | tr '\n' ' ')
    start_nginx "${workers}_silent" "$workers" off || return 1
    click_port[nginx_${workers}_silent]=$nginx_port click_pids[nginx_${workers}_silent]=$(pgrep -P "$nginx" | tr '\n' ' ')
  done
  for connections in 64 256; do
    for name in "${names[@]}"; do wrk -t1 -c"$connections" -d1s -s bench/click.lua "http://127.0.0.1:${click_port[$name]}" -- "$work/seed/codes" >/dev/null; done
    for round in $(seq "$rounds"); do
      for name in "${names[@]}"; do clicks "$name" "$connections" "$round" || return 1; done
      say "$connections connections, round $round of $rounds"
    done
  done
  check_recorded
}
