# shellcheck shell=bash
# Redemptions of one hot code and of many, beside what the disk does; and a limit that must hold to the last use.

coupon_call() {
  curl -sf "http://127.0.0.1:$port/v1/programs/shop-01/coupons/$1" -H "Authorization: Bearer $merchant_key" -H 'Content-Type: application/json' -d "$2" >/dev/null ||
    { say "refused: $1 $2"; return 1; }
}

make_codes() {
  local folder=$1 codes=1000000
  [ "$quick" = 0 ] || codes=10000
  coupon_call campaigns '{"campaign":"bench","customer_limit":1,"discount":{"percent":"10%"}}' &&
    coupon_call codes '{"code":"HOT","campaign":"bench","partner":"shop-01-p1","usage_limit":100000000}' &&
    coupon_call codes "{\"code\":\"EXACT\",\"campaign\":\"bench\",\"partner\":\"shop-01-p1\",\"usage_limit\":$exact_limit}" || return 1
  say "Importing $codes codes"
  seq "$codes" | awk 'BEGIN {print "code,campaign,partner"} {printf "MANY%07d,bench,shop-01-p%d\n", $1, 1 + $1 % 4}' >"$folder/codes.csv"
  "$partnerd" import coupons "$folder/codes.csv" --program shop-01 --config "$folder/partnerd.toml" >"$folder/import.log" 2>&1 || { tail -n 5 "$folder/import.log"; return 1; }
  awk -v key="$merchant_key" -v codes="$codes" 'BEGIN {for (i = 1; i <= codes; i++) printf "shop-01\t%s\tMANY%07d\n", key, i}' | shuf >"$folder/many.tsv"
  printf 'shop-01\t%s\tHOT\n' "$merchant_key" >"$folder/hot.tsv"
  printf 'shop-01\t%s\tEXACT\n' "$merchant_key" >"$folder/exact.tsv"
}

# Half of the requests come too late. Exactly the limit is granted, in the answers and in the tables.
check_limit() {
  local folder=$1 accepted counted
  load "$port" 120 --stream "request=$work/seed/redeem.http,rows=$folder/exact.tsv,connections=64,most=$((exact_limit * 2))" || return 1
  accepted=$(with_status 200 201)
  counted=$(sqlite3 "$folder/partnerd.db" "select c.used || ' ' || (select count(*) from coupons_redemption r where r.code = c.id and r.state = 'redeemed') from coupons_code c where c.code = 'EXACT'")
  sample coupon.limit 1 0 "$exact_limit"
  sample coupon.accepted_of_twice_the_limit 1 0 "$accepted"
  say "A code with $exact_limit uses, asked $((exact_limit * 2)) times: $accepted granted; uses and redemptions stored: $counted"
  [ "$accepted" = "$exact_limit" ] && [ "$counted" = "$exact_limit $exact_limit" ] || note hot_coupon_over_fdatasync "of $exact_limit uses $accepted were granted, stored: $counted" broken
}

# redeem SERIES ROUND CONNECTIONS REQUEST ROWS
redeem() {
  local before after steal
  before=$(cpu_us "$server")
  clock_steal
  load "$port" "$seconds" --warmup 0.5 --stream "request=$4,rows=$5,connections=$3"
  steal=$(steal_since)
  after=$(cpu_us "$server")
  only_status 200 201 || return 1
  sample "$1.rps" "$2" "$steal" "$(answered .per_second)"
  sample "$1.p99_ms" "$2" "$steal" "$(answered .p99_ms)"
  sample "$1.cpu_us" "$2" "$steal" "$(divide $((after - before)) "$(answered .sent)")"
}

measure_coupon() {
  local folder round connections merchant_key exact_limit=5000
  [ "$quick" = 0 ] || exact_limit=1000
  folder=$(fresh_copy coupon)
  start_server "$folder" || return 1
  merchant_key=$(awk -F '\t' '$1 == "shop-01" {print $2}' "$work/seed/merchants.tsv")
  make_codes "$folder" && check_limit "$folder" || { note hot_coupon_over_fdatasync "the measurement failed"; stop "$server"; return 1; }
  for round in $(seq "$rounds"); do
    for connections in 64 256; do
      redeem "coupon.$connections.hot" "$round" "$connections" "$work/seed/redeem.http" "$folder/hot.tsv" &&
        redeem "coupon.$connections.hot_with_order" "$round" "$connections" "$work/seed/redeem-order.http" "$folder/hot.tsv" &&
        redeem "coupon.$connections.many" "$round" "$connections" "$work/seed/redeem.http" "$folder/many.tsv" ||
        { unmeasured "Round $round of the coupons ended early"; break 2; }
    done
    clock_steal
    rate=$("$tools/bench_fdatasync" "$folder/appended" "$seconds")
    sample coupon.fdatasync.rps "$round" "$(steal_since)" "$rate"
    say "Round $round of $rounds: $(awk -F '\t' -v r="$round" '$2 == r && $1 ~ /^coupon.*rps$/ {printf "%s %.0f  ", $1, $4}' "$work/samples.tsv")"
  done
  stop "$server"
}
