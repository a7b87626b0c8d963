-- wrk: random links out of a file, with the headers that a browser sends. After "--": the file with a code a line.
local requests = {}

function init(args)
   wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36"
   wrk.headers["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"
   wrk.headers["Accept-Language"] = "en-GB,en;q=0.9,de;q=0.8"
   wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
   wrk.headers["Referer"] = "https://www.example.org/reviews/the-best-of-the-year"
   wrk.headers["Sec-Fetch-Site"] = "cross-site"
   wrk.headers["Sec-Fetch-Mode"] = "navigate"
   wrk.headers["Sec-Fetch-Dest"] = "document"
   wrk.headers["Upgrade-Insecure-Requests"] = "1"
   for code in io.lines(args[1]) do
      requests[#requests + 1] = wrk.format("GET", "/r/" .. code)
   end
   math.randomseed(os.time())
end

function request()
   return requests[math.random(#requests)]
end

-- requests seconds p50-ms p99-ms refused lost
function done(summary, latency)
   local lost = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
   print(string.format("BENCH %d %.6f %.3f %.3f %d %d", summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
                       latency:percentile(99) / 1000, summary.errors.status, lost))
end
