# shellcheck shell=bash
# 50 programs with a percent rule and a flat one beside it, 4 partners each, 1,000 links, real keys, clicks and conversions.
programs=50 partners_each=4 links_each=20

write_program() {
  local name=$1 partner
  cat <<END
[program]
handle = "$name"
name = "The shop $name"
currency = "EUR"
zone = "UTC"
hosts = ["shop.example"]
destination = "https://shop.example/"
status = "live"

[terms]
text = "10 % of the order, and 0.50 EUR for each one."
hold_days = 30
window_days = 30
binding_days = 365
precedence = ["click", "coupon", "binding"]

[[terms.rules]]
name = "share"
rule = "percent@1"
on = "sale"
params = { rate = "10%" }

[[terms.rules]]
name = "each"
rule = "flat@1"
on = "sale"
lane = "bonus"
params = { amount = "0.50" }

[[terms.rules]]
name = "redemption"
rule = "coupons.per_redemption@1"
on = "redemption"
params = { amount = "0.40" }

[plugins.referrals]
$2
[plugins.coupons]
END
  for partner in $(seq "$partners_each"); do printf '\n[[partners]]\nhandle = "%s-p%s"\nname = "Partner %s"\n' "$name" "$partner" "$partner"; done
}

# seed_data FOLDER [URL]: leaves the database of a stopped server, and the files that the loads take their rows from:
#   links.tsv   program, code, merchant's key        clicks.tsv   the same, then a click id
#   partners.tsv   program, partner's key            codes   the codes alone
seed_data() {
  local folder=$1 clicks=50000
  [ "$quick" = 0 ] || clicks=10000
  mkdir -p "$folder"
  say "Preparing $programs programs, $((programs * links_each)) links, $clicks clicks and 1000 conversions"
  start_server "$folder" "${2:-}" || return 1
  seed_programs "$folder" || return 1
  seed_links "$folder" || return 1
  write_requests "$folder"
  load "$port" 600 --stream "request=$folder/click.http,rows=$folder/links.tsv,order=cycle,most=$clicks,clicks_out=$folder/clicks.tsv" && only_status 302 || return 1
  load "$port" 600 --stream "request=$folder/conversion.http,rows=$folder/clicks.tsv,order=cycle,most=1000" && only_status 201 || return 1
  [ "$(jq -s length "$work/load.json")" = 1 ] && stop "$server"
}

seed_programs() {
  local folder=$1 i name
  : >"$folder/merchants.tsv"
  : >"$folder/partners.tsv"
  for i in $(seq -w "$programs"); do
    name=shop-$i
    write_program "$name" "" >"$folder/program.toml"
    "$partnerd" apply "$folder/program.toml" --config "$folder/partnerd.toml" >"$folder/apply.log" 2>&1 || { tail -n 5 "$folder/apply.log"; return 1; }
    printf '%s\t%s\n' "$name" "$("$partnerd" key create --kind merchant --program "$name" --config "$folder/partnerd.toml" 2>/dev/null)" >>"$folder/merchants.tsv"
    for partner in $(seq "$partners_each"); do
      printf '%s\t%s\n' "$name" "$("$partnerd" key create --kind partner --partner "$name-p$partner" --config "$folder/partnerd.toml" 2>/dev/null)" >>"$folder/partners.tsv"
    done
  done
}

seed_links() {
  local folder=$1
  awk -F '\t' -v OFS='\t' -v each=$((links_each / partners_each)) '{for (i = 1; i <= each; i++) print $1, $2, "link" NR "x" i}' "$folder/partners.tsv" >"$folder/new-links.tsv"
  cat >"$folder/link.http" <<'END'
POST /v1/me/programs/$1/links HTTP/1.1
Host: 127.0.0.1
Authorization: Bearer $2
Content-Type: application/json

{"code":"$3","destination":"https://shop.example/products/the-one-that-was-reviewed","channel":"blog"}
END
  load "$port" 600 --stream "request=$folder/link.http,rows=$folder/new-links.tsv,order=once,connections=8" && only_status 201 || return 1
  awk -F '\t' -v OFS='\t' 'NR == FNR {key[$1] = $2; next} {print $1, $3, key[$1]}' "$folder/merchants.tsv" "$folder/new-links.tsv" | shuf >"$folder/links.tsv"
  cut -f 2 "$folder/links.tsv" >"$folder/codes"
}

write_requests() {
  local folder=$1
  cat >"$folder/click.http" <<'END'
GET /r/$2 HTTP/1.1
Host: 127.0.0.1
User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36
Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8
Accept-Language: en-GB,en;q=0.9,de;q=0.8
Accept-Encoding: gzip, deflate, br, zstd
Referer: https://www.example.org/reviews/the-best-of-the-year

END
  cat >"$folder/conversion.http" <<'END'
POST /v1/programs/$1/conversions HTTP/1.1
Host: 127.0.0.1
User-Agent: shop/1.0
Authorization: Bearer $3
Content-Type: application/json

{"external_id":"order-$r-$n","order_id":"order-$r-$n","customer":"customer-$r-$n","click_id":"$4","amount":{"amount":"49.90","currency":"EUR"}}
END
  cat >"$folder/redeem.http" <<'END'
POST /v1/programs/$1/coupons/redeem HTTP/1.1
Host: 127.0.0.1
User-Agent: till/1.0
Authorization: Bearer $2
Content-Type: application/json

{"redemption_id":"till-$r-$n","code":"$3","customer":"customer-$r-$n"}
END
  sed 's/"customer":/"order_id":"order-$r-$n","customer":/' "$folder/redeem.http" >"$folder/redeem-order.http"
  cat >"$folder/summary.http" <<'END'
GET /v1/me/programs/$1/summary?group_by=link HTTP/1.1
Host: 127.0.0.1
User-Agent: Mozilla/5.0
Authorization: Bearer $2

END
}
