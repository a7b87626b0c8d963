# shellcheck shell=bash
# A fixed rate: 10,000 clicks and 1,000 conversions a second together, latencies from when each request was meant to go.

measure_rate() {
  local round steal took=$seconds folder what i
  [ "$quick" = 1 ] || took=10
  folder=$(fresh_copy rate)
  start_server "$folder" || return 1
  for round in $(seq "$rounds"); do
    clock_steal
    load "$port" "$took" --warmup 1 --stream "name=click,request=$work/seed/click.http,rows=$work/seed/links.tsv,order=random,rate=10000,connections=512" \
      --stream "name=conversion,request=$work/seed/conversion.http,rows=$work/seed/clicks.tsv,rate=1000,connections=128" || return 1
    steal=$(steal_since)
    for i in 0 1; do
      what=$(jq -r ".streams[$i].name" "$work/load.json")
      for figure in per_second p50_ms p99_ms p999_ms max_ms; do sample "rate.$what.$figure" "$round" "$steal" "$(jq -r ".streams[$i].$figure" "$work/load.json")"; done
    done
    if ! jq -e '[.streams[] | .lost == 0 and (.status | keys - ["302", "201"] == [])] | all' "$work/load.json" >/dev/null; then
      note fixed_rate_click_p99_ms "not all were answered well: $(jq -c '[.streams[] | [.name, .status, .lost, .first_refusal]]' "$work/load.json")" broken
      break
    fi
    if ! jq -e '.streams[0].per_second > 9900 and .streams[1].per_second > 990' "$work/load.json" >/dev/null; then
      note fixed_rate_click_p99_ms "the rate was not kept in round $round: $(jq -c '[.streams[].per_second]' "$work/load.json") a second" meant
    fi
    say "Round $round of $rounds: p99 of clicks $(jq -r '.streams[0].p99_ms' "$work/load.json") ms, of conversions $(jq -r '.streams[1].p99_ms' "$work/load.json") ms, steal $steal %"
  done
  stop "$server"
}
