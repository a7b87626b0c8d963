// Sends the records of a file through a door and counts what became of them.
//
// Many calls are under way at once; calls that share a key (the refunds of one order) go one after the other in the file's order.
// 503, 429 and 504 are sent again after a while, also Retry-After; when the server keeps refusing, the import stops. Nothing
// is remembered here: what is in stays in, and the server answers repeats as repeats, so an import that was stopped or killed is simply
// run again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "imports/byte_source.hpp"
#include "imports/door.hpp"
#include "imports/kind.hpp"
#include "imports/progress.hpp"
#include "imports/rejects_writer.hpp"

namespace partnerd::imports {

struct ImportOptions {
    Kind kind = Kind::orders;
    std::string program;
    std::vector<std::string> columns;  // "amount=total", "currency:=GBP"
    bool dry_run = false;              // judge every record here and by the server, record nothing
    // Of a dry run: partners that the real run would have made before. A record of one is judged as if it named nobody.
    std::set<std::string> made_partners;
    std::size_t in_flight = 256;
    int attempts = 12;                            // of one call, before the import stops
    std::chrono::milliseconds first_backoff{50};  // doubled each time
    std::chrono::milliseconds longest_backoff{5000};
};

struct ImportSummary {
    std::int64_t records = 0;    // created + unchanged + rejected, and unfinished when it stopped
    std::int64_t created = 0;    // with a dry run: would be created
    std::int64_t unchanged = 0;  // was there already
    std::int64_t rejected = 0;
    std::int64_t retried = 0;  // calls that were sent again
    std::int64_t unfinished = 0;
    std::map<std::string, std::int64_t> rejected_by_code;
    std::string stopped_because;  // empty: the whole file was read. Else why not, and the way out
    bool refused = false;         // stopped by an answer that every record would get: the order is wrong, not a line
    std::set<std::string> taken;  // of a dry run over partners: those that were not rejected
};

class Importer {
  public:
    Importer(Door& door, ImportOptions options, RejectsWriter& rejects, Progress& progress);
    // [one thread] Returns when no call is under way. An error: the file has no usable header (missing_column, malformed_csv,
    // invalid_utf8, invalid_field); nothing was sent. A file that breaks later, an answer that is the same for every record (401,
    // 403, unknown_program) and `stop` end it early, which the summary tells. Throws BrokenFile only for the rejects file,
    // and then calls may be under way: the door must outlive them.
    Result<ImportSummary> run(ByteSource& source, std::atomic<bool> const& stop);

  private:
    Door& door_;
    ImportOptions const options_;
    RejectsWriter& rejects_;
    Progress& progress_;
};

}  // namespace partnerd::imports
