// Reads CSV (RFC 4180) record by record: comma, quotes doubled inside quotes, line ends LF or CRLF, also inside quotes. A byte
// order mark at the start is skipped, and so are empty lines. Memory stays below a few MiB whatever the file. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "domain/result.hpp"
#include "imports/byte_source.hpp"

namespace partnerd::imports {

inline constexpr std::size_t max_record_bytes = 1024 * 1024;
inline constexpr std::size_t max_columns = 1000;

struct CsvRecord {
    std::int64_t line = 0;  // of its first line, from 1
    std::vector<std::string> cells;
    std::string raw;  // as in the file, without its line end; of a refused record at most its first line and 1 MiB
};

class CsvReader {
  public:
    explicit CsvReader(ByteSource& source) : source_(source) {}

    // True: a record. False: the end. An error: this record is refused (malformed_csv, invalid_utf8; `record` has line and raw),
    // and the next call goes on: behind the record, or, where its quotes are wrong, behind its first line, so that a stray
    // quote costs one line and not the rest of the file. The first record is the header; a later one with another number of
    // cells is malformed_csv. Throws BrokenFile.
    Result<bool> next(CsvRecord& record);

  private:
    enum class Parsed { record, need_more, malformed };

    Parsed parse(std::string_view text, bool whole);
    bool fill();  // false at the end
    bool skip_line_ends();
    Result<bool> refuse(CsvRecord& record, errc code, std::string why);
    void drop_line(CsvRecord& record);
    void consume(std::size_t count);

    ByteSource& source_;
    std::string buffer_;
    std::size_t at_ = 0;  // where the next record begins in buffer_
    std::int64_t line_ = 1;
    std::size_t columns_ = 0;  // 0 before the header
    bool begun_ = false;
    bool ended_ = false;

    // Of the last parse:
    std::vector<std::string> cells_;
    std::size_t raw_size_ = 0;   // without the line end
    std::size_t used_size_ = 0;  // with it
    char const* why_ = "";
};

}  // namespace partnerd::imports
